"""The page behind the link of an invitation.

Whoever has no ID yet chooses a password here; everybody else signs in first.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kept.accounts.models import User
from kept.accounts.requests import KnownRequest
from kept.accounts.second_factors import capabilities
from kept.accounts.signing_up.forms import NewPassword
from kept.desk.staff import flows
from kept.desk.staff.models import Invitation

DECLINED = _("You declined. Nobody asks you again because of this link.")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: KnownRequest, key: str) -> HttpResponse:
    """What is offered, and yes or no. A GET changes nothing: mail scanners follow links."""
    found = Invitation.objects.of_link(key)
    user = User.objects.filter(person=found.person_id).first() if found else None
    if found is None or user is None or not user.is_active:
        return render(request, "staff/invitation_over.html", status=410)
    if request.method == "POST" and "decline" in request.POST:
        return _declined(request, found)
    if user.confirmed_at is not None:
        return _known(request, found, user)
    return _new(request, found, user)


def _declined(request: KnownRequest, found: Invitation) -> HttpResponse:
    try:
        flows.decline(invitation=found)
    except flows.NotPossible:
        return render(request, "staff/invitation_over.html", status=410)
    messages.success(request, DECLINED)
    return redirect("/")


def _page(request: KnownRequest, found: Invitation, *, status: int = 200, **more: object) -> HttpResponse:
    words = flows.post_shown(found.role, found.entity)
    return render(
        request, "staff/invitation.html", {"words": words, "until": found.until, **more}, status=status
    )


def _known(request: KnownRequest, found: Invitation, user: User) -> HttpResponse:
    """The address has an ID whose owner has proven it: they take the post themselves, signed in."""
    if not request.user.is_authenticated or request.user.pk != user.pk:
        return _page(request, found, sign_in=True, other=request.user.is_authenticated)
    if request.method != "POST":
        return _page(request, found, known=True)
    try:
        flows.accept(invitation=found, user=user)
    except flows.NotPossible as no:
        return _page(request, found, status=409, known=True, wrong=str(no))
    messages.success(request, gettext("Welcome to the desk."))
    return redirect("desk")


def _new(request: KnownRequest, found: Invitation, user: User) -> HttpResponse:
    """Nobody has proven this address yet, and the link has just done so: whoever holds it chooses the
    password.
    """
    form = NewPassword(request.POST if request.method == "POST" else None, user=user, temp_key="")
    if request.method != "POST":
        return _page(request, found, form=form)
    if not form.is_valid():
        return _page(request, found, status=422, form=form)
    try:
        flows.accept(invitation=found, user=user, along=lambda: _own(user, form.cleaned_data["password1"]))
    except flows.NotPossible as no:
        return _page(request, found, status=409, wrong=str(no))
    messages.success(
        request,
        gettext("Your ID is ready. Sign in with your e-mail address and the password you have just chosen."),
    )
    return redirect("account_login")


def _own(user: User, password: str) -> None:
    """Whatever somebody else had begun with this address goes: their password, factors and open browsers.

    In a transaction.
    """
    user.set_password(password)
    user.save(update_fields=["password", "password_is_short"])
    Authenticator.objects.filter(user=user).delete()
    capabilities.end_everything(user)
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    user.confirm()
