"""Typed text is never lost: what could not be taken, for want of a session or of a fitting token, is shown
again and sent with one press.

One mechanism for every form. A page that comes from our own site and fails the check of the token is answered
with what was typed and a fresh token. Whoever was signed out meanwhile signs in, and finds the same page
where they had been: until then what was typed lies sealed in the session, for half an hour, and leaves it
when it is shown. Passwords, codes and files are never kept.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from kept.accounts.limits.rate_limits import Limit, machine
from kept.accounts.signing_in.sessions import renew_inside
from kept.core.ledger import versions
from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing.sealed_box import Box, reseals

PLACE = "portal.typed"
LIVES, MOST = 1800, 40_000
"""In seconds; in characters of all that was typed."""
HELD = Limit("typed-again", 20, timedelta(hours=1))
"""Sessions one machine may fill with what nobody signed in had typed."""
UNTYPED = frozenset({"token", "shown", "website", "seen"})
NEVER = ("csrfmiddlewaretoken", "password", "otp", "credential", "code", "secret")
SIGNED_OUT = _(
    "You were signed out before this arrived, so nothing was done with it yet. Look through it, and send it"
    " once more."
)
OTHER_TAB = _(
    "This page was open while you signed in or out elsewhere, so nothing was done with it yet. Look through"
    " it, and send it once more."
)
NO_COOKIES = _(
    "Your browser keeps no cookies, and this page cannot tell without one that it was you who sent it."
    " Nothing was done with it."
)
ELSEWHERE = _("This was sent from a page that is not ours. Nothing was done with it.")
_BOX = Box("portal.typed")


@reseals(_BOX, table="accounts_session")
def reseal_typed() -> int:
    """Each box that waits in a session, under the newest generation of the master key.

    How many were moved.
    """
    return renew_inside(PLACE, _renewed)


def _renewed(kept: str) -> str | None:
    fresh = _BOX.renewed(base64.b64decode(kept), bound_to=PLACE)
    return base64.b64encode(fresh).decode() if fresh else None


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """(name, value) of what was typed, without what must not be kept; [] where it is more than a person
    types.
    """
    try:
        names = [name for name in request.POST if not any(one in name.lower() for one in NEVER)]
    except Exception:  # a body that cannot be read holds nothing to show; whoever reads it next says so
        return []
    found = [(name, str(value)) for name in names for value in request.POST.getlist(name)]
    return found if sum(len(name) + len(value) for name, value in found) <= MOST else []


def is_ours(request: HttpRequest) -> bool:
    """Whether a page of this very site sent it.

    Every browser says so of a form; whoever says nothing is nobody's tab.
    """
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    said = urlsplit(origin)
    return (said.scheme, said.netloc) == (request.scheme, request.get_host())


@never_cache
def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answers a POST whose token does not fit (CSRF_FAILURE_VIEW): 403, with all that was typed and a fresh
    token.
    """
    if not is_ours(request):
        return _page(request, ELSEWHERE, [])
    if not request.COOKIES:
        return _page(request, NO_COOKIES, fields_of(request), again=False)
    return _page(request, OTHER_TAB, fields_of(request))


class TypedAgain(LoginRequiredMiddleware):
    """In the place of Django's: whoever must sign in first finds there afterwards what they had sent."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method == "POST" and (typed := fields_of(request)) and HELD.spend(machine(request)):
            said = {"path": request.get_full_path(), "fields": typed, "until": time.time() + LIVES}
            sealed = _BOX.seal(json.dumps(said).encode(), bound_to=PLACE)
            request.session[PLACE] = base64.b64encode(sealed).decode()
        return super().handle_no_permission(request, view_func)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: Any,
        view_kwargs: Any,
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated and request.method == "GET" and (typed := _taken(request)):
            return _page(request, SIGNED_OUT, typed, status=200)
        answer: HttpResponseBase | None = super().process_view(request, view_func, view_args, view_kwargs)
        return answer


def _taken(request: HttpRequest) -> list[tuple[str, str]]:
    """What waits for this very address, once."""
    sealed = request.session.get(PLACE) if hasattr(request, "session") else None
    if not sealed:
        return []
    try:
        said = json.loads(_BOX.open(base64.b64decode(sealed), bound_to=PLACE))
    except (SealBroken, ValueError):
        del request.session[PLACE]
        return []
    if said["until"] < time.time():
        del request.session[PLACE]
        return []
    if said["path"] != request.get_full_path():
        return []
    del request.session[PLACE]
    return [(name, value) for name, value in said["fields"]]


def in_words(typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What of it a person typed, by the names of its fields."""
    return [
        (gettext(name.replace("_", " ").rpartition("-")[2].capitalize()), value)
        for name, value in typed
        if value and name not in UNTYPED
    ]


def _page(
    request: HttpRequest,
    why: str | Promise,
    typed: list[tuple[str, str]],
    *,
    status: int = 403,
    again: bool = True,
) -> HttpResponse:
    company = versions.current().policy.company
    entity = company.entities[company.region_of("*").entity]
    context = {
        "why": why,
        "typed": typed,
        "shown": in_words(typed),
        "again": again and bool(typed),
        "address": request.get_full_path(),
        "email": company.published_email,
        "entity": entity,
    }
    answer = render(request, "portal/typed_again.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
