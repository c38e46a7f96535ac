"""Days as people say them, in four languages and as spreadsheets write them; and a month of which the day was
not said.

Plain Python. A ``Month`` stands as its first day wherever a day is needed, and says itself as a month
wherever it is shown or kept (ISO 8601, reduced precision: ``2024-06``), so that what somebody left open is
never made up.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel.dates import get_day_names, get_month_names

LANGUAGES = ("en", "fr", "de", "nl")
EXAMPLE = "3 May 2025"
_EDGES = re.compile(r"[\s./,\-\u2010-\u2015\u2212年月日]+")
# The midnight that spreadsheets and databases write behind a day.
_MIDNIGHT = re.compile(r"[T ]+0?0:00(:00(\.0+)?)?(Z|\+00:?00)?$")
# Days since 30 December 1899, as a spreadsheet counts: the years 1955 to 2119.
_SERIAL = re.compile(r"([2-7]\d{4})([.,]\d+)?")
# What people write besides what dictionaries give: shorter, as in Austria, without an umlaut.
_ALSO = {"sept": 9, "mrz": 3, "maerz": 3, "jänner": 1, "jän": 1, "feber": 2, "fév": 2, "juill": 7}
_ARTICLES = {"of", "the", "on", "le", "du", "den", "der", "dem", "am", "vom", "im", "de", "op", "van"}
_COUNTED_FROM = date(1899, 12, 30)


class DateError(ValueError):
    """No day that can be understood. The message says how to write one."""


class TwoDays(DateError):
    """It means one day in one country and another in the next."""


class Month(date):
    """A month of a year; as a ``date`` it is the month's first day."""

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        return cls(year, month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def isoformat(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    __str__ = isoformat

    def __repr__(self) -> str:
        return f"Month({self.year}, {self.month})"

    def __eq__(self, other: object) -> bool:
        return date.__eq__(self, other) if isinstance(other, Month) else False

    def __hash__(self) -> int:
        return hash(self.isoformat())

    def __add__(self, other: timedelta) -> date:  # type: ignore[override]
        return date(self.year, self.month, 1) + other

    def __sub__(self, other: Any) -> Any:
        return date(self.year, self.month, 1) - other


def latest(day: date) -> date:
    """The last day that may be meant: of a month its end, of a day itself."""
    return day.last if isinstance(day, Month) else day


def from_iso(text: str) -> date:
    """``2024-06-03`` or ``2024-06``, as ``isoformat`` wrote it. Raises ValueError."""
    return (
        Month.of(int(text[:4]), int(text[5:]))
        if re.fullmatch(r"\d{4}-\d{2}", text)
        else date.fromisoformat(text)
    )


def parts(text: str, *, month_first: bool = False) -> tuple[str, str, str]:
    """Day, month and year out of one text, as typed; day is "" where only the month was said.

    ("", "", "") for no date at all.

    Reads ``15 maart 2025``, ``March 15, 2025``, ``2025-03-15``, ``3/2025``, ``2025年3月15日``. Figures alone
    go day, month, year (``month_first``: month, day, year), unless only the other way makes a date.
    """
    said = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip())
    words = [
        _ordinal(word) for word in _EDGES.split(said) if word and word.casefold().rstrip(".") not in _beside()
    ]
    if len(words) not in {2, 3} or not any(word.isdigit() for word in words):
        return "", "", ""
    if re.fullmatch(r"\d{4}", words[0]):
        words.reverse()
    if len(words) == 2:
        return ("", words[0], words[1]) if re.fullmatch(r"\d{4}", words[1]) else ("", "", "")
    day, month, year = words
    named = month_number(day)
    figures = day.isdigit() and month.isdigit()
    turned = figures and ((month_first and int(day) <= 12) or int(month) > 12 >= int(day))
    return (month, day, year) if turned or (named and not day.isdigit()) else (day, month, year)


def is_two_days(text: str) -> bool:
    """Figures with strokes, of which either the first or the second may be the month."""
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/\d{4}", _MIDNIGHT.sub("", text.strip()))
    return (
        match is not None and int(match[1]) <= 12 and int(match[2]) <= 12 and int(match[1]) != int(match[2])
    )


def read(text: str, *, order: str = "") -> date:
    """One day out of a spreadsheet's cell. ``order``: "day-first", "month-first", or "" where nobody said.

    Takes a spreadsheet's own count of days too. Raises TwoDays, DateError.
    """
    counted = _SERIAL.fullmatch(text.strip())
    if counted:
        return _COUNTED_FROM + timedelta(days=int(counted[1]))
    if not order and is_two_days(text):
        raise TwoDays("This is one day in Europe and another in America.")
    day, month, year = parts(text, month_first=order == "month-first")
    number = month_number(month)
    if not day.isdigit() or not number or not year.isdigit():
        raise DateError("Write the date as year-month-day, like 2024-03-31.")
    if len(year) != 4:
        raise DateError("Write the year with four figures, like 2024-03-31.")
    try:
        return date(int(year), number, int(day))
    except ValueError:
        raise DateError("This date does not exist. Write it as year-month-day, like 2024-03-31.") from None


def day_number(text: str) -> int:
    """1 to 31 for ``3``, ``03``, ``3.``, ``3rd`` or ``1er``; 0 for what is no day of a month."""
    said = _ordinal(text.rstrip("."))
    return int(said) if re.fullmatch(r"\d{1,2}", said) and 1 <= int(said) <= 31 else 0


def month_number(text: str) -> int:
    """1 to 12 for ``3``, ``03``, ``3.``, ``maart``, ``mars`` or ``Mär.``; 0 for what is no month."""
    text = text.rstrip(".")
    if re.fullmatch(r"\d{1,2}", text):
        return int(text) if 1 <= int(text) <= 12 else 0
    return _months().get(_plain(text), 0)


def _ordinal(word: str) -> str:
    """``1st``, ``1er``, ``3e`` are days."""
    found = re.fullmatch(r"(\d{1,2})(st|nd|rd|th|er|e|ème|ième|ste|de)", word, re.IGNORECASE)
    return found[1] if found else word


def _plain(text: str) -> str:
    """Without accents, dots and capitals, as people type a month in a hurry."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@cache
def _months() -> dict[str, int]:
    """Every name of a month we may be given, to its number."""
    named = {
        _plain(name): number
        for language in LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=language).items()
    }
    return named | {_plain(name): number for name, number in _ALSO.items()}


@cache
def _beside() -> frozenset[str]:
    """What people say beside a day and what changes nothing of it: an article, the day of the week."""
    named = {name.casefold() for one in LANGUAGES for name in get_day_names("wide", locale=one).values()}
    return frozenset(named | _ARTICLES)
