"""Which policy rules this request: asked once, whoever of the shell, the banner and the page wants to
know.
"""

from __future__ import annotations

from django.http import HttpRequest

from kept.core.ledger import versions

_HELD = "_kept_ruling"


def ruling(request: HttpRequest) -> versions.Ruling:
    """The version in force, and those that wait.

    One query a request at most. Raises as ``versions.current``.
    """
    held: versions.Ruling | None = request.__dict__.get(_HELD)
    return held if held is not None else hold(request, versions.current())


def hold(request: HttpRequest, found: versions.Ruling) -> versions.Ruling:
    """Keep what an act of this very request has just asked, so that the page around it does not ask again."""
    request.__dict__[_HELD] = found
    return found
