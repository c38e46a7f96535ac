"""A day goes at once, and for good: its file, its counts, its log."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date

import pytest

from kept.visits_log.places import Places
from kept.visits_log.storing import dropping, packer, rollups
from kept.visits_log.storing.examples.invented import invent
from kept.visits_log.storing.tests.logs import NOON, sums, visit, written

DAYS = ["2026-11-18", "2026-11-19", "2026-11-20"]
TODAY = date(2026, 11, 21)
DIES = """
import os, sys
from pathlib import Path
from kept.visits_log.places import Places
from kept.visits_log.storing import dropping, files
left = [int(sys.argv[2])]
def step(name):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
files.step = dropping.step = step
dropping.drop_day(Places(Path(sys.argv[1])), "2026-11-18")
"""


@pytest.fixture
def three(places: Places) -> Places:
    for back, day in enumerate(reversed(DAYS)):
        written(
            places,
            [event for n in range(12) for event in visit(n, "/", "/a/", day=day, minute=NOON - 1440 * back)],
        )
    packer.pack(places, TODAY)
    return places


def told(places: Places) -> list[str]:
    return [
        str(row[0])
        for row in sums(places, "SELECT DISTINCT day FROM {rollups} WHERE day IS NOT NULL ORDER BY day")
    ]


def test_a_day_goes_from_files_and_sums(three: Places) -> None:
    dropping.drop_day(three, DAYS[0])
    assert not three.day(DAYS[0]).exists()
    assert told(three) == DAYS[1:]
    assert [found for found in three.root.iterdir() if found.name.startswith(".")] == []


def test_a_month_without_a_day_left_has_no_file(three: Places) -> None:
    for day in DAYS:
        dropping.drop_day(three, day)
    assert list(three.rollups.iterdir()) == []
    assert rollups.packed_days(three) == []


def test_what_is_due_is_found_packed_and_logged(three: Places) -> None:
    written(three, visit(1, "/", day="2026-11-17", minute=NOON - 4320))
    assert dropping.due(three, date(2026, 11, 19)) == ["2026-11-17", "2026-11-18"]
    dropping.drop_day(three, "2026-11-17")
    assert list(three.logs.iterdir()) == []
    assert dropping.due(three, date(2026, 11, 19)) == ["2026-11-18"]


def test_a_log_of_a_day_that_was_dropped_is_never_packed(three: Places) -> None:
    dropping.drop_day(three, DAYS[1])
    written(three, visit(1, "/", day=DAYS[0], minute=NOON - 2880))
    assert packer.pack(three, TODAY).events == 0
    assert list(three.logs.iterdir()) == []


@pytest.mark.parametrize("acts", range(1, 9))
def test_killed_anywhere_and_run_again_the_day_is_gone(three: Places, acts: int) -> None:
    run = subprocess.run([sys.executable, "-c", DIES, str(three.root), str(acts)], check=False)
    assert run.returncode == 9
    dropping.finish(three)
    if acts > 3:
        # It was on record that the day goes, so nothing tells of it any more.
        assert told(three) == DAYS[1:]
    dropping.drop_day(three, DAYS[0])
    assert told(three) == DAYS[1:]
    assert not three.day(DAYS[0]).exists()
    assert [
        found
        for found in three.root.rglob("*")
        if found.name.startswith(".gone") or found.name.endswith(".half")
    ] == []


def test_a_big_day_goes_as_quickly_as_a_small_one(places: Places) -> None:
    invent(places, date(2026, 11, 18), date(2026, 11, 18), 1_000, 1, today=TODAY)
    invent(places, date(2026, 11, 19), date(2026, 11, 20), 300_000, 1, today=TODAY)
    times = []
    for day in DAYS[:2]:
        began = time.perf_counter()
        dropping.drop_day(places, day)
        times.append(time.perf_counter() - began)
    assert times[1] < times[0] + 0.2
    assert told(places) == [DAYS[2]]
