"""The clock's laws: month ends, leap days, holidays, weekends, time zones and summer time; what moves a date,
and what never does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy import law
from kept.core.policy.duration import Duration
from kept.core.policy.model import Policy
from kept.core.policy.working_time import holidays
from kept.rights.requests.course import clock
from kept.rights.requests.request_kinds import KINDS, RequestKind
from kept.sentences import sentence
from kept.testing import default_policy

PROMISE = Duration(days=30)
DAYS = st.dates(date(2021, 1, 1), date(2099, 12, 31))
REGIONS = st.sampled_from(("europe", "world", "north-america"))
LAWS = st.sampled_from(("EU", "UK", "US-CA", ""))
MOMENTS = st.datetimes(datetime(2021, 1, 1), datetime(2098, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return default_policy()


def term(
    moment: datetime, region: str = "europe", jurisdiction: str = "EU", kind: str = "access"
) -> clock.Term:
    company = default_policy().company
    return clock.term(kind, moment, company.regions[region], jurisdiction, default_policy())


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.mark.parametrize(
    ("received", "lawful", "extended"),
    [
        (date(2027, 1, 31), date(2027, 3, 1), date(2027, 4, 30)),  # 28 February is a Sunday
        (
            date(2028, 1, 31),
            date(2028, 2, 29),
            date(2028, 5, 2),
        ),  # a leap day; 30 April is a Sunday, 1 May a holiday
        (date(2027, 1, 29), date(2027, 3, 1), date(2027, 4, 29)),
        (date(2028, 2, 29), date(2028, 3, 29), date(2028, 5, 29)),
        (date(2026, 11, 25), date(2026, 12, 28), date(2027, 2, 25)),  # Christmas, a Friday: the next Monday
        (date(2027, 2, 28), date(2027, 3, 30), date(2027, 5, 28)),  # 28 March is Easter Sunday
        (date(2026, 12, 31), date(2027, 2, 1), date(2027, 3, 31)),
    ],
)
def test_a_calendar_month_at_a_belgian_desk(received: date, lawful: date, extended: date) -> None:
    found = term(at_noon(received))
    assert (found.lawful, found.extended) == (lawful, extended)


def test_a_kind_is_due_by_the_clock_that_was_declared_for_it(
    policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = replace(policy.clocks["request"], within=Duration(days=7))
    policy = replace(policy, clocks={**policy.clocks, "complaint": quick})
    kind = RequestKind("complaint", sentence("Complaint"), sentence("complaint"), clock="complaint")
    monkeypatch.setitem(KINDS, kind.id, kind)
    assert clock.promise(policy, "complaint") == Duration(days=7)
    monkeypatch.delitem(KINDS, kind.id)
    assert clock.promise(policy, "complaint") == policy.clocks["request"].within


@given(MOMENTS, REGIONS, LAWS)
def test_due_is_the_earlier_and_never_later_than_either(
    moment: datetime, region: str, jurisdiction: str
) -> None:
    found = term(moment, region, jurisdiction)
    assert found.first == min(one for one in (found.promised, found.lawful) if one)
    assert found.promised == found.received + timedelta(days=30)
    assert (found.lawful is None) == (jurisdiction == "")
    assert found.extended is None or (found.lawful and found.first <= found.lawful < found.extended)


@given(DAYS)
def test_a_month_of_the_law_is_no_shorter_than_the_calendars(day: date) -> None:
    found = law.due(day, PROMISE, "EU", holidays=holidays.near("BE", day))
    calendar = Duration(months=1).after(day)
    assert found.lawful and calendar <= found.lawful <= calendar + timedelta(days=5)
    assert found.lawful.weekday() < 5 and found.lawful not in holidays.near("BE", day)
    assert found.extended and found.extended.weekday() < 5
    assert found.extended <= Duration(months=3).after(day) + timedelta(days=5)


@given(DAYS)
def test_the_promise_never_moves(day: date) -> None:
    plain = law.due(day, PROMISE, "EU")
    with_holidays = law.due(day, PROMISE, "EU", holidays=holidays.near("BE", day))
    assert plain.promised == with_holidays.promised == day + timedelta(days=30)
    assert plain.lawful and with_holidays.lawful and plain.lawful <= with_holidays.lawful


@given(DAYS)
def test_california_counts_days(day: date) -> None:
    found = law.due(day, Duration(days=99), "US-CA", holidays=holidays.near("US", day))
    assert found.lawful == day + timedelta(days=45) and found.extended == day + timedelta(days=90)


@given(MOMENTS, REGIONS)
def test_a_later_receipt_is_never_due_sooner(moment: datetime, region: str) -> None:
    assert term(moment, region).first <= term(moment + timedelta(days=1), region).first


@given(MOMENTS, st.sampled_from(("europe", "north-america")))
def test_the_day_is_the_one_on_the_wall_of_the_desk(moment: datetime, region: str) -> None:
    zone = clock.zone(default_policy().company.regions[region])
    assert term(moment, region).received == moment.astimezone(zone).date()


@pytest.mark.parametrize(
    ("moment", "region", "received"),
    [
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "europe", date(2027, 3, 28)),  # summer time begins
        (datetime(2027, 3, 27, 22, 59, tzinfo=UTC), "europe", date(2027, 3, 27)),
        (datetime(2027, 3, 27, 23, 0, tzinfo=UTC), "europe", date(2027, 3, 28)),
        (datetime(2027, 10, 30, 22, 0, tzinfo=UTC), "europe", date(2027, 10, 31)),  # and ends
        (datetime(2027, 10, 31, 22, 59, tzinfo=UTC), "europe", date(2027, 10, 31)),
        (datetime(2027, 7, 1, 3, 0, tzinfo=UTC), "north-america", date(2027, 6, 30)),
    ],
)
def test_summer_time_and_other_continents(moment: datetime, region: str, received: date) -> None:
    assert term(moment, region).received == received


@given(MOMENTS, st.integers(0, 60 * 24 * 40))
def test_a_pause_adds_whole_days_and_adds_up(moment: datetime, minutes: int) -> None:
    region = default_policy().company.regions["europe"]
    until = moment + timedelta(minutes=minutes)
    days = clock.paused_days(moment, until, region)
    assert 0 <= days <= minutes // (60 * 24) + 1
    middle = moment + timedelta(minutes=minutes // 2)
    assert clock.paused_days(moment, middle, region) + clock.paused_days(middle, until, region) == days
    assert clock.paused_days(until, moment, region) == 0


@given(DAYS, st.integers(0, 400))
def test_a_pause_moves_a_day_by_itself_and_nothing_else(day: date, days: int) -> None:
    assert clock.moved(day, days) - day == timedelta(days=days)
