"""What a key of a report is called in front of people.

What is not known says so; what is strange stands as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def plain(key: str) -> str:
    return key or _("Not known")


def country(key: str) -> str:
    return _locale().territories.get(key.upper(), key) if key else plain(key)


def language(key: str) -> str:
    return _locale().languages.get(key.lower(), key) if key else plain(key)


def hour(key: str) -> str:
    """ "9" -> "9:00 to 10:00"."""
    if not key.isdigit():
        return plain(key)
    return _("{hour}:00 to {next}:00").format(hour=int(key), next=int(key) + 1)


def referrer(key: str) -> str:
    return key or _("Typed, bookmarked, or not told")


def again(key: str) -> str:
    return {
        "first": _("Here for the first time"),
        "again": _("Here before"),
        "": _("Not known: not asked, or a no"),
    }.get(key, key)


def page(key: str) -> str:
    return key or _("A page that was not there")


def tagged(key: str) -> str:
    return key or _("Without a tag")


Says = Callable[[str], str]


def inside(title: str | Promise) -> str:
    """A title inside a sentence: it loses its capital, but where a noun keeps it."""
    return str(title) if (get_language() or "").startswith("de") else str(title).lower()


def _locale() -> Locale:
    return Locale.parse(get_language() or "en", sep="-")
