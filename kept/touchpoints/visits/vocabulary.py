"""Words that are ours: of our own addresses and of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from time import monotonic

from django.db import DatabaseError, models
from django.urls import URLPattern, URLResolver, get_resolver

from kept.products.models import Document, Mark, Market, Product
from kept.visits_log import known_words
from kept.visits_log.known_words import USUAL, split

AGAIN = 600.0
"""Seconds after which the catalogue is read anew."""
_LITERAL = re.compile(r"<[^>]*>|\(\?P<[^>]*>|\\.")
_read: list[tuple[float, frozenset[str]]] = []


def known(text: str) -> str:
    """The text with "…" in the place of each word that is not ours."""
    return known_words.known(text, words())


def words() -> frozenset[str]:
    """All of them, in small letters; the catalogue's from the last ten minutes."""
    if not _read or monotonic() - _read[0][0] > AGAIN:
        try:
            catalogue = frozenset(chain.from_iterable(split(text) for text in _catalogue()))
        except DatabaseError:
            return _addresses() | USUAL
        _read[:] = [(monotonic(), catalogue | _addresses() | USUAL)]
    return _read[0][1]


def forget() -> None:
    """Read the catalogue anew when next asked."""
    _read.clear()


def _catalogue() -> Iterator[str]:
    for model in (Product, Market, Mark, Document):
        texts = [field for field in model._meta.concrete_fields if isinstance(field, models.CharField)]
        for field in texts:
            yield from (str(title) for _, title in field.flatchoices)
        for row in model._base_manager.values_list(*(field.name for field in texts)):
            yield from filter(None, row)


@cache
def _addresses() -> frozenset[str]:
    return frozenset(word for route in routes() for word in split(_LITERAL.sub(" ", route)))


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
