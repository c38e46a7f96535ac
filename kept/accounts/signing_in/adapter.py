"""Where the sign-in library asks the house: mail, words, who is new, what goes into the security log."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.accounts import flows, mail
from kept.accounts.limits import rate_limited, rate_limits
from kept.accounts.models import SetAside, User
from kept.accounts.recovery import lost_factors
from kept.accounts.second_factors import capabilities
from kept.accounts.signing_in import browsers, devices, known_browsers
from kept.accounts.signing_up import address_changes
from kept.outbox import silence
from kept.people.mailboxes import canonical
from kept.sentences import packed, sentence

CHANGE = "_kept_change_of_address"
OVERTAKEN = _(
    "This ID was changed meanwhile, so what was begun here no longer counts. Sign in, or reset your password."
)
THROWN_OUT = _(
    "Your address was taken back. See under your ID what was thrown out with it, and take in again what is"
    " yours."
)
TOO_MANY = _(
    "Too many tries. Wait 15 minutes or reset your password. A code from your mail and a passkey both work at"
    " once."
)
TO_ANYBODY = frozenset(
    {
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "password_reset_code",
        "unknown_account",
    }
)
"""Mails that whoever types an address has sent: counted by letter box."""

# What the library announces by mail -> what the security log says of it. Every one of them also reaches the
# person by mail.
NOTED = {
    "account/email/password_changed": sentence("Password changed"),
    "account/email/password_set": sentence("Password set"),
    "account/email/password_reset": sentence("Password reset by a code sent to your e-mail address"),
    "mfa/email/totp_activated": sentence("Authenticator app added"),
    "mfa/email/totp_deactivated": sentence("Authenticator app removed"),
    "mfa/email/webauthn_added": sentence("Passkey added"),
    "mfa/email/webauthn_removed": sentence("Passkey removed"),
    "mfa/email/recovery_codes_generated": sentence("New recovery codes made"),
}


def _guesser(request: HttpRequest, email: str) -> str:
    """Who guesses: a session that is signed in, a browser the ID knows, or "" for all strangers together."""
    user = request.user
    if (
        user.is_authenticated
        and request.session.session_key
        and canonical(str(getattr(user, "email", ""))) == canonical(email)
    ):
        return f"session {request.session.mark}"  # type: ignore[attr-defined]
    return known_browsers.known(request, email)


def display(user: AbstractBaseUser) -> str:
    """What a passkey is labelled with on the person's own device.

    The library asks for it in no other place.
    """
    return str(user.get_username())


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This ID is closed."),
        "duplicate_email": _("This is your present address. Enter the new one."),
        "same_as_current": _("This is the same address. Enter another one."),
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both, or reset your password."
        ),
        "email_taken": _("This address could not be confirmed. Start again."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("That code is not right. Check the newest mail and type it again."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("A code is on its way. Wait half a minute before you ask for another."),
        "too_many_login_attempts": TOO_MANY,
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        template = template_prefix.rpartition("/")[2]
        if template in TO_ANYBODY:
            rate_limited.check_mail(self.request, email)
        # The library names the ID only where the address is not yet the ID's own.
        mail.leave(to=email, template=template, context=context, user=context.get("user"))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """The library would add the address and the browser of whoever did it.

        Ours says what happened, and the log says it too.
        """
        assert isinstance(user, User)
        if template_prefix == "account/email/email_changed":
            # Told by ``confirm_email``, in one act with the change itself.
            change: address_changes.Change = self.request.__dict__[CHANGE]
            change.old, change.new = (context or {})["from_email"], (context or {})["to_email"]
            return
        if template_prefix in NOTED:
            flows.note(user=user, what=NOTED[template_prefix])
        self.send_mail(template_prefix, email or user.email, {"user": user})

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        library = super().confirm_email

        def verify(change: address_changes.Change) -> bool:
            request.__dict__[CHANGE] = change
            return bool(library(request, email_address))

        try:
            confirmed = address_changes.confirm(
                user=email_address.user, session=request.session, verify=verify
            )
        except capabilities.Overtaken:
            raise self._overtaken() from None
        if confirmed:
            email_address.user.confirm()
            # Whoever asked never to be written to, and now proves the address with an ID of their own, may be
            # written to again.
            silence.lift(email_address.email)
        return confirmed

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        assert isinstance(user, User)
        device = devices.family(self.get_http_user_agent(request))
        request.session["device"] = packed(device)
        browsers.seen(request)
        known_browsers.remember(request, user)
        if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
            lost_factors.cancel(user, why=sentence("somebody signed in with one"))
        flows.note(user=user, what=sentence("Signed in with {device}", device=device), kind="signed-in")
        if user.post() and not settings.KEPT_DEMO and not self._has_factor(user):
            messages.warning(
                request,
                gettext(
                    "You read other people's data with a password alone. Add a passkey or an"
                    " authenticator app."
                ),
            )
        if SetAside.objects.filter(user=user, until__gt=timezone.now()).exists():
            messages.warning(request, THROWN_OUT)
        return super().post_login(request, user, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        user = request.user
        assert isinstance(user, User)
        return "/desk/" if user.post() else super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return flows.OVERVIEW

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password signs out every other browser, and ends what waits in one: whoever knew the old one
        is out.
        """
        assert isinstance(user, User)
        session = self.request.session
        try:
            with transaction.atomic():
                capabilities.lock_unchanged(user, session=session)
                user.set_password(password)
                user.save(update_fields=["password", "password_is_short"])
                capabilities.end_everything(user, but=session.mark if session.session_key else "")
            # By a code or a link from the mail, or with the old password: whoever strangers shut out comes in
            # from here.
            known_browsers.remember(self.request, user)
        except capabilities.Overtaken:
            raise self._overtaken() from None

    def _overtaken(self) -> ImmediateHttpResponse:
        """Whoever was overtaken, by the way back or another new password, starts again in a session of its
        own.
        """
        self.request.session.flush()
        messages.error(self.request, OVERTAKEN)
        return ImmediateHttpResponse(redirect("account_login"))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a guess before it is looked at. What turns out to be right is given back."""
        email = credentials.get("email", "")
        machine = rate_limits.machine(request)
        by_machine = rate_limits.WRONG_BY_MACHINE.turn(machine)
        if by_machine is None:
            raise self.validation_error("too_many_login_attempts")
        who = rate_limits.account(f"{canonical(email)} {_guesser(request, email)}")
        turn = rate_limits.WRONG.turn(who)
        if turn is None:
            raise self.validation_error("too_many_login_attempts")
        self._turns = ((rate_limits.WRONG, who, turn), (rate_limits.WRONG_BY_MACHINE, machine, by_machine))

    def _rollback_login_failed_rl_usage(self) -> None:
        for limit, who, turn in self._turns:
            limit.give_back(who, turn)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """A new password by mail: the guesses at the old one count no more."""
        rate_limits.WRONG.clear(rate_limits.account(f"{canonical(credentials.get('email', ''))} "))

    def _has_factor(self, user: User) -> bool:
        return Authenticator.objects.filter(user=user).exists()
