"""The banner at the top of a page, what is confirmed there, and a last look at each answer: what goes with
it, what must leave the device.
"""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString

from kept.accounts.signing_in.policy_in_force import ruling
from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.portal.navigation import COOKIES
from kept.portal.page_hooks import Notice, looks, notice
from kept.portal.regions.agents import is_program
from kept.portal.visitors import device_consent, greeting
from kept.portal.visitors.device_consent import TELL, chosen, how_asked
from kept.rights.access.language_shown import language_shown
from kept.rights.cookies import flows, set_cookies, signed_in, table
from kept.rights.cookies.cookie_words import open_kinds, words

# What a banner does on these pages is done better by the page, or would be in the way of somebody who is
# typing.
ELSEWHERE = (COOKIES, "/desk/", "/account/")
FORGET = "forget"
"""The button beside "Sign out" that leaves nothing of her on this device."""
_CONFIRMED, _ASKED, _TOLD = "_kept_confirmed", "_kept_asked", "_kept_told"


@notice("cookies", order=10)
def banner(request: HttpRequest) -> Notice | None:
    """What was chosen a moment ago; else the question, or the notice, where one of them is still open."""
    said = chosen(request)
    if said.fresh:
        request.__dict__[_CONFIRMED] = True
        told = {"told": table.confirmation(ruling(request).policy, said)}
        return Notice("cookies/said.html", told, stored=True)
    if (
        request.method not in {"GET", "HEAD"}
        or request.path_info.startswith(ELSEWHERE)
        or _nobody_reads(request)
    ):
        return None
    policy, mode = versions.spoken(ruling(request).policy), how_asked(request)
    asked = open_kinds(policy, said, mode)
    if not asked:
        return None
    request.__dict__[_TOLD if mode == TELL else _ASKED] = asked
    head, tail = drawn(policy, mode, asked, said.signal)
    return Notice("cookies/banner.html", {"head": head, "tail": tail}, shared=True, stored=mode == TELL)


def _nobody_reads(request: HttpRequest) -> bool:
    """A program, or a browser that fetches a page nobody has opened yet."""
    sent = request.META
    return "prefetch" in sent.get("HTTP_SEC_PURPOSE", "") or is_program(sent.get("HTTP_USER_AGENT", ""))


def drawn(policy: Policy, mode: str, asked: tuple[str, ...], signal: bool) -> tuple[SafeString, SafeString]:
    """The banner around the one field that differs from page to page: drawn once for each version of the
    policy and each language.
    """
    return _drawn(policy, mode, asked, signal, language_shown())


@lru_cache(maxsize=64)
def _drawn(
    policy: Policy, mode: str, asked: tuple[str, ...], signal: bool, language: str
) -> tuple[SafeString, SafeString]:
    """``language``: the one it is drawn in, which is the page's."""
    context = {"words": words(policy, mode, asked, signal), "mode": mode, "kinds": " ".join(asked)}
    return render_to_string("cookies/parts/head.html", context), render_to_string(
        "cookies/parts/tail.html", context
    )


@looks("cookies")
def look(request: HttpRequest, answer: HttpResponse) -> None:
    """Before an answer leaves."""
    marks = request.__dict__
    if _CONFIRMED in marks:
        set_cookies.remember(request, answer, flows.confirmed(chosen(request)))
    elif _TOLD in marks and answer.status_code == 200:
        _tell(request, answer, marks[_TOLD])
    elif _ASKED in marks:
        patch_vary_headers(answer, ("Cookie", "Sec-GPC"))
    sent = request.COOKIES
    if settings.SESSION_COOKIE_NAME in sent or settings.SESSION_COOKIE_NAME in answer.cookies:
        signed_in.look(request, answer)
    if sent:
        if (
            request.path_info == reverse("account_logout")
            and request.method == "POST"
            and request.POST.get(FORGET)
        ):
            set_cookies.forget_her(request, answer)
        for name in set_cookies.strays(request):
            set_cookies.take(answer, name)
    if _CONFIRMED in marks or _TOLD in marks or greeting.COOKIE in sent:
        _keep_nowhere(answer)


def _tell(request: HttpRequest, answer: HttpResponse, kinds: tuple[str, ...]) -> None:
    """Going on from here is on record with her as having been told. This page itself still sets nothing."""
    now, before = ruling(request), chosen(request)
    policy = versions.spoken(now.policy)
    shown = words(policy, TELL, kinds, before.signal).notice(policy, now.number)
    said = flows.told(now, kinds=kinds, before=before, notice=shown)
    set_cookies.put(
        answer, device_consent.NAME, device_consent.write(said), until=said.until or timezone.localdate()
    )


def _keep_nowhere(answer: HttpResponse) -> None:
    """A page that greets somebody, or tells her what she chose, is hers: no cache keeps it."""
    if answer.get("Content-Type", "").startswith("text/html"):
        answer["Cache-Control"] = "private, no-store"
