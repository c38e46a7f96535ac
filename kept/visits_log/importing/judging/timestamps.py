"""The time of a line: which minute, and which of the site's own days."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_month_names

MINUTE = 60
EPOCH = date(1970, 1, 1)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
ENGLISH = {name: number for number, name in enumerate(_MONTHS.split(), 1)}
LOCALES = ("fr", "de", "nl", "es", "it", "pt", "da", "sv", "nb", "fi", "pl", "ru")
"""Whose names of months are read beside the English ones: an Apache in another locale writes them."""

# What is left of "25/Nov/2026:10:00:03 +0100" without its seconds: nothing here is finer than the minute.
_STAMP = re.compile(r"(\d{1,2})/([^/\s]{1,20})/(\d{4}):(\d\d):(\d\d)([+-])(\d\d)([0-5]\d)", re.ASCII)


def minute_of(stamp: str) -> int | None:
    """Minutes since 1970-01-01T00:00Z of a stamp like ``25/Nov/2026:10:00+0100``; None for what is no
    time.
    """
    found = _STAMP.fullmatch(stamp)
    month = month_of(found[2]) if found else None
    if not found or month is None:
        return None
    ahead = timedelta(hours=int(found[7]), minutes=int(found[8])) * (-1 if found[6] == "-" else 1)
    try:
        there = datetime(
            int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), tzinfo=timezone(ahead)
        )
        minute = int(there.timestamp()) // MINUTE
    except (ValueError, OverflowError):
        return None
    return minute if minute >= 0 else None


@lru_cache(maxsize=512)
def month_of(name: str) -> int | None:
    """1–12 for a month in English, or in one of LOCALES, long or short, with or without accents; None where
    two would fit.
    """
    plain = _plain(name)
    if plain in ENGLISH:
        return ENGLISH[plain]
    names = _names()
    found = (
        {names[plain]}
        if plain in names
        else {
            number for full, number in names.items() if number and len(plain) > 2 and full.startswith(plain)
        }
    )
    return (found.pop() or None) if len(found) == 1 else None


@lru_cache(maxsize=1)
def _names() -> dict[str, int]:
    """Every name without accents. 0 for a name that is one month here and another there."""
    known: dict[str, int] = {}
    for locale in ("en", *LOCALES):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, Locale.parse(locale)).items():
                    plain = _plain(name)
                    known[plain] = number if known.get(plain, number) == number else 0
    return known


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in letters if one.isalpha() and not unicodedata.combining(one))


class Calendar:
    """The days of the site's zone, those of 23 and 25 hours too.

    A day is the number of days since 1970-01-01.
    """

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def day(self, minute: int) -> int:
        return (datetime.fromtimestamp(minute * MINUTE, self.zone).date() - EPOCH).days

    def end(self, day: int) -> int:
        """The first minute after it."""
        after = EPOCH + timedelta(days=day + 1)
        # Where midnight itself is skipped, the day begins when the clock goes on.
        midnight = datetime(after.year, after.month, after.day, tzinfo=self.zone).astimezone(UTC)
        return -(-int(midnight.timestamp()) // MINUTE)


def written(day: int) -> str:
    """YYYY-MM-DD"""
    return (EPOCH + timedelta(days=day)).isoformat()


def number(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days
