"""What was thrown out, for whoever is back; and the way in for whoever lost every factor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts.limits.rate_limited import MailIsCounted
from kept.accounts.models import FactorLoss, SetAside
from kept.accounts.recovery import lost_factors, throwing_out
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in.reauthentication import reauthentication_required
from kept.accounts.signing_up.forms import InOurWords
from kept.core.vault import gate
from kept.outbox import deferred_work
from kept.sentences import sentence

GONE = _("This link was used or has expired.")


class Lost(MailIsCounted, InOurWords):
    nobody = {"email": "Looked up, and kept nowhere: the answer is the same for an address nobody has."}

    email = forms.EmailField(max_length=254)
    labels = {"email": _("E-mail address")}
    missing = {"email": _("Enter your e-mail address")}


@require_safe
@never_cache
def recovery(request: KnownRequest) -> HttpResponse:
    rows: list[dict[str, Any]] = []
    if request.reader is not None:
        with gate.purpose("security", reader=request.reader, about=request.user.subject):
            found = SetAside.objects.filter(user=request.user, until__gt=timezone.now())
            rows = [
                {
                    "id": row.pk,
                    "kind": row.get_kind_display(),
                    "what": row.what,
                    "at": row.at,
                    "again": bool(row.data),
                }
                for row in found
            ]
    return render(
        request, "accounts/recovery.html", {"rows": rows, "waiting": FactorLoss.waiting(request.user).first()}
    )


@require_POST
@reauthentication_required
def keeping(request: KnownRequest, id: UUID) -> HttpResponseBase:
    """Take one in again, by whoever has proved themselves once more."""
    row = SetAside.objects.filter(pk=id, user=request.user).first()
    try:
        if row is None:
            raise throwing_out.CannotKeep(throwing_out.OVER)
        said = throwing_out.keep(row)
    except throwing_out.CannotKeep as no:
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect("account_recovery")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Every factor is lost. The same answer to every address; the work behind it is done by the worker."""
    form = Lost(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "accounts/factors_lost.html", {"form": form})
    if not form.is_valid():
        return render(request, "accounts/factors_lost.html", {"form": form}, status=422)
    deferred_work.leave("accounts.lost", email=form.cleaned_data["email"])
    return render(request, "accounts/factors_lost.html", {"sent": form.cleaned_data["email"]})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest, key: str) -> HttpResponse:
    """The link of the mail. A GET changes nothing: mail scanners follow links."""
    loss = FactorLoss.asked_by(key)
    if loss is None:
        return render(request, "accounts/factors_lost_link.html", {"gone": GONE}, status=410)
    if request.method != "POST":
        return render(request, "accounts/factors_lost_link.html", {})
    try:
        lost_factors.begin(loss)
    except lost_factors.TooLate:
        return render(request, "accounts/factors_lost_link.html", {"gone": GONE}, status=410)
    return render(
        request, "accounts/factors_lost_link.html", {"begun": FactorLoss.objects.get(pk=loss.pk).falls_at}
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """The link that stops it, in a notice to any address we know."""
    loss = FactorLoss.cancelled_by(key)
    if loss is None:
        return render(request, "accounts/factors_stop.html", {"gone": GONE}, status=410)
    if request.method != "POST":
        return render(request, "accounts/factors_stop.html", {})
    lost_factors.cancel(loss.user, why=sentence("by the link in a notice"))
    return render(request, "accounts/factors_stop.html", {"stopped": True})


@require_POST
def stopping(request: KnownRequest) -> HttpResponse:
    """Signed in, and it was not her. It only ever keeps what protects her, so nothing more is asked."""
    if lost_factors.cancel(request.user, why=sentence("by you")):
        messages.success(request, gettext("Stopped. Your passkeys and codes stay."))
    return redirect("account_recovery")
