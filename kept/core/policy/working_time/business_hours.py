"""When a desk is open, and time counted while it is: when something is due, and how long it took.

Hours stand on the clock of the desk's own wall, so a day on which that clock is put forward or back has an
hour less or more where the desk is open then. Time is counted in UTC. Plain Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kept.core.policy.places import Company
from kept.core.policy.working_time import holidays
from kept.core.policy.working_time.holidays import Rule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FULL_DAY = 24 * 60
DESK, CLOCK = "desk", "clock"
FARTHEST = 3_660
"""So many days ahead a due time is looked for; hours.toml refuses what could lie farther."""

Span = tuple[int, int]
"""From which minute of a day to which."""
Pause = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Level:
    """How quickly something is answered first, and done: in hours of the desk, or of the clock."""

    id: str
    first: int
    done: int
    counted: str = DESK


@dataclass(frozen=True, slots=True)
class Desk:
    """The opening hours of a region's desk. ``week``: the spans of each day, Monday first."""

    region: str
    time_zone: str
    week: tuple[tuple[Span, ...], ...]
    holidays: tuple[Rule, ...] = ()
    closed: frozenset[date] = frozenset()

    def open_on(self, day: date) -> bool:
        """Whether it opens at all that day."""
        kept = day in self.closed or day in holidays.computed(self.holidays, day.year)
        return bool(self.week[day.weekday()]) and not kept

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """From when to when it is open that day, in UTC."""
        if not self.open_on(day):
            return []
        zone = ZoneInfo(self.time_zone)
        return [
            (_moment(day, begin, zone), _moment(day, end, zone)) for begin, end in self.week[day.weekday()]
        ]

    def due(self, start: datetime, amount: timedelta, pauses: Iterable[Pause] = ()) -> datetime:
        """When so much time has run from ``start``, pauses left out. Raises ValueError beyond ten years."""
        left = amount
        for begin, end in self._running(start, None, pauses):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise ValueError("No desk is open for so long.")

    def elapsed(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
        """How much time ran between two moments, pauses left out."""
        return sum((until - since for since, until in self._running(start, end, pauses)), timedelta())

    def closing_days(self, since: date, days: int) -> list[date]:
        """The days from ``since`` on which it would be open if they were not holidays or days of its own."""
        coming = (since + timedelta(days=number) for number in range(days))
        return [day for day in coming if self.week[day.weekday()] and not self.open_on(day)]

    def _running(
        self, start: datetime, end: datetime | None, pauses: Iterable[Pause]
    ) -> Iterator[tuple[datetime, datetime]]:
        """The stretches in which time runs, in UTC, the earliest first."""
        held = sorted((since.astimezone(UTC), until.astimezone(UTC)) for since, until in pauses)
        first, last = start.astimezone(UTC), end.astimezone(UTC) if end else None
        day = start.astimezone(ZoneInfo(self.time_zone)).date()
        for _number in range(FARTHEST):
            for begin, until in self.spans(day):
                begins, ends = max(begin, first), min(until, last) if last else until
                yield from _without(begins, ends, held)
            day += timedelta(days=1)
            if last and _moment(day, 0, ZoneInfo(self.time_zone)) >= last:
                return


def _without(begin: datetime, end: datetime, held: list[Pause]) -> Iterator[tuple[datetime, datetime]]:
    """What is left of a stretch; nothing where it ends before it begins."""
    for since, until in held:
        if since >= end:
            break
        if since > begin:
            yield begin, since
        begin = max(begin, until)
    if begin < end:
        yield begin, end


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """What that clock shows, in UTC; a time that it leaps over is as much later."""
    day += timedelta(days=minute // FULL_DAY)
    hour, rest = divmod(minute % FULL_DAY, 60)
    return datetime.combine(day, time(hour, rest), zone).astimezone(UTC)


ALWAYS = Desk("", "UTC", (((0, FULL_DAY),),) * 7)
"""Day and night, for what is counted by the clock."""
OFFICE: tuple[tuple[Span, ...], ...] = (((9 * 60, 17 * 60),),) * 5 + ((),) * 2
"""Where a region declares nothing: Monday to Friday, nine to five."""


@dataclass(frozen=True, slots=True)
class Hours:
    """What ``hours.toml`` declares: levels by their id, desks by their region."""

    levels: Mapping[str, Level]
    desks: Mapping[str, Desk]

    def desk(self, region: str, company: Company, time_zone: str) -> Desk:
        """Of a region; office hours and the holidays at its seat where none are declared. ``time_zone``: the
        portal's own, where neither the desk nor the controller has one.
        """
        place = company.regions.get(region) or next(iter(company.regions.values()))
        seat = holidays.rules_of(company.entities[place.entity].country)
        found = self.desks.get(region) or Desk(region, "", OFFICE, seat)
        zone = found.time_zone or place.controller.time_zone or time_zone
        return Desk(region, zone, found.week, found.holidays, found.closed)
