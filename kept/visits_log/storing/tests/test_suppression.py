"""The rule for small groups holds for whoever else counts by it: the attacker of the visits tries it."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kept.visits_log.events import FEWEST
from kept.visits_log.storing.suppression import Cell, told
from kept.visits_log.storing.tests.attacker import Told, found_out

Q3, Q4 = date(2026, 7, 1), date(2026, 10, 1)
counts = st.lists(st.integers(0, 30), min_size=1, max_size=5)


def test_under_ten_is_not_told_nor_what_it_follows_from() -> None:
    cells = [Cell(Q3, "queue", key, n) for key, n in (("a", 40), ("b", 12), ("c", 3))]
    assert told(cells, total="queue") == {(Q3, "queue", "a")}
    assert told([*cells, Cell(Q3, "queue", "d", 7)], total="queue") == {
        (Q3, "queue", "a"),
        (Q3, "queue", "b"),
    }


def test_each_period_and_each_table_stands_by_itself() -> None:
    cells = [Cell(Q3, "queue", "a", 40), Cell(Q3, "market", "x", 37), Cell(Q3, "market", "y", 3)]
    assert told([*cells, Cell(Q4, "queue", "a", 9)], total="queue") == {(Q3, "queue", "a")}
    assert told([], total="queue") == frozenset()


@given(counts)
def test_no_small_group_follows_from_what_is_told(one: list[int]) -> None:
    shown = told([Cell(Q3, "queue", str(key), n) for key, n in enumerate(one) if n], total="queue")
    cells = {(0, int(key)): one[int(key)] for _day, _table, key in shown}
    total = {0: sum(one)} if sum(one) >= FEWEST else {}
    assert found_out([one], Told(total, cells, {}, None)) == []
