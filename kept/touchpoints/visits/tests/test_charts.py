"""A drawing says the same as its numbers: whoever measures a line with a ruler reads off the value."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.touchpoints.visits import charts
from kept.touchpoints.visits.charts import NARROW, WIDE, Point, line_chart, points, scale, whole

START = date(2026, 1, 1)


def days(values: list[int | None]) -> list[tuple[date, tuple[int | None, ...]]]:
    return [(START + timedelta(days=at), (value,)) for at, value in enumerate(values)]


def heights(path: str) -> list[float]:
    return [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


@given(st.lists(st.integers(0, 100_000), min_size=2, max_size=92))
def test_a_line_can_be_measured(values: list[int]) -> None:
    chart = line_chart(points(days(list(values)), "day"), WIDE, label="x", by="day")
    top, most = float(chart.scale[-1].at), int(chart.scale[-1].text.replace("\u202f", ""))
    read_off = [(WIDE.floor - y) / (WIDE.floor - top) * most for y in heights(chart.lines[0].path)]
    assert read_off == pytest.approx(values, abs=most / (WIDE.floor - top))


def test_a_day_that_is_hidden_breaks_the_line_and_one_alone_is_a_dot() -> None:
    line = line_chart(points(days([20, 30, None, 40, None, 50, 60]), "day"), WIDE, label="x", by="day").lines[
        0
    ]
    assert line.path.count("M") == 3 and len(heights(line.path)) == 5
    assert len(line.dots) == 1


def test_nothing_at_all_is_an_empty_drawing() -> None:
    chart = line_chart(points(days([None, None]), "day"), NARROW, label="x", by="day")
    assert chart.lines[0].path == "" and [mark.text for mark in chart.scale] == ["0", "1"]


@given(st.integers(0, 10_000_000), st.integers(3, 4))
def test_a_scale_is_round_short_and_long_enough(most: int, steps: int) -> None:
    found = scale(most, steps)
    assert found[0] == 0 and found[-1] >= most and 2 <= len(found) <= steps + 1
    assert len({later - earlier for earlier, later in pairwise(found)}) == 1


@pytest.mark.parametrize(
    ("many", "by"), [(7, "day"), (92, "day"), (93, "week"), (366, "week"), (731, "month")]
)
def test_long_times_are_drawn_by_weeks_and_months(many: int, by: str) -> None:
    assert charts.grain(many) == by


def test_weeks_end_with_the_last_day_and_lose_nobody() -> None:
    found = points(days([*range(10, 110)]), "week")
    assert [point.days for point in found] == [2, *[7] * 14]
    assert sum(point.values[0] or 0 for point in found) == sum(range(10, 110))
    assert [point.days for point in whole(found, "week")] == [7] * 14


def test_months_cut_off_by_the_period_are_not_drawn() -> None:
    found = points([(START + timedelta(days=at), (10,)) for at in range(14, 800)], "month")
    assert found[0].days == 17 and found[0].values == (170,)
    assert all(point.since.day == 1 for point in whole(found, "month"))


def test_hidden_days_add_nothing_and_a_week_of_them_is_hidden() -> None:
    assert [
        point.values for point in points(days([None] * 7 + [10, None, 12, None, None, None, None]), "week")
    ] == [(None,), (22,)]


def test_rings_at_the_ends_stand_apart() -> None:
    close = [Point(START + timedelta(days=at), 1, (100, 101, 102)) for at in range(5)]
    ends = sorted(float(line.y) for line in line_chart(close, WIDE, label="x", by="day").lines)
    assert all(later - earlier >= 19 for earlier, later in pairwise(ends))


def test_columns_are_as_long_as_their_numbers() -> None:
    chart = charts.columns([0, 50, 100, None, *[0] * 20], WIDE)
    lengths = [WIDE.floor - float(line.path.rpartition("V")[2]) for line in chart.lines]
    assert len(lengths) == 2 and lengths[1] == pytest.approx(2 * lengths[0], abs=0.2)


def test_no_date_on_the_ruler_stands_in_another() -> None:
    for many in (1, 2, 7, 30, 31, 92):
        for frame in (WIDE, NARROW):
            ruler = line_chart(points(days([10] * many), "day"), frame, label="x", by="day").ruler
            written = [float(mark.at) for mark in ruler if mark.text]
            assert written and all(later - earlier >= 40 for earlier, later in pairwise(written))
