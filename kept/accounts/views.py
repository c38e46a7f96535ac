"""Pages of the ID that are ours: overview, own sessions, security log, taking an address back, the picture
for the app.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.views import ConfirmEmailVerificationCodeView, PasswordResetFromKeyView
from allauth.mfa.adapter import get_adapter as get_factors
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.views import LoginWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kept.accounts import flows
from kept.accounts.limits import rate_limits
from kept.accounts.models import AddressChange, FactorLoss, SecurityEvent, SetAside
from kept.accounts.requests import KnownRequest
from kept.accounts.second_factors import capabilities
from kept.accounts.signing_in import browsers, known_browsers
from kept.accounts.signing_up import address_changes
from kept.core.vault import gate
from kept.sentences import counted

GONE = _("This link was used or has expired. The newest mail to your address says how it stands.")
OLD_CODE = _("This code was used or has expired. Sign in, and we send a new one.")


@require_safe
def overview(request: KnownRequest) -> HttpResponse:
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    thrown_out = (
        SetAside.objects.filter(user=request.user).exists() or FactorLoss.waiting(request.user).exists()
    )
    said = {"kinds": kinds, "has_password": request.user.has_usable_password(), "thrown_out": thrown_out}
    return render(request, "accounts/overview.html", said)


@require_safe
@never_cache
def sessions(request: KnownRequest) -> HttpResponse:
    return render(
        request,
        "accounts/sessions.html",
        {"browsers": browsers.of(request.user, current=request.session.mark)},
    )


@require_POST
def session_ending(request: KnownRequest) -> HttpResponse:
    """Sign out one browser by its mark, or all but this one."""
    ended = browsers.end(request.user, mark=request.POST.get("mark"), current=request.session.mark)
    if ended:
        flows.note(
            user=request.user,
            what=counted("Signed out another browser", "Signed out {n} other browsers", ended),
        )
        messages.success(
            request,
            ngettext("One browser was signed out.", "{n} browsers were signed out.", ended).format(n=ended),
        )
    return redirect("account_sessions")


@require_safe
@never_cache
def security(request: KnownRequest) -> HttpResponse:
    events: list[Any] = []
    if request.reader is not None:
        with gate.purpose("security", reader=request.reader, about=request.user.subject):
            events = [
                {"at": event.at, "what": event.what}
                for event in SecurityEvent.objects.filter(subject=request.user.subject)[:200]
            ]
    return render(request, "accounts/security.html", {"events": events})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_undo(request: HttpRequest, key: str) -> HttpResponse:
    """The way back for whoever still reads the old address.

    A GET changes nothing: mail scanners follow links.
    """
    change = AddressChange.open_for(key)
    if change is None:
        return render(request, "accounts/address_undo.html", {"gone": GONE}, status=410)
    if request.method != "POST":
        return render(request, "accounts/address_undo.html", {})
    try:
        address_changes.take_back(change=change)
    except address_changes.WayBackOver:
        return render(request, "accounts/address_undo.html", {"gone": GONE}, status=410)
    except address_changes.AddressTaken as taken:
        return render(request, "accounts/address_undo.html", {"gone": str(taken)}, status=409)
    messages.success(
        request, gettext("Your address is back, and everybody was signed out. Choose a new password.")
    )
    return redirect("account_reset_password")


@require_safe
@never_cache
def app_picture(request: KnownRequest) -> HttpResponse:
    """The secret of an authenticator app that is being added, as a picture to scan: a page of its own, since
    pages hold no data: images.
    """
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    factors = get_factors()
    picture = factors.build_totp_svg(factors.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")


class ConfirmAddress(ConfirmEmailVerificationCodeView):
    """The library's page, with a sentence when the ten minutes are over."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        waiting = EMAIL_VERIFICATION_CODE_SESSION_KEY in request.session
        response = super().dispatch(request, *args, **kwargs)
        if waiting and self._process is None:
            messages.error(request, OLD_CODE)
        return response

    def _resend_form_valid(self, form: Any) -> HttpResponse:
        email = self._process.email
        if rate_limits.must_pause(email, browser=known_browsers.known(self.request, email)):
            messages.error(self.request, get_adapter().error_messages["rate_limited"])
            return redirect("account_email_verification_sent")
        return super()._resend_form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class PasswordByLink(PasswordResetFromKeyView):
    """The link beside the code: it works in any browser, so that nobody keeps an owner out by asking for
    codes in their name.
    """

    success_url = reverse_lazy("account_password_reset_completed")

    def dispatch(self, request: HttpRequest, uidb36: str, key: str, **more: Any) -> HttpResponse:
        return super().dispatch(request, capabilities.in_hex(uidb36), key, **more)

    def get_template_names(self) -> list[str]:
        return [
            "account/password_reset_from_key.html" if self.reset_user else "accounts/password_link_over.html"
        ]

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """200, or 410 Gone when the link opens nothing any more."""
        return super().render_to_response(context, **options, status=200 if self.reset_user else 410)


class RemovePasskey(RemoveWebAuthnView):
    """A short password may not be left alone: the library asks that of apps, not of passkeys."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_factors().can_delete_authenticator(self.get_object()):
            messages.error(self.request, get_factors().error_messages["cannot_delete_authenticator"])
            return redirect("mfa_list_webauthn")
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class SignInByPasskey(LoginWebAuthnView):
    """The library's view, marked as open to visitors."""
