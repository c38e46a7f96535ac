"""Tests never see a real KEPT_HOME: the environment is made before Django reads it, in a folder of this run's
own.

``KEPT_TEST_DATABASE_URL`` names a PostgreSQL, ``KEPT_TEST_DATABASE_URLS`` one for each worker with a blank
between them: the fold waits for every transaction that is open anywhere in a cluster. ``--database-only``
leaves out what a database cannot change.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
import hypothesis
import pytest
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

RUN = Path(tempfile.mkdtemp(prefix="kept-tests-"))
OWNER = os.getpid()


@atexit.register
def _leave_nothing() -> None:
    """A process that a test forked, and that ends in the ordinary way, must not take the folder away from
    those who go on.
    """
    if os.getpid() == OWNER:
        shutil.rmtree(RUN, ignore_errors=True)


for name in [name for name in os.environ if name.startswith("KEPT_") and not name.startswith("KEPT_TEST_")]:
    del os.environ[name]
os.environ["DJANGO_SETTINGS_MODULE"] = "kept.settings"
os.environ["KEPT_HOME"] = str(RUN / "home")
# What is made once for all workers, and for the run on another database that may follow, lies here.
os.environ.setdefault("KEPT_TEST_SHARED", str(RUN))
# Nothing is collected for tests, and whitenoise warns about a folder that is not there.
(RUN / "home" / "static").mkdir(parents=True)
# The program is started some thousand times: compiled once, it starts in half the time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Playwright's own event loop makes Django think that a synchronous test is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if WORKER and (servers := os.environ.get("KEPT_TEST_DATABASE_URLS", "").split()):
    mine = int(WORKER.removeprefix("gw"))
    if mine >= len(servers):
        pytest.exit(f"{WORKER} has no PostgreSQL of its own: bin/with-postgres -n {mine + 1} starts more.", 2)
    # The tests that bring databases of their own make them there too.
    os.environ["KEPT_TEST_DATABASE_URL"] = servers[mine]
if os.environ.get("KEPT_TEST_DATABASE_URL"):
    os.environ["KEPT_DATABASE_URL"] = os.environ["KEPT_TEST_DATABASE_URL"]

if settings.configured:
    pytest.exit(
        "Django's settings were read before this run had a home of its own. Run pytest without"
        " DJANGO_SETTINGS_MODULE.",
        2,
    )
django.setup()
# pytest's workers inherit the environment, and would read the settings before they come here.
del os.environ["DJANGO_SETTINGS_MODULE"]
if connection.vendor == "sqlite":
    # A file, as in production: in memory, threads would share one connection and see each other's half-done
    # work.
    connection.settings_dict["TEST"]["NAME"] = str(RUN / "test.sqlite3")

# A busy machine is slow, and that breaks no law. Where a build is judged it is judged by the same examples
# each time; at a desk they are new ones.
hypothesis.settings.register_profile("kept", deadline=None, derandomize=bool(os.environ.get("CI")))
# By night, for as long as it takes, always new ones: what is found there becomes an @example beside its test.
hypothesis.settings.register_profile(
    "nightly", deadline=None, derandomize=False, max_examples=2000, print_blob=True
)
hypothesis.settings.load_profile(os.environ.get("KEPT_TEST_EXAMPLES", "kept"))

pytest_plugins = ["kept.testing", "tests.cpu_costs"]

MADE_BY_MIGRATE = {"django_content_type", "auth_permission"}


def _empty_the_tables(_: TransactionTestCase) -> None:
    """What a test with transactions of its own has written goes, and nothing else is touched.

    Django's flush empties every table there is, and has all permissions of all models made anew: ten times as
    long.
    """
    tables = sorted(
        set(connection.introspection.django_table_names(only_existing=True, include_views=False))
        - MADE_BY_MIGRATE
    )
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        filled = [table for (table,) in cursor.fetchall()]
    if filled:
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), filled, allow_cascade=True))


TransactionTestCase._fixture_teardown = _empty_the_tables  # type: ignore[method-assign]

ASKS_THE_DATABASE = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out what no database can change, and every browser",
    )


def _can_differ(item: pytest.Item) -> bool:
    """True for a test that asks the database of this run, or brings one of its own on the same server."""
    names, own = set(getattr(item, "fixturenames", ())), getattr(item, "callspec", None)
    if "chromium" in names or item.get_closest_marker("browser"):
        return False
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("each_database")
    return bool(marked or ASKS_THE_DATABASE & names or (own and "postgresql" in own.params.values()))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second run, on another database, need not walk again where none is asked.

    The longest comes first: at the end one worker would wait.
    """
    items.sort(key=lambda item: item.get_closest_marker("each_database") is None)
    if config.option.database_only:
        config.hook.pytest_deselected(items=[item for item in items if not _can_differ(item)])
        items[:] = [item for item in items if _can_differ(item)]
