"""Whatever an ID can do, and every kind of act the ledger records, is decided: what becomes of it when the ID
is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from kept.accounts.recovery.throwing_out import ENDINGS
from kept.core.ledger.record import KINDS
from kept.operations.walk.routes import routes
from tests.guards.tree import ROOT

PAGE = (ROOT / "docs/recovery.md").read_text(encoding="utf-8")
DECISIONS = {"undone", "named", "stays", "no ID"}


def table(title: str) -> list[list[str]]:
    """The rows below a heading, cell by cell."""
    part = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([\w.-]+)`", cell)


def named_routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield before + str(one.pattern), one.name or ""
        else:
            yield from named_routes(one, before + str(one.pattern))


@pytest.fixture
def takes_something(client_of: Any, dana: Any) -> set[str]:
    """Names of the addresses that take a POST from somebody signed in; those that refuse the method only show
    something.
    """
    name_of: dict[str, str] = {}
    for pattern, name in named_routes(get_resolver()):
        name_of.setdefault(pattern, name)
    found = set()
    for route in routes():
        # Signed in anew each time: some of them sign out.
        if not route.path or client_of(dana).post(route.path).status_code != 405:
            found.add(name_of[route.pattern])
    return found - {""}


@pytest.mark.django_db
def test_every_address_that_takes_something_is_decided(takes_something: set[str]) -> None:
    decided = [name for row in table("What an ID can do") for name in names(row[0])]
    assert sorted(takes_something - set(decided)) == [], (
        "say in docs/recovery.md what becomes of it when the ID is taken back"
    )
    assert sorted(set(decided) - takes_something) == [] and len(decided) == len(set(decided))


def test_every_kind_of_act_is_decided() -> None:
    decided = [name for row in table("What the ledger records") for name in names(row[0])]
    assert sorted(KINDS - set(decided)) == [], (
        "say in docs/recovery.md what becomes of it when the ID is taken back"
    )
    assert sorted(decided) == sorted(KINDS)


def test_each_decision_is_one_of_four_and_says_how() -> None:
    for row in [*table("What an ID can do"), *table("What the ledger records")]:
        assert row[1] in DECISIONS and row[-1], row


def test_what_the_page_says_is_done_is_there_and_the_other_way_round() -> None:
    said = {name for row in table("What an ID can do") for name in names(row[2])}
    assert said == set(ENDINGS)
