"""Which policy rules this request: asked once, whoever of the shell, the banner and the page wants to know."""

from __future__ import annotations

from django.http import HttpRequest

from kept.core.ledger import versions

_HELD = "_kept_ruling"


def ruling(request: HttpRequest) -> versions.Ruling:
    """The version in force, and those that wait. One query a request at most. Raises as ``versions.current``."""
    held: versions.Ruling | None = request.__dict__.get(_HELD)
    if held is None:
        held = request.__dict__[_HELD] = versions.current()
    return held
