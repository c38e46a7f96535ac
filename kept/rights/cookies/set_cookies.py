"""Put a cookie on a device, take one away, and find what must not stay there."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kept.core.policy.model import Policy
from kept.core.register.declarations import DECLARED
from kept.portal.visitors import device_consent
from kept.portal.visitors.device_consent import ESSENTIAL, PREFERENCE, Chosen


def put(answer: HttpResponse, name: str, value: str, *, until: date) -> None:
    """For our server alone, and never for longer than the policy's table says: until a day, or until the
    browser closes.
    """
    left = (until - timezone.localdate()).days * 86_400
    answer.set_cookie(
        name, value, max_age=left or None, secure=settings.SECURE, httponly=True, samesite="Lax"
    )


def take(answer: HttpResponse, name: str) -> None:
    answer.delete_cookie(name, samesite="Lax")


def remember(request: HttpRequest, answer: HttpResponse, said: Chosen) -> None:
    """Her answer goes with this page, which goes by it already."""
    device_consent.hold(request, said)
    put(answer, device_consent.NAME, device_consent.write(said), until=said.until or timezone.localdate())


def lasts_until(policy: Policy, name: str, day: date) -> date:
    """The last day of a cookie that is set on a day, as the policy's table says; the same day for one that
    goes with the browser.
    """
    found = next((cookie for cookie in policy.cookies.values() if cookie.matches(name)), None)
    return found.lifetime.after(day) if found and found.lifetime else day


def kind_of(name: str) -> str | None:
    """The kind some ``personal.py`` declares for a cookie, by its name or as one of a family; None for one
    that nobody declares.
    """
    plain = name.removeprefix("__Host-")
    return next(
        (
            cookie.kind
            for cookie in DECLARED.cookies
            if cookie.storage == "cookie" and fnmatchcase(plain, cookie.name)
        ),
        None,
    )


def strays(request: HttpRequest) -> list[str]:
    """Cookies she sent that are ours, and that she does not allow, or not any longer: after a no, a signal,
    or the end of her answer.
    """
    sent = request.COOKIES
    optional = [cookie.name for cookie in DECLARED.cookies if cookie.kind != ESSENTIAL]
    found = [name for name in sent if any(fnmatchcase(name, pattern) for pattern in optional)]
    return [name for name in found if not device_consent.chosen(request).allows(kind_of(name) or ESSENTIAL)]


def forget_her(request: HttpRequest, answer: HttpResponse) -> None:
    """Take all that makes this device know her: every preference that it sent.

    Her answer about cookies stays.
    """
    for name in request.COOKIES:
        if kind_of(name) == PREFERENCE:
            take(answer, name)


def refused(request: HttpRequest, answer: HttpResponse) -> dict[str, str]:
    """Cookies an answer sets that must not reach the device: name → why.

    One that takes a cookie away always may.
    """
    found = {}
    for name, cookie in answer.cookies.items():
        kind = kind_of(name)
        if kind is None:
            found[name] = "nobody declared it"
        elif kind != ESSENTIAL and cookie["max-age"] != 0 and not device_consent.chosen(request).allows(kind):
            found[name] = f"nobody said yes to {kind} cookies"
    return found
