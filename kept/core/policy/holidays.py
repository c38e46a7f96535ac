"""Public holidays at a controller's seat, computed for any year from ``law/holidays.toml``: fixed days, days
counted from Easter, the nth weekday.

The data is ours and read once, at import; a mistake in it must fail loudly, so nothing is caught here.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "law" / "holidays.toml"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RULES: dict[str, list[dict[str, Any]]] = {
    country: table["holiday"] for country, table in tomllib.loads(_FILE.read_text("utf-8")).items()
}


def countries() -> frozenset[str]:
    """Those on file. At any other seat terms end earlier than the law would let them, never later."""
    return frozenset(_RULES)


@lru_cache(maxsize=256)
def of(country: str, year: int) -> frozenset[date]:
    """Every public holiday of a country in a year; none where the country is not on file."""
    found: set[date] = set()
    # Those that stay where they fall come first, so that a substitute is not put upon one of them.
    for rule in sorted(
        _RULES.get(country.partition("-")[0].upper(), []), key=lambda rule: bool(rule.get("substitute"))
    ):
        day = _day(rule, year)
        if day < rule.get("from", date.min) or day > rule.get("until", date.max):
            continue
        found.add(_substitute(day, found) if rule.get("substitute") else day)
    return frozenset(found)


def near(country: str, day: date) -> frozenset[date]:
    """The holidays of that year and the next: no term of the law is longer."""
    return (
        of(country, day.year) | of(country, day.year + 1)
        if day.year < date.max.year
        else of(country, day.year)
    )


def easter(year: int) -> date:
    """Easter Sunday of the Western churches, by the anonymous Gregorian computus (Nature, 20 April 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    lasting = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * lasting) // 451
    month, day = divmod(h + lasting - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _day(rule: dict[str, Any], year: int) -> date:
    if "day" in rule:
        month, day = map(int, rule["day"].split("-"))
        return date(year, month, day)
    if "easter" in rule:
        return easter(year) + timedelta(days=rule["easter"])
    return _nth(year, rule["month"], _WEEKDAYS.index(rule["weekday"]), rule["nth"])


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def _substitute(day: date, taken: set[date]) -> date:
    while day.weekday() >= 5 or day in taken:
        day += timedelta(days=1)
    return day
