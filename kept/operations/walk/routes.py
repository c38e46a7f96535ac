"""Every address there is, as the router knows it now, with something to fill its gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

# Tried one after the other, until the router takes one: they lead to nothing, and to the page that says so.
FILLED = (
    "x",
    "1",
    "00000000-0000-4000-8000-000000000000",
    "Q-0000-0000",
    "R-0000-0000-0000",
    "REG-2026-000000",
    "CLM-2026-000000",
)


@dataclass(frozen=True, slots=True)
class Route:
    """``pattern`` as it is written; ``path`` an address it takes, "" where none could be made up.

    ``open``: it takes what is sent without a token.
    """

    pattern: str
    path: str
    open: bool


def routes() -> list[Route]:
    """Each address once, in the order the router asks them."""
    return list({route.pattern: route for route in _below(get_resolver(), "", [])}.values())


def _below(resolver: URLResolver, before: str, patterns: list[Any]) -> Iterator[Route]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _below(one, before + str(one.pattern), [*patterns, one.pattern])
        elif isinstance(one, URLPattern):
            yield Route(
                before + str(one.pattern),
                _filled(before, one.pattern),
                bool(getattr(one.callback, "csrf_exempt", False)),
            )


def _filled(before: str, pattern: Any) -> str:
    """An address, by the route’s own converters; for one that is written as a regular expression, none."""
    if not isinstance(pattern, RoutePattern):
        return ""
    text = str(pattern)
    names = list(pattern.converters)
    for values in product(FILLED, repeat=len(names)):
        path = text
        for name, value in zip(names, values, strict=True):
            start, end = _gap(path, name)
            path = path[:start] + value + path[end:]
        if pattern.match(path):
            return f"/{before}{path}"
    return ""


def _gap(path: str, name: str) -> tuple[int, int]:
    """Where <converter:name> or <name> stands."""
    for start, sign in enumerate(path):
        if sign == "<":
            end = path.index(">", start) + 1
            if path[start + 1 : end - 1].rpartition(":")[2] == name:
                return start, end
    raise ValueError(f"The route has no gap “{name}”.")
