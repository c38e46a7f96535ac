"""Whose language a page is written in, and the one cookie that remembers a choice.

In this order: the address (``/fr/privacy/``), the profile of whoever is signed in, the choice this browser
made, English. What a browser asks for (``Accept-Language``) moves nobody. The cookie is set by a click in the
chooser and at no other time, so it needs no other yes (Directive 2002/58/EC, Art. 5(3): "explicitly
requested"); a value that is no language of ours is none.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kept.core.policy.model import Policy
from kept.dates import LANGUAGES
from kept.portal.languages import pseudo
from kept.portal.visitors import cookie_lifetimes

NAME = "kept_language"
SOURCE = LANGUAGES[0]
# What follows begins an address of this site: two slashes begin another's, and browsers read "\\" as one.
_PREFIX = re.compile(r"/(" + "|".join(LANGUAGES[1:]) + r")(?=/(?![/\\]))")


def split(path: str) -> tuple[str, str]:
    """``/fr/privacy/`` is ("fr", "/privacy/"); an address without a language is ("", itself)."""
    found = _PREFIX.match(path)
    return (found[1], path[found.end() :]) if found else ("", path)


def address(path: str, language: str) -> str:
    """The address of a page in a language. English stays bare."""
    bare = split(path)[1]
    return bare if language == SOURCE else f"/{language}{bare}"


def chosen(request: HttpRequest) -> str:
    """What this browser chose, or ""."""
    value = request.COOKIES.get(NAME, "")
    return value if value in LANGUAGES or (value == pseudo.CODE and settings.KEPT_DEMO) else ""


def remember(answer: HttpResponse, policy: Policy, language: str) -> None:
    """For as long as the policy's table says."""
    answer.set_cookie(
        "kept_language",
        language,
        max_age=cookie_lifetimes.seconds(policy, NAME),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
