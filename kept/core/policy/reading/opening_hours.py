"""Read ``hours.toml``: how quickly cases are answered, and when the desk of each region is open."""

from __future__ import annotations

import re
import zoneinfo
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from kept.core.policy.places import Company
from kept.core.policy.reading.tables import Table, shorten
from kept.core.policy.working_time import holidays as calendar
from kept.core.policy.working_time.business_hours import (
    CLOCK,
    DESK,
    FULL_DAY,
    WEEKDAYS,
    Desk,
    Hours,
    Level,
    Span,
)

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|29|30|31)", re.ASCII)
LONGEST = 2_000
"""Hours: a working year."""


def hours(table: Table, company: Company) -> Hours:
    levels = {name: _level(name, row) for name, row in table.tables("answers").items()}
    desks = {}
    for name, row in table.tables("desks").items():
        if name not in company.regions:
            row.problem("", f"is no region of company.toml. Write one of: {', '.join(company.regions)}.")
        desks[name] = _desk(name, row)
    table.done()
    return Hours(MappingProxyType(levels), MappingProxyType(desks))


def _level(name: str, row: Table) -> Level:
    level = Level(
        name, row.whole("first"), row.whole("done"), row.one_of("counted", (DESK, CLOCK), default=DESK)
    )
    if level.done < level.first:
        row.problem("done", "is sooner than the first answer. Write at least as many hours.")
    if level.done > LONGEST:
        row.problem("done", f"is longer than a year. Write at most {LONGEST} hours.")
    row.done()
    return level


def _desk(name: str, row: Table) -> Desk:
    zone = row.text("time_zone", optional=True)
    if zone and zone not in _zones():
        row.problem("time_zone", f'"{shorten(zone)}" is not a time zone. Write it like Europe/Brussels.')
    days = row.table("open")
    week = tuple(_spans(days, day) for day in WEEKDAYS)
    days.done()
    if not any(week):
        row.problem("open", 'is never. Write open.monday = ["09:00-17:00"], and so on.')
    desk = Desk(name, zone, week, _holidays(row), _closed(row))
    row.done()
    return desk


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _spans(days: Table, day: str) -> tuple[Span, ...]:
    found: list[Span] = []
    for text in days.texts(day, optional=True):
        match = _SPAN.fullmatch(text)
        begin, end = (
            (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
        )
        if not begin < end <= FULL_DAY:
            days.problem(day, f'"{shorten(text)}" is not from when to when. Write it like 09:00-17:30.')
        else:
            found.append((begin, end))
    if any(later[0] < earlier[1] for earlier, later in pairwise(sorted(found))):
        days.problem(day, "has hours that overlap. Keep each minute once.")
    return tuple(sorted(found))


def _closed(row: Table) -> frozenset[date]:
    days = row.raw("closed")
    if days is None:
        return frozenset()
    if not isinstance(days, list) or not all(_is_day(day) for day in days):
        row.problem("closed", "is not a list of days. Write closed = [2026-12-24, 2026-12-31].")
        return frozenset()
    return frozenset(days)


def _is_day(day: object) -> bool:
    return isinstance(day, date) and not isinstance(day, datetime)


def _holidays(row: Table) -> tuple[calendar.Rule, ...]:
    """A country on file, or each day by its rule."""
    given = row.raw("holidays")
    if given is None:
        return ()
    if isinstance(given, str):
        if given not in calendar.countries():
            row.problem(
                "holidays",
                f'"{shorten(given)}" is not on file. Write {", ".join(sorted(calendar.countries()))}, or each'
                ' day: [{day = "12-25"}, {easter = 1}, {weekday = "monday", nth = 1, month = 9}].',
            )
        return calendar.rules_of(given)
    if not isinstance(given, list) or not all(_is_rule(rule) for rule in given):
        row.problem(
            "holidays",
            'is not a list of days. Write holidays = [{day = "12-25"}, {easter = 1}, {weekday = "monday", nth'
            " = 1, month = 9}], where nth = -1 is the last one.",
        )
        return ()
    return tuple(tuple(rule.items()) for rule in given)


def _is_rule(rule: Any) -> bool:
    if not isinstance(rule, dict) or rule.get("substitute", True) not in (calendar.NEXT, calendar.NEAREST):
        return False
    keys = set(rule) - {"substitute"}
    if keys == {"day"}:
        return isinstance(rule["day"], str) and _exists(rule["day"])
    if keys == {"easter"}:
        return _within(rule["easter"], -120, 240)
    return (
        keys == {"weekday", "nth", "month"}
        and rule["weekday"] in WEEKDAYS
        and rule["nth"] in (1, 2, 3, 4, -1)
        and _within(rule["month"], 1, 12)
    )


def _exists(day: str) -> bool:
    """A day that every year has."""
    match = _DAY.fullmatch(day)
    try:
        return match is not None and bool(date(2026, int(match[1]), int(match[2])))
    except ValueError:
        return False


def _within(number: object, lowest: int, highest: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and lowest <= number <= highest
