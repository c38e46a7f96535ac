"""Words that are ours: of our own addresses and of the catalogue.

In what a visitor typed, no other word is kept.

A pattern finds an address or a number, and never a name. So a search or a mistyped address goes to the
collector with "…" for every word that nobody wrote here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from time import monotonic

from django.db import DatabaseError, models
from django.urls import URLPattern, URLResolver, get_resolver

from kept.products.models import Document, Mark, Market, Product
from kept.touchpoints.visits.scrub import GONE

AGAIN = 600.0
"""Seconds after which the catalogue is read anew."""
SHORT_NUMBER = 4
_WORD = re.compile(r"[^\W_]+")
_LITERAL = re.compile(r"<[^>]*>|\(\?P<[^>]*>|\\.")
# What stands in old and mistyped addresses, and names nobody.
_USUAL = """
index home default page pages en fr de nl html htm php asp aspx jsp pdf xml txt css js png jpg svg ico json
feed rss www news blog login wp admin content includes support contact about company search download downloads
products product solutions favicon robots sitemap apple touch icon
"""
USUAL = frozenset(_USUAL.split())
_read: list[tuple[float, frozenset[str]]] = []


def known(text: str) -> str:
    """The text with "…" in the place of each word that is not ours.

    Short numbers stay: they are volts and pages.
    """
    ours = words()
    return _WORD.sub(lambda one: one[0] if _is_ours(one[0].casefold(), ours) else GONE, text)


def _is_ours(word: str, ours: frozenset[str]) -> bool:
    if word.isdigit():
        return len(word) <= SHORT_NUMBER
    return word in ours or (word.endswith("s") and word[:-1] in ours) or f"{word}s" in ours


def words() -> frozenset[str]:
    """All of them, in small letters; the catalogue's from the last ten minutes."""
    if not _read or monotonic() - _read[0][0] > AGAIN:
        try:
            catalogue = frozenset(chain.from_iterable(_split(text) for text in _catalogue()))
        except DatabaseError:
            return _addresses() | USUAL
        _read[:] = [(monotonic(), catalogue | _addresses() | USUAL)]
    return _read[0][1]


def forget() -> None:
    """Read the catalogue anew when next asked."""
    _read.clear()


def _split(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _catalogue() -> Iterator[str]:
    for model in (Product, Market, Mark, Document):
        texts = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField)]
        for field in texts:
            yield from (str(title) for _, title in field.flatchoices)
        for row in model._base_manager.values_list(*(field.name for field in texts)):
            yield from filter(None, row)


@cache
def _addresses() -> frozenset[str]:
    return frozenset(word for route in routes() for word in _split(_LITERAL.sub(" ", route)))


def routes() -> tuple[str, ...]:
    """The pattern of every address of the portal, as it is written in the rooms."""
    return tuple(_routes(get_resolver().url_patterns, ""))


def _routes(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for one in patterns:
        here = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, here)
        else:
            yield here
