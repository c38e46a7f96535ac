"""The page about cookies, and the clicks: yes, no, and not me.

None of them needs a script, or a cookie of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kept.accounts.limits import rate_limits
from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.ledger import versions
from kept.core.vault.readers import SelfReader
from kept.portal.context import Portal
from kept.portal.visitors.device_consent import SIGNALLED, chosen, how_asked
from kept.rights.cookies import flows, set_cookies, table
from kept.rights.cookies.cookie_words import kinds, words
from kept.rights.cookies.same_site import from_here

View = Callable[[HttpRequest], HttpResponse]
SAVE, ACCEPT, REJECT = "save", "yes", "no"
LONGEST = 2000


def sent_from_here(view: View) -> View:
    """In place of a token, for which a page would have to be somebody's own and set a cookie: see
    ``same_site``.
    """

    @csrf_exempt
    @login_not_required
    @never_cache
    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if from_here(request) else render(request, "cookies/elsewhere.html", status=403)

    return guarded


@login_not_required
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    policy, said = versions.spoken(ruling(request).policy), chosen(request)
    shown = words(policy, how_asked(request), tuple(kind.id for kind in kinds(policy)), said.signal)
    others = table.others(policy, request.COOKIES)
    context = {
        "rows": table.rows(policy, request.COOKIES),
        "others": others,
        "names": table.as_code(others),
        "words": shown,
        "asked": [(kind, said.of(kind.id), said.signal and kind.id in SIGNALLED) for kind in shown.kinds],
        "said": said,
        "mode": shown.mode,
        "known": isinstance(getattr(request, "reader", None), SelfReader),
        "wrong": wrong,
    }
    return render(request, "cookies/cookies.html", context, status=status)


@sent_from_here
def choice(request: HttpRequest) -> HttpResponse:
    """Yes or no to what the banner asked, or an answer to each kind from the page."""
    now, before = ruling(request), chosen(request)
    exactly = request.POST.get("answer") == SAVE
    answers = _each(request) if exactly else _all(request, signal=before.signal)
    if not answers:
        return _page(request, wrong=_("Choose yes or no for each kind. Nothing was changed."), status=422)
    policy = versions.spoken(now.policy)
    shown = words(policy, how_asked(request), tuple(answers), before.signal)
    reader = getattr(request, "reader", None)
    said = flows.choose(
        now,
        answers=answers,
        before=before,
        notice=shown.notice(policy, now.number),
        controller=Portal(request).region.entity,
        machine=rate_limits.machine(request),
        exact=exactly and before.signal,
        reader=reader if isinstance(reader, SelfReader) and request.POST.get("follow") == "on" else None,
    )
    return _saved(request, said)


def _saved(request: HttpRequest, said: flows.Chosen) -> HttpResponse:
    back = _back(request, request.POST.get("next", ""))
    answer: HttpResponse = HttpResponseRedirect(f"{reverse('cookies-saved')}?{urlencode({'next': back})}")
    if "part" in request.POST:
        # A script asks, so that what she was typing stays where it is: it needs the words alone, and has told
        # her when it has them.
        said = flows.confirmed(said)
        answer = render(
            request, "cookies/said.html", {"it": {"told": table.confirmation(ruling(request).policy, said)}}
        )
    set_cookies.remember(request, answer, said)
    return answer


def _each(request: HttpRequest) -> dict[str, bool]:
    """From the page: a yes or no for every kind, or nothing at all."""
    given = {kind.id: request.POST.get(kind.id) for kind in kinds(ruling(request).policy)}
    return (
        {kind: said == ACCEPT for kind, said in given.items()}
        if set(given.values()) <= {ACCEPT, REJECT}
        else {}
    )


def _all(request: HttpRequest, *, signal: bool) -> dict[str, bool]:
    """From the banner: one answer to the kinds it named.

    What her browser's signal says no to is not among what one click accepts.
    """
    said = request.POST.get("answer")
    asked = [
        kind.id for kind in kinds(ruling(request).policy) if kind.id in request.POST.get("kinds", "").split()
    ]
    if said == REJECT:
        return dict.fromkeys(asked, False)
    return (
        dict.fromkeys((kind for kind in asked if not (signal and kind in SIGNALLED)), True)
        if said == ACCEPT
        else {}
    )


@login_not_required
@never_cache
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """Did the browser keep it?

    Then back to where she was, where a banner confirms it; else say what that means.
    """
    back = _back(request, request.GET.get("next", ""))
    return (
        HttpResponseRedirect(back)
        if chosen(request).answered
        else render(request, "cookies/blocked.html", {"back": back})
    )


@sent_from_here
def not_me(request: HttpRequest) -> HttpResponse:
    """The greeting goes from this device, and what else it remembers of her.

    The yes stays: whoever signs in here next is greeted instead.
    """
    answer = HttpResponseRedirect(_back(request, request.POST.get("next", "")))
    set_cookies.forget_her(request, answer)
    return answer


def _back(request: HttpRequest, wanted: str) -> str:
    """Where she was, if that is a page of ours; else the page about cookies."""
    plain = wanted.startswith("/") and len(wanted) <= LONGEST
    safe: Any = plain and url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("cookies")
