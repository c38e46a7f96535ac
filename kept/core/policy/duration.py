"""ISO 8601 durations: read, add to a day, say in words.

Months and years follow the calendar: a month after 31 January is the last day of February (Regulation
1182/71, Art. 3(2)(c)).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from kept.sentences import Sentence, counted, sentence

Moment = TypeVar("Moment", date, datetime)
LIMITS = {
    "years": 200,
    "months": 2400,
    "weeks": 10_400,
    "days": 73_000,
    "hours": 100_000,
    "minutes": 100_000,
    "seconds": 1_000_000,
}
_SHAPE = re.compile(
    r"P(?:(\d{1,7})Y)?(?:(\d{1,7})M)?(?:(\d{1,7})W)?(?:(\d{1,7})D)?(T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7})S)?)?",
    re.ASCII,
)
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_WORDS: dict[str, Callable[[int], Sentence]] = {
    "years": lambda n: counted("{n} year", "{n} years", n),
    "months": lambda n: counted("{n} month", "{n} months", n),
    "weeks": lambda n: counted("{n} week", "{n} weeks", n),
    "days": lambda n: counted("{n} day", "{n} days", n),
    "hours": lambda n: counted("{n} hour", "{n} hours", n),
    "minutes": lambda n: counted("{n} minute", "{n} minutes", n),
    "seconds": lambda n: counted("{n} second", "{n} seconds", n),
}


@dataclass(frozen=True, slots=True)
class Duration:
    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, unit) for unit in LIMITS)

    def __str__(self) -> str:
        """The ISO 8601 form; nothing at all is P0D."""
        day = "".join(
            f"{getattr(self, unit)}{unit[0].upper()}"
            for unit in ("years", "months", "weeks", "days")
            if getattr(self, unit)
        )
        time = "".join(
            f"{getattr(self, unit)}{unit[0].upper()}"
            for unit in ("hours", "minutes", "seconds")
            if getattr(self, unit)
        )
        return f"P{day}{'T' + time if time else ''}" if day or time else "P0D"

    def after(self, start: Moment) -> Moment:
        """The moment this long after ``start``.

        A plain date ignores hours that do not fill a day. Past the year 9999 it stays there.
        """
        months = start.month - 1 + self.months + 12 * self.years
        year, month = start.year + months // 12, months % 12 + 1
        if year > date.max.year:
            return start.replace(year=date.max.year, month=12, day=31)
        moved = start.replace(year=year, month=month, day=min(start.day, calendar.monthrange(year, month)[1]))
        try:
            return moved + timedelta(
                weeks=self.weeks, days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds
            )
        except OverflowError:
            return start.replace(year=date.max.year, month=12, day=31)

    def in_words(self) -> Sentence:
        """In the reader's language: "3 years", "1 month and 2 days", "no time"."""
        parts = [say(n) for unit, say in _WORDS.items() if (n := getattr(self, unit))]
        if not parts:
            return sentence("no time")
        return parts[0] if len(parts) == 1 else Sentence("{parts}", {"parts": parts})

    def length(self) -> timedelta:
        """About how long, for comparing: a year is 365.2425 days, a month a twelfth of it."""
        days = 365.2425 * (self.years + self.months / 12) + 7 * self.weeks + self.days
        return timedelta(days=days, hours=self.hours, minutes=self.minutes, seconds=self.seconds)


def parse(text: str) -> Duration:
    """Read ``P3Y``, ``P1Y6M``, ``P2W``, ``PT72H``.

    Raises ValueError with the sentence that says what to write.
    """
    found = _SHAPE.fullmatch(text)
    if not found or text in {"P", "PT"} or text.endswith("T"):
        raise ValueError(f'"{text[:40]}" is not a duration. Write {_suggestion(text)}.')
    years, months, weeks, days, _, hours, minutes, seconds = (
        int(part) if part and part.isdigit() else 0 for part in found.groups()
    )
    duration = Duration(years, months, weeks, days, hours, minutes, seconds)
    for unit, limit in LIMITS.items():
        if getattr(duration, unit) > limit:
            raise ValueError(f'"{text[:40]}" is longer than anything is kept. Write at most {limit} {unit}.')
    return duration


def _suggestion(text: str) -> str:
    """What a person probably meant: "three years" was P3Y, "30d" was P30D."""
    found = re.match(
        r"\s*(\w+?)\s*(year|month|week|day|hour|y|m|w|d|h)s?\s*$",
        text.strip().lower().removeprefix("p"),
        re.ASCII,
    )
    number = found and (
        _NUMBERS.get(found[1]) or (int(found[1]) if found[1].isdecimal() and len(found[1]) < 5 else 0)
    )
    if not found or not number:
        return "it like P3Y (years), P6M (months), P30D (days)"
    unit = found[2][0].upper()
    return f"PT{number}H" if unit == "H" else f"P{number}{unit}"
