"""Pages of the desk that are asked for anew by themselves: answered 304 while nothing of them changed.

What a page depends on is hashed before anything of anybody is opened, so that a page that lies open all day
leaves no look in the ledger but those at something new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language

from kept.accounts.requests import DeskRequest
from kept.accounts.signing_in.policy_in_force import ruling


def tag_of(request: DeskRequest, state: Iterable[object]) -> str:
    """The entity tag of a page for this post, in this language, under the policy of today."""
    known = [request.post_held.pk, get_language(), ruling(request).number, *state]
    return f'W/"{hashlib.sha256(repr(known).encode()).hexdigest()[:32]}"'


def unchanged(request: DeskRequest, tag: str) -> HttpResponse | None:
    """304 where the browser has this very page already; else None, and the page is made."""
    if request.headers.get("If-None-Match") != tag:
        return None
    answer = HttpResponseNotModified()
    answer["ETag"] = tag
    return answer


def tagged(answer: HttpResponse, tag: str) -> HttpResponse:
    """The page with its tag."""
    answer["ETag"] = tag
    return answer
