"""Forms of passkeys, authenticator apps and recovery codes, in our words."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from kept.accounts.limits import rate_limits
from kept.accounts.signing_in import known_browsers
from kept.accounts.signing_up.forms import InOurWords
from kept.people.stale import ComparesWithShown

TOO_MANY_CODES = _("Too many codes. Wait 15 minutes, or use a passkey: it works at once.")

NAME = {"name": _("Name of this passkey")}
NAMED = {
    "name": "A word for the passkey, kept with it as part of the ID.",
    "passwordless": "Whether this passkey signs in alone.",
}
COMPARED = {"code": "A code of the moment, compared and kept nowhere."}
NAME_HINT = {"name": _("So that you can tell it from others, like Laptop or Blue key.")}


class StartApp(InOurWords, totp.ActivateTOTPForm):
    nobody = COMPARED
    labels = {"code": _("Code from the app")}
    hints = {"code": _("6 figures. The app shows a new one every 30 seconds.")}
    missing = {"code": _("Enter the code that the app shows")}


class _CodeIsCounted(InOurWords):
    """Wrong codes count by ID, and by themselves in a browser the ID knows: nobody who has the password can
    use up its owner's tries.
    """

    user: Any

    def clean_code(self) -> str:
        request = context.request
        who = rate_limits.account(f"{self.user.pk} factor {known_browsers.known(request, self.user.email)}")
        turn = rate_limits.WRONG.turn(who)
        if turn is None:
            raise forms.ValidationError(TOO_MANY_CODES)
        code: str = super().clean_code()  # type: ignore[misc]
        rate_limits.WRONG.give_back(who, turn)
        return code


class SecondFactor(_CodeIsCounted, base.AuthenticateForm):
    nobody = COMPARED
    labels = {"code": _("Code")}
    hints = {"code": _("From your authenticator app, or one of your recovery codes.")}
    missing = {"code": _("Enter the code that the app shows, or a recovery code")}


class ConfirmFactor(_CodeIsCounted, base.ReauthenticateForm):
    nobody = COMPARED
    labels, hints, missing = SecondFactor.labels, SecondFactor.hints, SecondFactor.missing


class AddPasskey(InOurWords, webauthn.AddWebAuthnForm):
    nobody = NAMED
    labels = {**NAME, "passwordless": _("Sign in with this passkey alone, without a password")}
    hints = {**NAME_HINT, "passwordless": _("Your device then asks for its PIN, your finger or your face.")}


class FirstPasskey(InOurWords, webauthn.SignupWebAuthnForm):
    nobody = NAMED
    labels, hints = NAME, NAME_HINT


class RenamePasskey(InOurWords, ComparesWithShown, webauthn.EditWebAuthnForm):
    nobody = NAMED
    labels, hints = NAME, NAME_HINT
    missing = {"name": _("Enter a name for this passkey")}
