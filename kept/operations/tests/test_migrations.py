"""A new database takes the short way, one migration for each room; an older one comes to the same tables by
all of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from kept.operations.tests.houses import ENGINES, House, house
from kept.operations.tests.older import BEFORE_THE_SUMS

pytestmark = pytest.mark.each_database

SCHEMA = {
    "sqlite": """
import json, re
from django.db import connection
def parts(sql):
    inside, depth, found = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    for letter in inside:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return sorted(" ".join(part.split()) for part in found)
with connection.cursor() as cursor:
    cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    print(json.dumps({name: parts(sql) if kind == "table" else sql for kind, name, sql in cursor.fetchall()}))
""",
    "postgresql": """
import json
from collections import defaultdict
from django.db import connection
found = defaultdict(list)
with connection.cursor() as cursor:
    for asked in (
        "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,"
        " is_identity FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    ):
        cursor.execute(asked)
        for table, *said in cursor.fetchall():
            found[table].append(str(said))
print(json.dumps({table: sorted(said) for table, said in found.items()}))
""",
}
ONE_BY_ONE = (
    BEFORE_THE_SUMS
    + """
graph = executor.loader.graph
executor.migrate([node for node in graph.leaf_nodes() if not graph.nodes[node].replaces])
"""
)
# Every room stands where its last migration has not run yet: a release from some time ago.
ONE_BEFORE_THE_LAST = (
    BEFORE_THE_SUMS
    + """
executor.migrate([(*one.replaces[-2],) for one in executor.loader.replacements.values()])
"""
)


def schema(of: House, engine: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(of.script(SCHEMA[engine]).splitlines()[-1])
    return found


def empty(folder: Path, engine: str) -> House:
    made = house(folder, engine)
    made.home.mkdir()
    return made


def migrate(made: House) -> House:
    said = made.kept("manage", "migrate", "--skip-checks")
    assert said.returncode == 0, said.stderr
    return made


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: Any) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def short(engine: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The tables of a new database."""
    found = schema(migrate(empty(tmp_path_factory.mktemp("short"), engine)), engine)
    assert len(found) > 80 and "people_person" in found
    return found


def test_all_of_them_one_by_one_come_to_the_same_tables(
    engine: str, short: dict[str, Any], tmp_path: Path
) -> None:
    long = empty(tmp_path / "long", engine)
    long.script(ONE_BY_ONE)
    assert schema(long, engine) == short


def test_an_installation_that_is_behind_goes_on_from_where_it_is(
    engine: str, short: dict[str, Any], tmp_path: Path
) -> None:
    behind = empty(tmp_path / "behind", engine)
    behind.script(ONE_BEFORE_THE_LAST)
    assert schema(behind, engine) != short
    assert schema(migrate(behind), engine) == short
    assert "[ ]" not in behind.kept("manage", "showmigrations").stdout


@pytest.mark.parametrize("app", sorted(app for app, _ in MigrationLoader(None).replacements))
def test_a_sum_is_of_all_that_stood_before_it(app: str) -> None:
    loader = MigrationLoader(None)
    ((name, one),) = [(key[1], one) for key, one in loader.replacements.items() if key[0] == app]
    ours = sorted(name for of, name in loader.disk_migrations if of == app and "_squashed_" not in name)
    replaced = [old for _, old in one.replaces]
    assert replaced == ours[: len(replaced)] and name == f"0001_squashed_{replaced[-1]}"


def test_no_step_hangs_on_a_sum() -> None:
    """`makemigrations` writes the sum where a step is meant; who came the long way could not go on."""
    steps = MigrationLoader(None).disk_migrations.items()
    hanging = {
        f"{app}.{name}": on
        for (app, name), one in steps
        for on in one.dependencies
        if not one.replaces and "_squashed_" in on[1]
    }
    assert hanging == {}, "name the last migration the sum replaces"


@pytest.mark.django_db
def test_wherever_an_installation_was_stopped_each_step_is_still_taken_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On paper: what would run after every third step of the long way."""
    sums = set(MigrationLoader(None).replacements)
    long = MigrationLoader(None, replace_migrations=False).graph
    ends = [node for node in long.leaf_nodes() if node not in sums]
    way = list(dict.fromkeys(step for end in ends for step in long.forwards_plan(end)))
    done: list[tuple[str, str]] = []
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: dict.fromkeys(done))
    for stopped in range(0, len(way) + 1, 3):
        done[:] = way[:stopped]
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        plan = [one for one, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        taken = [step for one in plan for step in one.replaces or [(one.app_label, one.name)]]
        assert sorted(done + taken) == sorted(way), stopped
