"""Which days a page is about: two days and all between, and what to compare them with.

No Django, no clock: counted from the last day there is.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from kept.equipment.warranty_dates import add_months
from kept.sentences import sentence

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Both days belong to it."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def whole_months(self) -> int:
        """How many months it is, where it is nothing but whole months; otherwise 0."""
        if self.since.day != 1 or self.until != month_end(self.until):
            return 0
        return _months(self.until) - _months(self.since) + 1

    def each(self) -> Iterator[date]:
        for number in range(self.days):
            yield self.since + number * DAY

    def before(self) -> Period:
        """As many whole months before it, or else as many days."""
        if self.whole_months:
            return Period(add_months(self.since, -self.whole_months), self.since - DAY)
        return Period(self.since - self.days * DAY, self.since - DAY)

    def year_before(self) -> Period:
        """The same days of the calendar a year earlier."""
        since = add_months(self.since, -12)
        return Period(
            since,
            month_end(add_months(self.until, -12)) if self.whole_months else add_months(self.until, -12),
        )

    def within(self, span: Period) -> Period | None:
        """The part of it that was counted; None where there is none."""
        since, until = max(self.since, span.since), min(self.until, span.until)
        return Period(since, until) if since <= until else None


def preset(name: str, last: date) -> Period:
    """One of PRESETS, seen from the last day that was counted. Raises KeyError."""
    first = last.replace(day=1)
    return {
        "7-days": Period(last - 6 * DAY, last),
        "30-days": Period(last - 29 * DAY, last),
        "this-month": Period(first, last),
        "last-month": Period(add_months(first, -1), first - DAY),
        "this-year": Period(last.replace(month=1, day=1), last),
    }[name]


PRESETS = {
    "7-days": sentence("7 days"),
    "30-days": sentence("30 days"),
    "this-month": sentence("This month"),
    "last-month": sentence("Last month"),
    "this-year": sentence("This year"),
}


def usual(span: Period) -> str:
    """What is shown when nothing is asked: the last whole month, which tells most, once there is one."""
    return (
        "last-month"
        if preset("last-month", span.until).within(span) == preset("last-month", span.until)
        else "30-days"
    )


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1
