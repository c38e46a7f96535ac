"""What a key of a report is called in front of people.

What is not known says so; what is strange stands as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from babel import Locale

UNKNOWN = "Not known"


def plain(key: str) -> str:
    return key or UNKNOWN


def country(key: str) -> str:
    return _english().territories.get(key.upper(), key) if key else UNKNOWN


def language(key: str) -> str:
    return _english().languages.get(key.lower(), key) if key else UNKNOWN


def hour(key: str) -> str:
    """ "9" -> "9:00 to 10:00"."""
    return f"{int(key)}:00 to {int(key) + 1}:00" if key.isdigit() else plain(key)


def referrer(key: str) -> str:
    return key or "Typed, bookmarked, or not told"


def again(key: str) -> str:
    return {
        "first": "Here for the first time",
        "again": "Here before",
        "": "Not known: not asked, or a no",
    }.get(key, key)


def page(key: str) -> str:
    return key or "A page that was not there"


def tagged(key: str) -> str:
    return key or "Without a tag"


Says = Callable[[str], str]


@cache
def _english() -> Locale:
    return Locale("en")
