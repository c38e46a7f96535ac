"""What meets a visitor on every page: notices at its top, small scripts, and whoever looks at an answer
before it leaves.

A room speaks here with an ``page_hooks.py``; the portal draws and calls, and knows none of them by name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from kept.registry import Registry

log = logging.getLogger("kept.entrance")


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell before the page: a template, and what it reads as ``it``.

    ``shared``: whoever is told it is told just this, so that a page with it is the same for all of them.
    ``stored``: that it was told is kept in a cookie, set with the page; no page says then that none is.
    """

    template: str
    it: Mapping[str, Any] = field(default_factory=dict)
    shared: bool = False
    stored: bool = False


Tells = Callable[[HttpRequest], Notice | None]
Looks = Callable[[HttpRequest, HttpResponse], None]

Wanted = Callable[[HttpRequest], bool]

_NOTICES: Registry[tuple[int, Tells]] = Registry("notices", "what is told at the top of a page")
_LOOKERS: Registry[Looks] = Registry("lookers", "who looks at an answer before it leaves")
_SCRIPTS: Registry[Wanted] = Registry("scripts", "small scripts, and the pages that load them")


def notice(id: str, *, order: int) -> Callable[[Tells], Tells]:
    """Register a function that has something to tell at the top of a page, or None.

    The lowest ``order`` stands first.
    """

    def keep(function: Tells) -> Tells:
        _NOTICES.add(id, (order, function))
        return function

    return keep


def looks(id: str) -> Callable[[Looks], Looks]:
    """Register a function that sees every answer before it leaves.

    It may set a cookie; what it dies of costs nobody the page.
    """

    return _LOOKERS.under(id)


def script(file: str, *, on: Wanted) -> None:
    """Register a static file that the pages load for which ``on`` says yes.

    What it does, a page does without it too.
    """
    _SCRIPTS.add(file, on)


def scripts(request: HttpRequest) -> list[str]:
    """The static files this page loads."""
    return [file for file, on in _SCRIPTS.items() if on(request)]


def notices(request: HttpRequest) -> list[Notice]:
    """All there is to tell on this page, in order."""
    told = (function(request) for _, function in sorted(_NOTICES.values(), key=lambda one: one[0]))
    return [one for one in told if one is not None]


def look(request: HttpRequest, answer: HttpResponse) -> None:
    """Let everybody look."""
    for id, function in _LOOKERS.items():
        try:
            function(request, answer)
        except Exception as error:  # a page that is ready is served, whatever else fails
            log.error("%s could not look at an answer: %s", id, type(error).__name__)
