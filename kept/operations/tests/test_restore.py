"""``kept restore``: last week's backup brings nobody back.

Checked before a byte is written, safe to be killed, never over anything.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from kept.operations.tests.demo_copies import demo_house
from kept.operations.tests.houses import ENGINES, ERASE, PEOPLE, House, copy_of, give_keys, house
from kept.operations.tests.older import BEFORE_THE_LAST


@pytest.fixture(scope="module", params=ENGINES)
def plain(request: Any, tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo company with a backup beside it, of a day on which everybody was there."""
    made = demo_house(tmp_path_factory.mktemp("plain"), request.param)
    made.script(
        "from kept.core.ledger.fold import fold\nfrom kept.testing import customer\ncustomer('Zoe Quill',"
        " 'zoe.quill@example.com')\nfold()"
    )
    said = made.kept("backup", "--to", made.home.with_name("backups"))
    assert said.returncode == 0, said.stderr
    return made


@pytest.fixture
def backup(plain: House, tmp_path: Path) -> Path:
    """The backup, to be changed by a test."""
    (found,) = plain.home.with_name("backups").iterdir()
    return Path(shutil.copytree(found, tmp_path / "backups" / found.name))


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The place on another host where erasures are written down."""
    place = tmp_path / "second"
    place.mkdir()
    return place


@pytest.fixture
def empty(plain: House, tmp_path: Path, second: Path) -> House:
    """A new house of the same kind, with the keys from the safe."""
    return house(tmp_path / "new", engine_of(plain), keys_of=plain, second=second)


def engine_of(one: House) -> str:
    return "postgresql" if "KEPT_DATABASE_URL" in one.env else "sqlite"


def restored(into: House, backup: Path, *more: object) -> dict[str, Any]:
    said = into.kept("restore", backup, "--verify", "--json", *more)
    assert said.returncode == 0, said.stdout + said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def refused(into: House, *arguments: object) -> str:
    """The sentence; nothing was written."""
    said = into.kept("restore", *arguments)
    assert said.returncode == 1 and "Traceback" not in said.stderr, said.stderr
    assert not into.home.exists() or not (into.home / "kept.sqlite3").exists()
    return said.stderr


def test_the_drill(plain: House, empty: House, backup: Path, second: Path, tmp_path: Path) -> None:
    """Zoe is erased after the backup. Restored, everybody is there but her, and no byte of hers is."""
    alive = copy_of(plain, tmp_path / "portal", second=second)
    alive.script(ERASE.format(email="zoe.quill@example.com"))
    said = restored(empty, backup.parent)
    assert (said["erasures"], said["forgotten_again"], said["findings"]) == (1, 1, [])
    assert empty.script(PEOPLE) == "alice bob charlie dana"
    assert b"zoe.quill" not in empty.raw()
    for command in (("check",), ("ledger", "verify"), ("worker", "--once")):
        done = empty.kept(*command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert empty.script("from kept.accounts.models import Session\nprint(Session.objects.count())") == "0"


def test_without_the_erasure_she_would_be_there(plain: House, empty: House, backup: Path) -> None:
    """So that the drill could fail at all."""
    assert restored(empty, backup)["forgotten_again"] == 0
    assert empty.script(PEOPLE) == "alice bob charlie dana zoe.quill"
    assert b"zoe.quill" in empty.raw()
    assert (empty.home / "policy" / "purposes.toml").is_file() and (empty.home / "demo").is_file()


def test_a_record_may_be_handed_over_as_a_file(
    plain: House, empty: House, backup: Path, second: Path, tmp_path: Path
) -> None:
    copy_of(plain, tmp_path / "portal", second=second).script(ERASE.format(email="zoe.quill@example.com"))
    file = Path(shutil.move(second / "erasures.jsonl", tmp_path / "from-the-safe.jsonl"))
    assert restored(empty, backup, "--erasures", file)["forgotten_again"] == 1
    assert empty.script(PEOPLE) == "alice bob charlie dana"


def test_what_was_restored_is_what_there_was(plain: House, empty: House, backup: Path) -> None:
    """A backup of the restored portal has the same rows; only sessions ended, and what the worker keeps."""
    restored(empty, backup)
    again = json.loads(empty.kept("backup", "--to", empty.home.with_name("again"), "--json").stdout)["backup"]
    before, after = (
        json.loads((folder / "manifest").read_text().rpartition("\n\n")[0])
        for folder in (backup, Path(again))
    )
    for archive in ("long", "short"):
        ours = {
            **after[archive]["tables"],
            "accounts_session": before[archive]["tables"].get("accounts_session"),
        }
        assert {
            name: rows for name, rows in before[archive]["tables"].items() if ours.get(name) != rows
        } == {}
    assert before["long"]["files"]["files"] == after["long"]["files"]["files"] > 0


def test_row_numbers_go_on_where_they_were(plain: House, empty: House, backup: Path) -> None:
    restored(empty, backup)
    empty.script(
        "from kept.testing import customer\ncustomer('Eve Late', 'eve@example.com')\nfrom"
        " kept.core.ledger.fold import fold\nassert fold()"
    )
    assert empty.kept("ledger", "verify").returncode == 0


@pytest.mark.parametrize("other", ENGINES)
def test_it_restores_into_the_other_database_too(
    plain: House, backup: Path, second: Path, tmp_path: Path, other: str
) -> None:
    into = house(tmp_path / "other", other, keys_of=plain, second=second)
    assert restored(into, backup)["findings"] == []
    assert into.script(PEOPLE) == "alice bob charlie dana zoe.quill"
    opens = (
        "from kept.core.vault.subject_keys.sampling import sample\nfound = sample()\nprint(found.opened > 50,"
        " found.broken)"
    )
    assert into.script(opens) == "True []"
    into.script(
        "from kept.testing import customer\ncustomer('Eve Late', 'eve@example.com')\nfrom"
        " kept.core.ledger.fold import fold\nassert fold()"
    )
    assert into.kept("ledger", "verify").returncode == 0


# ---- refused, with a sentence, before anything is written --------------------------------------------------


def test_it_asks_who_was_erased(plain: House, backup: Path, tmp_path: Path) -> None:
    into = house(tmp_path / "new", engine_of(plain), keys_of=plain)
    assert "Nothing says who was erased" in refused(into, backup)
    assert "There is no file" in refused(into, backup, "--erasures", tmp_path / "none.jsonl")
    assert restored(into, backup, "--nobody-was-erased")["erasures"] == 0


def test_it_never_overwrites(plain: House, backup: Path, second: Path, tmp_path: Path) -> None:
    full = copy_of(plain, tmp_path / "portal", second=second)
    before = full.script(PEOPLE)
    said = full.kept("restore", backup)
    assert said.returncode == 1 and "is not empty, and a restore never overwrites" in said.stderr
    if engine_of(plain) == "postgresql":
        shutil.rmtree(full.home)
        assert "The database" in full.kept("restore", backup).stderr
        return
    assert full.script(PEOPLE) == before


@pytest.mark.parametrize("ending", [".key", ".sign"])
def test_it_needs_both_keys(empty: House, backup: Path, ending: str) -> None:
    key = empty.home.with_name(f"home{ending}")
    key.unlink()
    assert f"{key} is missing" in refused(empty, backup)


@pytest.mark.parametrize("which", ["long-lived", "short-lived"])
def test_one_altered_byte_is_found_first(empty: House, backup: Path, which: str) -> None:
    path = next(backup.glob(f"{which}*"))
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 1]) + raw[len(raw) // 2 + 1 :])
    assert "is not as it was when the backup was made" in refused(empty, backup)
    path.unlink()
    assert "A restore needs both archives" in refused(empty, backup)


def test_an_altered_note_and_another_portals_are_refused(empty: House, backup: Path, tmp_path: Path) -> None:
    note = backup / "manifest"
    text = note.read_text()
    note.write_text(text.replace('"entries": ', '"entries": 1'))
    assert "its signature does not fit" in refused(empty, backup)
    note.write_text(text)
    stranger = house(tmp_path / "stranger", "sqlite")
    assert stranger.kept("setup", "--email", "dana@example.com", "--name", "Dana").returncode == 0
    give_keys(stranger, empty)
    assert "its signature does not fit" in refused(empty, backup)
    assert "There is no whole backup of this portal" in refused(empty, backup.parent)
    assert "There is no whole backup" in refused(empty, tmp_path / "nowhere")


# The day after its last day, and a backup of a program that is newer than this one: as the signed note would
# say it.
CHANGED = """
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from kept.operations.backups import manifest
made = manifest.read(Path({folder!r}))
Path({folder!r}, "manifest").write_text(manifest.signed(replace(made, {change})))
"""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("expires=date(2026, 1, 1)", "had to be forgotten by 01 January 2026"),
        ("migrations={**made.migrations, 'people': ['0001_initial', '0099_wings']}", "made by a newer Kept"),
    ],
)
def test_one_that_is_too_old_or_too_new_is_refused(
    plain: House, empty: House, backup: Path, change: str, says: str
) -> None:
    plain.script(CHANGED.format(folder=str(backup), change=change))
    assert says in refused(empty, backup)


# ---- an older state of the tables, and kill -9 -------------------------------------------------------------

OLDER = """
from kept.operations.backups import make
from kept.operations.backups.parts import parts
make.pending = lambda: False
make.parts = lambda: [part for part in parts() if part.table != "operations_backuprun"]
make.BackupRun.note = lambda *_, **__: None
from kept.__main__ import main
assert main(["backup", "--to", {to!r}]) == 0
"""


def test_a_backup_of_the_version_before_is_migrated(plain: House, empty: House, tmp_path: Path) -> None:
    old = copy_of(plain, tmp_path / "old")
    old.script(BEFORE_THE_LAST)
    old.script(OLDER.format(to=str(tmp_path / "old-backups")))
    assert restored(empty, tmp_path / "old-backups")["findings"] == []
    assert empty.script(PEOPLE) == "alice bob charlie dana zoe.quill"
    assert empty.kept("backup", "--to", tmp_path / "again").returncode == 0


KILL = """
import time
from kept.operations.backups import restore, load
def stop(*_, **__):
    print("here", flush=True)
    time.sleep(60)
{where} = stop
from kept.__main__ import main
main(["restore", {backup!r}])
"""


@pytest.mark.parametrize("where", ["load.go_on_counting", "restore.records.replay"])
def test_a_restore_that_was_killed_serves_nobody_and_begins_again(
    plain: House, empty: House, backup: Path, second: Path, tmp_path: Path, where: str
) -> None:
    copy_of(plain, tmp_path / "portal", second=second).script(ERASE.format(email="zoe.quill@example.com"))
    empty.killed(KILL.format(where=where, backup=str(backup)))
    assert "was not finished, so people may be in it who were erased" in empty.ready()
    said = empty.kept("restore", backup, "--verify")
    assert said.returncode == 0, said.stderr
    assert (
        "A restore that was killed here before was taken away first." in said.stdout
        and "The restore holds." in said.stdout
    )
    assert empty.script(PEOPLE) == "alice bob charlie dana" and empty.ready() == ""


def test_a_mark_from_elsewhere_takes_nothing_away(
    plain: House, backup: Path, second: Path, tmp_path: Path
) -> None:
    full = copy_of(plain, tmp_path / "portal", second=second)
    (full.home / "restoring").write_text(
        json.dumps({"backup": "x", "database": "postgresql another 5432 one"})
    )
    said = full.kept("restore", backup)
    assert said.returncode == 1 and "never overwrites" in said.stderr and (full.home / "files").is_dir()


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
from kept.__main__ import main
sys.exit(main(["restore", {backup!r}]))
"""


