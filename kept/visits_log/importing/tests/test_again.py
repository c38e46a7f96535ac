"""Killed, run again, grown, given twice, rotated: every line is counted once."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kept.portal.regions.origins import Origins
from kept.visits_log.importing import days as days_module
from kept.visits_log.importing import flows, read_marks, reading
from kept.visits_log.importing.tests.conftest import NOW, after, days, events, people
from kept.visits_log.places import Places
from kept.visits_log.storing import files

Log = Callable[..., str]
Run = Callable[..., flows.Report]
MONTH = [after(f"{day:02}/Nov/2026", 80) for day in range(2, 9)]
TEXT = "".join(MONTH)
WHOLE = {f"2026-11-{day:02}": 80 for day in range(2, 9)}


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PIECE", 4000)
    monkeypatch.setattr(reading, "HEAD", 1000)


def counted(places: Places) -> dict[str, int]:
    return {day: len(events(places, day)) for day in days(places)}


class Killed(BaseException):
    pass


def test_the_same_log_again_is_not_counted_again_whatever_its_name_and_shape(
    places: Places, log: Log, imported: Run, tmp_path: Path
) -> None:
    imported(log(TEXT))
    (tmp_path / "access.log.1.gz").write_bytes(gzip.compress(TEXT.encode()))
    for name in ("access.log", "access.log.1.gz"):
        again = imported(str(tmp_path / name))
        assert again.said == [f"{tmp_path / name} was imported already, and has not grown."]
        assert (again.lines, again.counted) == (0, 0)
    assert counted(places) == WHOLE


@pytest.mark.parametrize("at", [1, 100, 101, 5000, len(TEXT) // 2, len(TEXT) - 130, len(TEXT) - 1])
def test_a_log_that_grew_comes_to_what_it_had_come_to_at_once(
    places: Places, log: Log, imported: Run, at: int, tmp_path: Path
) -> None:
    imported(log(TEXT[:at]))
    done = imported(log(TEXT))
    assert counted(places) == WHOLE
    assert done.refused == {}
    other = Places(tmp_path / "at once")
    flows.run(
        [log(TEXT)],
        other,
        flows.Site("Europe/Brussels", imported_origins(), frozenset({"example.com"}), str, NOW),
    )
    assert {day: people(places, day) for day in WHOLE} == {day: people(other, day) for day in WHOLE}


def imported_origins() -> Any:
    return Origins.open()


@pytest.mark.parametrize("death", range(0, 44, 3))
def test_killed_at_any_step_and_run_again_nothing_is_double_and_nothing_half(
    places: Places, log: Log, imported: Run, death: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = 0

    def die(name: str) -> None:
        nonlocal steps
        steps += 1
        if steps > death:
            raise Killed(name)

    file = log(TEXT)
    with monkeypatch.context() as deadly:
        deadly.setattr(files, "step", die)
        with pytest.raises(Killed):
            imported(file)
    imported(file)
    assert counted(places) == WHOLE
    assert {path.name for path in places.days.rglob("*") if path.is_file()} == {
        f"import-{source(places)}.parquet"
    }
    assert places.month("2026-11").exists()


def source(places: Places) -> str:
    (log,) = read_marks.read(places).logs
    return log


def test_killed_for_real(places: Places, log: Log, imported: Run) -> None:
    """SIGKILL while a day is being written: no finally, no goodbye."""
    file = log(TEXT)
    script = f"""
        import os, signal
        from pathlib import Path
        from kept.portal.regions.origins import Origins
        from kept.visits_log.importing import flows
        from kept.visits_log.importing.tests.conftest import NOW, known
        from kept.visits_log.places import Places
        from kept.visits_log.storing import files
        steps = []
        die = lambda: os.kill(os.getpid(), signal.SIGKILL)
        files.step = lambda name: steps.append(name) or len(steps) < 17 or die()
        flows.reading.PIECE, flows.reading.HEAD = 4000, 1000
        site = flows.Site("Europe/Brussels", Origins.open(), frozenset(), known, NOW)
        flows.run([{file!r}], Places(Path({str(places.root)!r})), site)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    before = counted(places)
    assert before.items() <= WHOLE.items() and len(before) < len(WHOLE)
    imported(file)
    assert counted(places) == WHOLE


def test_a_big_day_goes_to_parts_and_they_are_gone_afterwards(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days_module, "MOST_ROWS", 10)
    (places.root / f"{days_module.SPILL}left").mkdir(parents=True)
    imported(log(TEXT))
    assert counted(places) == WHOLE
    assert list(places.root.glob(".*")) == []


def test_a_day_that_spans_two_logs_is_one_day_when_both_are_named(
    places: Places, log: Log, imported: Run
) -> None:
    half = len(TEXT) // 2
    half = TEXT.index("\n", half) + 1
    first, second = log(TEXT[:half], "access.log.1"), log(TEXT[half:], "access.log")
    imported(first)
    imported(second, first)
    assert counted(places) == WHOLE
    assert all(len(list(places.day(day).glob("*"))) == 1 for day in WHOLE)


def test_logs_of_two_machines_are_two_imports(places: Places, log: Log, imported: Run) -> None:
    imported(log(TEXT, "a.log"), log(TEXT.replace("198.51.100", "203.0.113"), "b.log"))
    assert counted(places) == {day: 2 * many for day, many in WHOLE.items()}


def test_from_standard_input(
    places: Places, log: Log, imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        monkeypatch.setattr(
            sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(gzip.compress(TEXT.encode()))))
        )
        imported("-")
    assert counted(places) == WHOLE


def test_a_log_that_is_cut_off_leaves_finished_days_and_goes_on_when_it_is_whole(
    places: Places, log: Log, imported: Run
) -> None:
    packed = gzip.compress(TEXT.encode(), compresslevel=0)
    file = log(packed[: len(packed) * 2 // 3], "access.log.gz")
    with pytest.raises(reading.Unreadable, match="access.log.gz is damaged or cut off"):
        imported(file)
    before = counted(places)
    assert before and before.items() < WHOLE.items()
    assert places.month("2026-11").exists()
    log(packed, "access.log.gz")
    imported(file)
    assert counted(places) == WHOLE
