"""Views and forms that are limited, and what is said when it is enough: always with a way on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kept.accounts.limits import rate_limits
from kept.accounts.limits.rate_limits import Limit
from kept.accounts.signing_in import known_browsers

COUNTED = "_kept_counted_mail"
ENOUGH_MAIL = _(
    "So many mails went to this address that we send no more for a while. Use the newest one: the link for a"
    " new password in it works in any browser. A passkey works at once, too; otherwise try again in 15"
    " minutes."
)
View = Callable[..., HttpResponseBase]


def too_many(request: HttpRequest, why: str | Promise = "") -> HttpResponse:
    answer = render(request, "429.html", {"why": why}, status=429)
    answer["Retry-After"] = "900" if why else "60"
    return answer


def by_machine(limit: Limit, view: View) -> View:
    """What is sent to this view counts by the machine it comes from. Looking does not."""
    return _limited(limit, view, rate_limits.machine)


def by_account(limit: Limit, view: View) -> View:
    """What is sent to this view counts by the ID that is signed in."""
    return _limited(limit, view, lambda request: rate_limits.account(request.user.pk))


def _limited(limit: Limit, view: View, who: Callable[[HttpRequest], str]) -> View:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not limit.spend(who(request)):
            return too_many(request)
        return view(request, *args, **kwargs)

    return answered


def count_mail(request: HttpRequest, email: str) -> bool:
    """Count the mail that this request is about to have sent to a typed address, once.

    False where that letter box has had enough.
    """
    if COUNTED not in request.__dict__:
        request.__dict__[COUNTED] = rate_limits.may_mail(email, browser=known_browsers.known(request, email))
    return bool(request.__dict__[COUNTED])


def check_mail(request: HttpRequest, email: str) -> None:
    """As ``count_mail``. Raises ImmediateHttpResponse with the page that says how to go on."""
    if not count_mail(request, email):
        raise ImmediateHttpResponse(too_many(request, ENOUGH_MAIL))


class MailIsCounted(forms.Form):
    """A form whose answer is a mail to the address in it: when there were enough, it is said in the form, and
    nothing typed is lost.
    """

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        request, email = context.request, self.cleaned_data.get("email")
        if email and not self.errors and not count_mail(request, email):
            self.add_error("email", ENOUGH_MAIL)
        return cleaned
