"""Time while a desk is open: summer time, holidays, pauses; and what hours.toml may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy import loader
from kept.core.policy.loader import PolicyError
from kept.core.policy.model import Policy
from kept.core.policy.tests.conftest import CET_POWER
from kept.core.policy.working_time.business_hours import ALWAYS, OFFICE, Desk

MONDAY = '[desks.europe]\nopen.monday = ["08:30-12:30"'
BRUSSELS = ZoneInfo("Europe/Brussels")
NIGHT = Desk("x", "Europe/Brussels", (((0, 8 * 60),),) * 7)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
HOURS = st.integers(1, 400).map(lambda number: timedelta(hours=number))


def at(text: str) -> datetime:
    """On the clock of the wall in Liège."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.fixture(scope="module")
def europe(cet: Policy) -> Desk:
    return cet.hours.desk("europe", cet.company, "UTC")


@pytest.mark.parametrize(
    ("opened", "amount", "due"),
    [
        ("2026-11-30T10:00", 4, "2026-11-30T14:30"),  # over noon
        ("2026-11-27T16:00", 8, "2026-11-30T16:30"),  # over a weekend, from a short Friday
        ("2026-11-28T03:00", 1, "2026-11-30T09:30"),  # from a Saturday
        ("2026-12-23T17:00", 1, "2026-12-28T09:00"),  # a day of our own, Christmas, a weekend
        ("2027-03-26T16:00", 1, "2027-03-30T09:00"),  # Easter Monday, and the clock goes forward
        ("2026-11-30T16:30", 1, "2026-11-30T17:30"),  # to the last minute of a day
    ],
)
def test_what_is_due_is_due_while_the_desk_is_open(europe: Desk, opened: str, amount: int, due: str) -> None:
    assert europe.due(at(opened), hours(amount)) == at(due)


def test_each_region_keeps_its_own_holidays_and_clock(cet: Policy, europe: Desk) -> None:
    america = cet.hours.desk("north-america", cet.company, "UTC")
    assert not america.open_on(date(2026, 11, 26)) and europe.open_on(date(2026, 11, 26))
    assert not america.open_on(date(2026, 7, 3)) and america.open_on(date(2026, 7, 6))
    chicago = datetime(2026, 11, 25, 16, tzinfo=ZoneInfo("America/Chicago"))
    assert america.due(chicago, hours(2)) == datetime(2026, 11, 27, 9, tzinfo=ZoneInfo("America/Chicago"))


def test_a_night_in_which_the_clock_is_put_has_an_hour_less_or_more() -> None:
    assert NIGHT.elapsed(at("2026-03-29T00:00"), at("2026-03-29T09:00")) == hours(7)
    assert NIGHT.elapsed(at("2026-10-25T00:00"), at("2026-10-25T09:00")) == hours(9)
    assert NIGHT.due(at("2026-03-29T00:00"), hours(5)) == at("2026-03-29T06:00")
    assert ALWAYS.due(at("2026-10-25T00:00"), hours(4)) == at("2026-10-25T03:00")


def test_a_pause_is_left_out(europe: Desk) -> None:
    pause = (at("2026-11-30T11:00"), at("2026-12-01T09:00"))
    assert europe.due(at("2026-11-30T10:00"), hours(2), [pause]) == at("2026-12-01T10:00")
    assert europe.elapsed(at("2026-11-30T10:00"), at("2026-12-01T10:00"), [pause]) == hours(2)
    assert europe.elapsed(at("2026-11-30T10:00"), at("2026-11-30T10:00")) == hours(0)


@cache
def _cet() -> Policy:
    return loader.load(CET_POWER)


@given(
    st.sampled_from(["europe", "north-america"]),
    MOMENTS,
    HOURS,
    st.lists(st.tuples(MOMENTS, HOURS), max_size=3),
)
def test_what_is_due_after_so_long_has_taken_so_long(
    region: str, start: datetime, amount: timedelta, held: list[tuple[datetime, timedelta]]
) -> None:
    policy = _cet()
    desk = policy.hours.desk(region, policy.company, "UTC")
    pauses = [(since, since + length) for since, length in held]
    due = desk.due(start, amount, pauses)
    assert desk.elapsed(start, due, pauses) == amount
    assert desk.elapsed(start, due - timedelta(minutes=1), pauses) < amount


def test_a_region_that_declares_nothing_keeps_office_hours_and_the_holidays_at_its_seat(cet: Policy) -> None:
    plain = loader.from_files({name: text for name, text in cet.files.items() if name != "hours.toml"})
    desk = plain.hours.desk("europe", plain.company, "UTC")
    assert desk.week == OFFICE and desk.time_zone == "Europe/Brussels" and not plain.hours.levels
    assert not desk.open_on(date(2026, 12, 25)) and desk.open_on(date(2026, 12, 24))
    assert desk.closing_days(date(2026, 12, 1), 40) == [date(2026, 12, 25), date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("[desks.europe]", "[desks.mars]", "desks.mars: is no region of company.toml."),
        (MONDAY, f'{MONDAY}, "12:30-08:30"', "is not from when to when"),
        (MONDAY, f'{MONDAY}, "12:00-13:00"', "has hours that overlap"),
        (
            MONDAY,
            MONDAY.replace("monday", "mondy"),
            "open.mondy: is not a key of this table. Did you mean monday?",
        ),
        (
            'holidays = "BE"\nclosed = [2026-12-24, 2026-12-31]\n\n[desks.world]',
            'holidays = "XX"\n[desks.world]',
            '"XX" is not on file',
        ),
        ("nth = -1", "nth = 7", "is not a list of days. Write holidays ="),
        ('day = "07-04"', 'day = "02-30"', "is not a list of days. Write holidays ="),
        (
            "closed = [2026-12-24, 2026-12-31]\n\n[desks.north",
            'closed = ["soon"]\n[desks.north',
            "is not a list of days. Write closed =",
        ),
        ("done = 40", "done = 4", "is sooner than the first answer"),
        ("done = 80", "done = 9000", "is longer than a year"),
        ('counted = "clock"', 'counted = "often"', '"often" is not known'),
    ],
)
def test_each_fault_is_named_with_its_fix(
    cet: Policy, edited: Callable[..., Policy], old: str, new: str, problem: str
) -> None:
    with pytest.raises(PolicyError) as wrong:
        edited(cet, "hours.toml", old, new)
    assert problem in str(wrong.value)


def test_a_desk_that_never_opens_is_refused(cet: Policy, edited: Callable[..., Policy]) -> None:
    files = dict(cet.files) | {"hours.toml": '[desks.europe]\nholidays = "BE"\n'}
    with pytest.raises(PolicyError, match="is never"):
        loader.from_files(files)
