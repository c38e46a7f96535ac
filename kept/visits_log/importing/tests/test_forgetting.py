"""An import is taken back whole, and what is not its own stays."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import pytest

from kept.terminal import Stop
from kept.touchpoints.visits import forgetting_cli
from kept.visits_log.importing import flows, forgetting, read_marks
from kept.visits_log.importing.tests.conftest import after, days, events, line
from kept.visits_log.places import Places
from kept.visits_log.storing import dropped_days, files
from kept.visits_log.storing.engine import opened, quoted

Log = Callable[..., str]
Run = Callable[..., flows.Report]
ZONE = "Europe/Brussels"
ONE = after("02/Nov/2026", 80) + after("03/Nov/2026", 80)
OTHER = (after("03/Nov/2026", 70) + after("04/Nov/2026", 70)).replace("198.51.100", "203.0.113")


@pytest.fixture
def command(settings: Any, places: Places) -> Callable[..., int]:
    settings.KEPT_VISITS = places.root

    def run(*arguments: str) -> int:
        parser = ArgumentParser()
        forgetting_cli.arguments(parser)
        return forgetting_cli.run(parser.parse_args(arguments))

    return run


def counted(places: Places) -> dict[str, int]:
    return {day: len(events(places, day)) for day in days(places)}


def summed(places: Places, month: str = "2026-11") -> dict[str, int]:
    """Pages read, by day, as the month's sums have them."""
    if not places.month(month).exists():
        return {}
    with opened(places) as base:
        rows = base.execute(
            f"SELECT day::VARCHAR, sum(views) FROM read_parquet({quoted(places.month(month))}) WHERE day IS"
            " NOT NULL AND dimension = 'page' GROUP BY day"
        ).fetchall()
    return {day: int(views) for day, views in rows}


def numbers(places: Places) -> list[str]:
    return list(read_marks.read(places).logs)


@pytest.mark.parametrize("by_number", [False, True])
def test_an_import_goes_and_the_others_of_its_days_stay(
    places: Places, log: Log, imported: Run, by_number: bool
) -> None:
    one, other = log(ONE, "a.log"), log(OTHER, "b.log")
    imported(one)
    (number,) = numbers(places)
    imported(other)
    done = forgetting.run([number if by_number else one], places, ZONE)
    assert (done.days, done.whole) == (["2026-11-02", "2026-11-03"], True)
    assert counted(places) == summed(places) == {"2026-11-03": 70, "2026-11-04": 70}
    assert number not in numbers(places)
    assert imported(one).counted == 160
    assert counted(places) == summed(places) == {"2026-11-02": 80, "2026-11-03": 150, "2026-11-04": 70}


def test_all_of_a_month_goes(places: Places, log: Log, imported: Run) -> None:
    imported(log(ONE))
    forgetting.run(numbers(places), places, ZONE)
    assert (counted(places), summed(places), numbers(places)) == ({}, {}, [])
    assert read_marks.read(places).open == []


@pytest.fixture
def rotated(log: Log, imported: Run) -> tuple[str, str]:
    """Two logs that are one: the 3rd begins in the first and ends in the second."""
    text = ONE + after("04/Nov/2026", 80)
    cut = text.index("\n", len(text) // 2) + 1
    both = log(text[:cut], "access.log.1"), log(text[cut:], "access.log")
    imported(*both)
    return both


def test_a_day_that_two_logs_share_stays_and_is_named(
    places: Places, command: Any, rotated: tuple[str, str], capsys: Any
) -> None:
    assert command(rotated[1]) == 1
    said = capsys.readouterr().out
    assert " 1 day was taken back and summed up anew." in said
    assert "and stay until all of them are named in one command: 2026-11-03." in said
    assert counted(places) == summed(places) == {"2026-11-02": 80, "2026-11-03": 80}
    assert command(*rotated) == 0
    assert (counted(places), summed(places), numbers(places)) == ({}, {}, [])


def test_what_stays_is_not_counted_again(places: Places, imported: Run, rotated: tuple[str, str]) -> None:
    forgetting.run([rotated[0]], places, ZONE)
    imported(*rotated)
    assert counted(places) == {"2026-11-03": 80, "2026-11-04": 80}


class Killed(BaseException):
    pass


@pytest.mark.parametrize("death", range(0, 12, 2))
def test_killed_and_run_again_it_is_whole(
    places: Places, log: Log, imported: Run, death: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(log(ONE, "a.log"))
    (number,) = numbers(places)
    imported(log(OTHER, "b.log"))
    steps = 0

    def die(name: str) -> None:
        nonlocal steps
        steps += 1
        if steps > death:
            raise Killed(name)

    with monkeypatch.context() as deadly:
        deadly.setattr(files, "step", die)
        try:
            forgetting.run([number], places, ZONE)
        except Killed:
            assert number in numbers(places) or death > 7
    if number in numbers(places):
        forgetting.run([number], places, ZONE)
    assert counted(places) == summed(places) == {"2026-11-03": 70, "2026-11-04": 70}
    assert len(numbers(places)) == 1


def test_late_lines_are_of_the_log_they_came_in(places: Places, log: Log, imported: Run) -> None:
    imported(log(ONE + line("02/Nov/2026:12:00:00", address="203.0.113.9"), "a.log"))
    assert counted(places)["2026-11-02"] == 81
    forgetting.run(numbers(places), places, ZONE)
    assert (counted(places), summed(places)) == ({}, {})


def test_what_was_imported_before_days_were_noted(places: Places, log: Log, imported: Run) -> None:
    imported(log(ONE, "a.log"))
    imported(log(OTHER, "b.log"))
    memory = read_marks.read(places)
    for one in memory.logs.values():
        one.days, one.told = {}, False
    memory.save(places)
    first, second = numbers(places)
    done = forgetting.run([first], places, ZONE)
    assert (done.days, done.untold) == ([], ["2026-11-02", "2026-11-03"])
    assert forgetting.run([first, second], places, ZONE).whole
    assert (counted(places), summed(places), numbers(places)) == ({}, {}, [])


def test_days_whose_term_is_over_are_left_as_sums(
    places: Places, log: Log, imported: Run, command: Any
) -> None:
    imported(log(ONE, "a.log"))
    places.packed("2026-11-02", f"import-{numbers(places)[0]}").unlink()
    dropped_days.note(places, "2026-11-02")
    assert command(*numbers(places)) == 1
    assert (counted(places), summed(places), numbers(places)) == ({}, {"2026-11-02": 80}, [])


def test_the_list_and_what_is_none(
    places: Places, log: Log, imported: Run, command: Any, capsys: Any
) -> None:
    assert command() == 0
    assert capsys.readouterr().out == "No log was imported.\n"
    imported(log(ONE))
    assert command("--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["imports"]
    assert (one["number"], one["days"]) == (numbers(places)[0], ["2026-11-02", "2026-11-03"])
    assert command() == 0
    assert f"{one['number']}  {len(ONE):,} bytes  2 days, 2026-11-02 to 2026-11-03" in capsys.readouterr().out
    for wrong, said in (("12345678", "is no file, and no number"), (log(OTHER, "b.log"), "was not imported")):
        with pytest.raises(Stop, match=said) as none:
            command(wrong)
        assert none.value.code == 2
    with read_marks.alone(places), pytest.raises(Stop, match="Another import is under way"):
        command(one["number"])
    assert counted(places) == {"2026-11-02": 80, "2026-11-03": 80}
