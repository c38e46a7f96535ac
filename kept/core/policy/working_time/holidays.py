"""Public holidays, computed for any year: fixed days, days counted from Easter, the nth weekday. Those at a
controller's seat stand in ``law/holidays.toml``, those a desk keeps in the policy's ``hours.toml``.

The data is ours and read once, at import; a mistake in it must fail loudly, so nothing is caught here.
"""

from __future__ import annotations

import tomllib
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "law" / "holidays.toml"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Rule = tuple[tuple[str, Any], ...]
"""One holiday: its keys and values, as a table of ``law/holidays.toml`` has them."""
NEXT, NEAREST = True, "nearest"
"""``substitute``: one that falls on a weekend is kept on the next working day, or on the nearest."""
_RULES: dict[str, tuple[Rule, ...]] = {
    country: tuple(tuple(rule.items()) for rule in table["holiday"])
    for country, table in tomllib.loads(_FILE.read_text("utf-8")).items()
}


def countries() -> frozenset[str]:
    """Those on file. At any other seat terms end earlier than the law would let them, never later."""
    return frozenset(_RULES)


def rules_of(country: str) -> tuple[Rule, ...]:
    """Those of a country, or of the country of a part of one; none where it is not on file."""
    return _RULES.get(country.partition("-")[0].upper(), ())


def of(country: str, year: int) -> frozenset[date]:
    """Every public holiday of a country in a year; none where the country is not on file."""
    return computed(rules_of(country), year)


@lru_cache(maxsize=256)
def computed(rules: tuple[Rule, ...], year: int) -> frozenset[date]:
    """The days of a year that some rules make."""
    found: set[date] = set()
    # Those that stay where they fall come first, so that a substitute is not put upon one of them.
    for rule in sorted(map(dict, rules), key=lambda rule: bool(rule.get("substitute"))):
        day = _day(rule, year)
        if day < rule.get("from", date.min) or day > rule.get("until", date.max):
            continue
        kept_on = {NEXT: _substitute, NEAREST: _nearest}.get(rule.get("substitute", ""))
        found.add(kept_on(day, found) if kept_on else day)
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


def _nearest(day: date, taken: set[date]) -> date:
    """The Friday before a Saturday, the Monday after a Sunday."""
    return _substitute(day - timedelta(days=1) if day.weekday() == 5 else day, taken)