def test_a_full_disk_is_a_sentence_and_can_be_run_again(empty: House, backup: Path) -> None:
    running = empty.begin(FULL.format(backup=str(backup)))
    _, said = running.communicate(timeout=120)
    assert running.returncode == 1 and "Traceback" not in said, said
    assert restored(empty, backup)["findings"] == []


def test_a_drill_that_fails_says_so(plain: House, empty: House, backup: Path) -> None:
    """Whoever is found again after being forgotten, a value that does not open, a file that is not there."""
    spoil = f"""
from kept.operations.commands import restore
real = restore.restore
def spoiled(*arguments, **options):
    done = real(*arguments, **options)
    from django.db import connection
    from kept.core.vault.sealed_files.files import known_files, path_of
    path_of(next(known_files())).unlink()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET name ="
                       " (SELECT name FROM people_person WHERE name IS NOT NULL LIMIT 1)")
    return done
restore.restore = spoiled
import sys
from kept.__main__ import main
sys.exit(main(["restore", {str(backup)!r}, "--verify"]))
"""
    running = empty.begin(spoil)
    said, _ = running.communicate(timeout=120)
    assert running.returncode == 1
    assert (
        "A value of person.name does not open." in said
        and "Sealed files whose content is missing: 1 of " in said
        and "The restore does not hold." in said
    )
    assert not (backup / "drill").exists()


