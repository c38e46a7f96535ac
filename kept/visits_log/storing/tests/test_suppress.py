"""Whoever has everything that is told, of all periods at once, works out no group of one to nine."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kept.visits_log.events import FEWEST
from kept.visits_log.storing.rollups import told_query
from kept.visits_log.storing.tests import attacker
from kept.visits_log.storing.tests.attacker import Counts, found_out, tell

RULE = told_query()
# What each part of the rule is for: without it he finds somebody out in this month (rows: days, columns:
# keys).
BROKEN = {
    "groups of nine": ("visitors >= 10", "visitors >= 9", [[9, 30], [12, 30]]),
    "a day's rest": ("rest BETWEEN 1 AND 9 AND place = 1", "false", [[5, 30, 12]]),
    "a day lends what the month gives away": (
        "AND (wide OR cloaked)",
        "",
        [[10, 5, 0, 40], [30, 6, 12, 40], [30, 0, 0, 40]],
    ),
    "days that tell no total": ("AND (open OR dimension = 'total')", "", [[1, 0], [1, 0], [9, 1]]),
}
few = st.integers(0, 12) | st.sampled_from([0, 0, 9, 10, 11, 15, 20, 40])
months = st.sampled_from([(1, 4), (2, 4), (2, 5), (3, 3), (3, 4), (4, 3)]).flatmap(
    lambda shape: st.lists(
        st.lists(few, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as one:
        yield one


@settings(max_examples=150, deadline=None)
@given(counts=months, whole=st.booleans())
@example(counts=[[10, 5, 0, 40], [30, 6, 12, 40], [30, 0, 0, 40]], whole=True)
@example(counts=[[5, 0, 0], [8, 20, 0], [20, 20, 3]], whole=True)
def test_nobody_is_found_out(connection: duckdb.DuckDBPyConnection, counts: Counts, whole: bool) -> None:
    told = tell(connection, counts, whole=whole)
    assert found_out(counts, told) == []
    assert all(
        count >= FEWEST for count in (*told.total.values(), *told.cells.values(), *told.blocks.values())
    )


@settings(max_examples=100, deadline=None)
@given(counts=months)
def test_what_is_told_is_true_and_told_once(connection: duckdb.DuckDBPyConnection, counts: Counts) -> None:
    told = tell(connection, counts)
    assert all(counts[d][k] == count for (d, k), count in told.cells.items())
    for k, count in told.blocks.items():
        assert count <= sum(row[k] for d, row in enumerate(counts) if (d, k) not in told.cells)
    if not told.blocks:
        assert tell(connection, counts, whole=False).cells == told.cells


@pytest.mark.parametrize("part", BROKEN)
def test_each_part_of_the_rule_is_needed(
    connection: duckdb.DuckDBPyConnection, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, instead, counts = BROKEN[part]
    assert words in RULE
    if part == "a day lends what the month gives away":
        # The published method would then say that every day lends.
        monkeypatch.setattr(attacker, "_in_block", lambda counts, told, d, k: d in told.total)
    assert found_out(counts, tell(connection, counts)) == []
    assert found_out(counts, tell(connection, counts, sql=RULE.replace(words, instead)))


def test_a_month_that_is_not_over_tells_no_block(connection: duckdb.DuckDBPyConnection) -> None:
    counts = [[9, 9, 30], [9, 9, 30], [9, 9, 30]]
    assert tell(connection, counts, whole=False).blocks == {}
    assert tell(connection, counts).blocks == {0: 27, 1: 27}


def test_readers_of_a_page_less_those_who_began_there_are_none_or_ten(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cells AS FROM (VALUES (DATE '2026-11-01', 'total', '', '', 90, 90, 200,"
        " 0, 0), (DATE '2026-11-01', 'entry', '/', '', 30, 30, 35, 0, 0), (DATE '2026-11-01', 'entry', '/a/',"
        " '', 30, 30, 60, 0, 0), (DATE '2026-11-01', 'entry', '/b/', '', 30, 30, 30, 0, 0)) AS t(day,"
        " dimension, key, key2, visitors, visits, views, minutes, timed)"
    )
    found = connection.execute(
        f"SELECT key, shown FROM ({RULE}) WHERE dimension = 'entry' ORDER BY key", {"whole": False}
    ).fetchall()
    assert found == [("/", 0), ("/a/", 30), ("/b/", 30)]
