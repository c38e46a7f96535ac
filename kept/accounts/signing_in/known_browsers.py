"""A browser that an ID has signed in with before: it stands outside of the counts that strangers can use up
in somebody's name.

A signed cookie holds a keyed mark of the ID and a random number, for at most four IDs. It opens nothing: what
it brings is a count of its own, so whoever steals it has ten guesses too, and no more. A new password,
another address, a way back and signing out everywhere end it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kept.accounts.models import User
from kept.core.vault.sealing.sealed_box import Box
from kept.people.mailboxes import canonical

COOKIE = "kept_known"
LIVES = timedelta(days=180)
MOST = 4
_SALT, _HELD = "kept.known.1", "_kept_known"
_MARKS = Box("accounts.known-browsers")


def known(request: HttpRequest, email: str) -> str:
    """The number of this browser, where the ID of this address has signed in with it; "" for any other.

    One query, whatever is typed.
    """
    found = User.objects.filter(email=canonical(email)).values_list("pk", "voided_at").first()
    mark = _mark(*(found or ("nobody", None)))
    return next((number for one, number in _read(request) if one == mark), "")


def remember(request: HttpRequest, user: User) -> None:
    """With the answer to this request the browser is known.

    A number it has stays its own, and so does what was counted.
    """
    request.__dict__[_HELD] = user


def write(request: HttpRequest, answer: HttpResponse) -> None:
    user = request.__dict__.get(_HELD)
    if user is None:
        return
    mark, before = _mark(user.pk, user.voided_at), _read(request)
    number = next((number for one, number in before if one == mark), token_hex(8))
    kept = [[mark, number], *([one, other] for one, other in before if one != mark)][:MOST]
    answer.set_cookie(
        "kept_known",
        signing.Signer(salt=_SALT).sign_object(kept),
        max_age=int(LIVES.total_seconds()),
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> list[tuple[str, str]]:
    text = request.COOKIES.get(COOKIE, "")
    try:
        return (
            [(str(mark), str(number)) for mark, number in signing.Signer(salt=_SALT).unsign_object(text)]
            if len(text) < 1000
            else []
        )
    except (signing.BadSignature, ValueError, TypeError):
        return []


def _mark(user: Any, voided: Any) -> str:
    return _MARKS.mark(f"{user}|{voided}")


class KnownBrowser:
    """Writes the cookie with the answer to a request that signed somebody in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        write(request, answer)
        return answer
