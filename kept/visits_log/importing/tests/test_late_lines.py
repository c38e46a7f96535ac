"""Lines in any order, of files in any order, are counted: what can be read twice loses none of them."""

from __future__ import annotations

import gzip
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kept.visits_log.importing import days as days_module
from kept.visits_log.importing import flows, read_marks, reading
from kept.visits_log.importing.judging import line_classes, timestamps
from kept.visits_log.importing.tests.conftest import after, days, events
from kept.visits_log.places import Places
from kept.visits_log.storing.tests.logs import sums

Log = Callable[..., str]
Run = Callable[..., flows.Report]
FIRST, SECOND = (
    "".join(after(f"{day:02}/Nov/2026", 80) for day in range(begin, begin + 4)) for begin in (2, 6)
)
WHOLE = {f"2026-11-{day:02}": 80 for day in range(2, 10)}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIECE", 9000)
    monkeypatch.setattr(reading, "HEAD", 1000)


def counted(places: Places) -> dict[str, int]:
    return {day: len(events(places, day)) for day in days(places)}


def unfinished(places: Places) -> list[str]:
    return [timestamps.written(day.day) for day in read_marks.read(places).open]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_logs_put_together_in_the_wrong_order_lose_no_line(
    places: Places, log: Log, imported: Run, pack: Any
) -> None:
    done = imported(log(pack((SECOND + FIRST).encode())))
    assert (done.counted, done.lines, done.refused, done.said) == (640, 640, {}, [])
    assert counted(places) == WHOLE
    assert sums(places, "SELECT sum(views) FROM {rollups} WHERE dimension = 'total' AND day IS NOT NULL") == [
        (640,)
    ]
    assert min(unfinished(places)) >= "2026-11-06"
    assert imported(log(pack((SECOND + FIRST).encode()))).counted == 0


def test_machines_put_together_one_after_the_other_come_to_what_they_are_in_order(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(days_module, "MOST_TOGETHER", 200)
    one, other = (
        FIRST + SECOND,
        (FIRST + SECOND).replace("198.51.100", "203.0.113").replace("GET / ", "GET /me.css "),
    )
    done = imported(log(one + other + one.replace("198.51.100", "192.0.2")))
    assert (done.counted, done.refused) == (1280, {"asset": 640})
    assert counted(places) == {day: 2 * many for day, many in WHOLE.items()}
    assert list(places.root.glob(".*")) == []


def test_files_in_any_order(places: Places, log: Log, imported: Run) -> None:
    new, old = log(SECOND, "access.log"), log(FIRST, "access.log.1")
    assert (imported(new, old).refused, counted(places)) == ({}, WHOLE)


def test_killed_before_the_second_reading_it_begins_those_days_anew(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = log(SECOND + FIRST)
    with monkeypatch.context() as deadly:
        deadly.setattr(flows.LateLines, "read_again", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            imported(file)
    assert counted(places) != WHOLE
    imported(file)
    assert counted(places) == WHOLE
    assert imported(file).said == [f"{file} was imported already, and has not grown."]


def test_a_log_that_grew_by_lines_of_days_before(places: Places, log: Log, imported: Run) -> None:
    imported(log(FIRST + SECOND))
    done = imported(log(FIRST + SECOND + FIRST.replace("198.51.100", "203.0.113")))
    assert (done.counted, done.refused) == (320, {})
    assert counted(places) == {day: many * (2 if day < "2026-11-06" else 1) for day, many in WHOLE.items()}


def test_a_pipe_is_read_once_and_says_what_to_do(
    places: Places, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, into = os.pipe()
    writer = threading.Thread(target=lambda: (os.write(into, (SECOND + FIRST).encode()), os.close(into)))
    writer.start()
    with os.fdopen(out) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        done = imported("-")
    writer.join()
    assert done.refused == {line_classes.LATE: 320}
    assert done.said == [
        "- is out of order, and a pipe cannot be read twice: name the file itself, and no line is too late."
    ]
    assert min(unfinished(places)) >= "2026-11-06"
