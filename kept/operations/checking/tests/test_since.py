"""Is every entry of an older copy in the newer one?

Each part names the one before, so only the newest can be left out unseen.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kept.core.ledger.verifying.offline import Head
from kept.core.policy import duration
from kept.operations.checking.consistency import since
from kept.operations.checking.evidence import COPY, Evidence, Signed

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def copy(*days: int, size: int = 40) -> Evidence:
    """A copy with an entry written on each of these days of November."""
    entries = tuple(
        {
            "log": {"index": day},
            "root": f"r{day}",
            "digest": f"d{day}",
            "header": {"at": f"2026-11-{day:02}T08:00:00+00:00"},
        }
        for day in days
    )
    return Evidence(COPY, (), (Signed(Head("portal.example/ledger", size, bytes(32)), ""),), entries)


def test_all_of_them_are_there() -> None:
    verdict = since(copy(1, 2, 3), copy(1, 2), term=None, now=NOW)
    assert verdict.holds and verdict.said == [
        "All 2 entries of the older copy are in the newer one, in their places."
    ]


@pytest.mark.parametrize("newer", [copy(1, 2), copy(2, 3, 4)])
def test_what_is_left_out_is_counted_with_its_day(newer: Evidence) -> None:
    missing = {1, 3} - {entry["log"]["index"] for entry in newer.entries}
    (said,) = since(newer, copy(1, 2, 3), term=None, now=NOW).against
    assert (
        "1 of the 3 entries of the older copy are not in the newer one" in said
        and f"of {missing.pop()} November 2026" in said
    )


def test_the_same_place_with_another_content_is_not_there() -> None:
    newer = copy(1, 2, 3)
    newer.entries[2]["digest"] = "another"  # type: ignore[index]
    assert not since(newer, copy(1, 2, 3), term=None, now=NOW).holds


@pytest.mark.parametrize(("term", "holds"), [("P20D", True), ("P27D", True), ("P28D", False), ("P1Y", False)])
def test_what_is_past_its_term_may_be_gone(term: str, holds: bool) -> None:
    assert since(copy(2, 3), copy(1, 2, 3), term=duration.parse(term), now=NOW).holds is holds


def test_a_shorter_ledger_is_not_newer() -> None:
    (said,) = since(copy(1, size=39), copy(1), term=None, now=NOW).against
    assert "shorter ledger" in said