def test_a_drill_leaves_a_note_that_the_portal_reads(plain: House, empty: House, backup: Path) -> None:
    assert restored(empty, backup)["noted"] is True
    at = (
        "from pathlib import Path\nfrom uuid import UUID\nfrom kept.operations.backups import drill,"
        f" manifest\nfolder = Path({str(backup)!r})\n"
    )
    assert plain.script(at + "print(bool(drill.drilled(folder, manifest.read(folder).id)))") == "True"
    (backup / "drill").write_text((backup / "drill").read_text().replace("T", "t", 1))
    assert plain.script(at + "print(bool(drill.drilled(folder, manifest.read(folder).id)))") == "False"


def test_visits_come_back_and_logs_do_not(plain: House, empty: House, tmp_path: Path) -> None:
    """Packed days and their sums, byte by byte: nobody is in them, so nobody can come back with them."""
    alive = copy_of(plain, tmp_path / "portal")
    visits = alive.home / "visits"
    shutil.rmtree(visits, ignore_errors=True)
    files = {
        "days/day=2026-11-20/web-1.parquet": b"PAR1 a day" * 100_000,
        "rollups/2026-11.parquet": b"PAR1 sums",
        "dropped": b"2024-10-24\n",
    }
    for name, content in {
        **files,
        "log/2026-11-21.web-1.log": b"{}\n",
        "days/day=2026-11-20/x.parquet.half": b"x",
    }.items():
        (visits / name).parent.mkdir(parents=True, exist_ok=True)
        (visits / name).write_bytes(content)
    said = alive.kept("backup", "--to", tmp_path / "with-visits")
    assert said.returncode == 0, said.stderr
    restored(empty, tmp_path / "with-visits")
    there = empty.home / "visits"
    assert {
        str(path.relative_to(there)): path.read_bytes() for path in there.rglob("*") if path.is_file()
    } == files


def test_visits_elsewhere_are_never_overwritten(
    plain: House, empty: House, backup: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "dropped").write_text("2025-01-01\n")
    empty.env["KEPT_VISITS"] = str(elsewhere)
    assert "is not empty, and a restore never overwrites" in refused(empty, backup, "--nobody-was-erased")
    assert (elsewhere / "dropped").read_text() == "2025-01-01\n"
