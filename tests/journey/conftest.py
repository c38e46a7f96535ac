"""One portal and one browser for all who walk. Each walk signs in as itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journey.portal import Portal, make_demo, running
from tests.journey.walk import Walk

# These bring homes of their own, with SQLite inside: a run against PostgreSQL would only walk the same way
# twice.
OWN_HOMES = [
    "test_bad_luck.py",
    "test_canary.py",
    "test_forgotten.py",
    "test_in_time.py",
    "test_journey.py",
    "test_languages.py",
    "test_one_byte.py",
    "test_rewritten.py",
]
collect_ignore = OWN_HOMES if os.environ.get("KEPT_TEST_DATABASE_URL") else []


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A KEPT_HOME with the demo company."""
    return make_demo(tmp_path_factory.mktemp("journey"))


@pytest.fixture(scope="session")
def portal(demo: Path) -> Iterator[Portal]:
    with running(demo) as portal:
        yield portal


@pytest.fixture
def walk(chromium: Browser, portal: Portal) -> Iterator[Callable[..., Walk]]:
    """walk() is a new browser that nobody has signed in with; walk(script=False) runs no JavaScript."""
    walks: list[Walk] = []

    def begun(*, script: bool = True) -> Walk:
        walks.append(Walk(chromium, portal, script=script))
        return walks[-1]

    yield begun
    for each in walks:
        each.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What every page costs, by ``test_routes``: also when all of it is within its limits."""
    told = [
        text
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == "costs"
    ]
    if told:
        terminalreporter.section("what every page costs: queries, and processor time in fixed loops")
        terminalreporter.write_line("\n".join(told))
