"""Sums take memory for a share of a day, whatever a month or a day holds; what could not be summed up is, on
the next run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pytest

from kept.visits_log.places import Places
from kept.visits_log.storing import day_cells, engine, packer, rollups
from kept.visits_log.storing.examples import invented
from kept.visits_log.storing.tests.logs import DAY, sums, visit, written

TODAY = date(2026, 11, 21)
# A day as a big site has it: many visitors, each on pages of their own choice.
EVENTS = """
COPY (
    SELECT 29658240 + 300 + hash(n, 'minute') % 900 AS minute, CAST(n % {visitors} AS BIGINT) AS visitor,
        1 AS visit, n // {visitors} + 1 AS seq,
        'page' AS kind, '/products/family-' || hash(n, 'page') % 400 || '/' AS path, '' AS target,
        'www.site-' || n % 50 || '.example' AS referrer,
        '' AS source, '' AS medium, '' AS campaign, 'BE' AS country, 'Provider ' || n % 40 AS provider,
        'Firefox' AS browser, 'Linux' AS system,
        'en' AS language, '' AS again
    FROM range({events}) AS t(n)
) TO '{file}' (FORMAT parquet)
"""
Opened = Callable[..., AbstractContextManager[duckdb.DuckDBPyConnection]]


def big_day(places: Places, day: str, *, events: int, visitors: int) -> None:
    file = places.packed(day, "web-1")
    file.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        connection.execute(EVENTS.format(events=events, visitors=visitors, file=file))


def with_memory(memory: str) -> Opened:
    return partial(engine.opened, memory=memory)


def test_a_big_month_and_a_big_day_are_summed_up_in_little_memory(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_cells, "SHARE", 10_000)
    monkeypatch.setattr(rollups, "opened", with_memory("100MB"))
    big_day(places, "2026-05-21", events=90_000, visitors=18_000)
    for day in range(22, 24):
        big_day(places, f"2026-05-{day}", events=18_000, visitors=3_000)
    assert rollups.rollup_months(places, today=TODAY) == ["2026-05"]
    totals = sums(
        places,
        "SELECT visitors, visits, views FROM {rollups} WHERE dimension = 'total' AND day IS NOT NULL ORDER"
        " BY day",
    )
    assert totals == [(18_000, 18_000, 90_000), *[(3_000, 3_000, 18_000)] * 2]


@pytest.mark.parametrize("share", [200, 700])
def test_shares_add_up_to_what_one_reading_counts(
    places: Places, monkeypatch: pytest.MonkeyPatch, share: int
) -> None:
    """Cell for cell, with what is hidden of each: on traffic that has every kind of event."""
    invented.invent(places, date(2026, 9, 1), date(2026, 9, 3), 2_000, 7, today=TODAY)
    whole = sums(places, "SELECT * FROM {rollups} ORDER BY ALL")
    monkeypatch.setattr(day_cells, "SHARE", share)
    rollups.rollup_months(places, today=TODAY)
    assert sums(places, "SELECT * FROM {rollups} ORDER BY ALL") == whole


def test_what_the_engine_says_reaches_nobody_and_the_next_run_sums_up(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    big_day(places, "2026-05-21", events=60_000, visitors=12_000)
    with monkeypatch.context() as small:
        small.setattr(rollups, "opened", with_memory("4MB"))
        with pytest.raises(
            rollups.Unsummed, match=r"^The sums of 2026-05 could not be made: there was too little memory"
        ) as caught:
            rollups.rollup_months(places, today=TODAY)
    assert "duckdb" not in str(caught.value).casefold() and "Exception" not in str(caught.value)
    assert rollups.unsummed(places) == {"2026-05": ["2026-05-21"]}
    packer.pack(places, TODAY)
    assert sums(
        places, "SELECT visitors, views FROM {rollups} WHERE dimension = 'total' AND day IS NOT NULL"
    ) == [(12_000, 60_000)]
    assert rollups.unsummed(places) == {}


def test_a_day_that_was_packed_after_its_month_was_summed_up_is_found(places: Places) -> None:
    written(places, visit(1, "/"))
    packer.pack(places, TODAY)
    big_day(places, "2026-11-19", events=100, visitors=20)
    later(places.packed("2026-11-19", "web-1"), places.month("2026-11"))
    assert rollups.unsummed(places) == {"2026-11": ["2026-11-19"]}
    packer.pack(places, TODAY)
    assert [
        day
        for (day,) in sums(places, "SELECT DISTINCT day FROM {rollups} WHERE day IS NOT NULL ORDER BY day")
    ] == [
        date(2026, 11, 19),
        date.fromisoformat(DAY),
    ]


def later(file: Path, other: Path) -> None:
    """As if a clock of whole seconds had gone on."""
    at = other.stat().st_mtime_ns + 1
    os.utime(file, ns=(at, at))
