"""The library's forms in our words: labels that say what to type, sentences that say how to mend it, and the
why of each field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as library
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.models import EmailAddress
from django import forms
from django.core.validators import EmailValidator, MaxLengthValidator
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.accounts.limits.rate_limited import MailIsCounted
from kept.accounts.models import LONGEST, User
from kept.accounts.signing_up import address_changes
from kept.accounts.signing_up.addresses import meant
from kept.people.mailboxes import canonical

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

NO_ADDRESS = _("Enter an e-mail address in the correct format, like name@example.com")
THE_ID = ("identity.account", "account")


class InOurWords(forms.Form):
    """Labels, hints and missing-value sentences by field; what each personal field is asked for, by category
    and purpose.
    """

    labels: ClassVar[Mapping[str, Words]] = {}
    hints: ClassVar[Mapping[str, Words]] = {}
    missing: ClassVar[Mapping[str, Words]] = {}
    personal: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if name in self.missing:
                field.error_messages["required"] = self.missing[name]
            if isinstance(field, forms.EmailField):
                self._speak_of_addresses(field)
            if isinstance(field.widget, forms.PasswordInput):
                field.widget.attrs["maxlength"] = LONGEST

    def _speak_of_addresses(self, field: forms.EmailField) -> None:
        # The library would cut a longer address off and keep the rest.
        field.validators = [EmailValidator(NO_ADDRESS), MaxLengthValidator(254)]


class SureOfAddress(MailIsCounted, InOurWords):
    """Asks once whether a mistyped-looking address is meant, and takes it when the form comes back with it
    unchanged.
    """

    sure_of: str | None = None

    def clean_email(self) -> str:
        email: str = super().clean_email()  # type: ignore[misc]
        better = meant(email)
        if better and self.data.get("sure") != email:
            self.sure_of = email
            raise forms.ValidationError(
                gettext("Did you mean {better}? If {email} is right, send the form once more.").format(
                    better=better, email=email
                ),
                code="meant",
            )
        return email

    def hidden_fields(self) -> list[BoundField]:
        """The remembered answer travels with the form, so that it needs neither a script nor a session."""
        hidden = super().hidden_fields()
        if self.sure_of:
            asked = forms.CharField(widget=forms.HiddenInput, initial=self.sure_of)
            hidden.append(_Remembered(self, asked, "sure", self.sure_of))
        return hidden


class _Remembered(BoundField):
    def __init__(self, form: forms.Form, field: forms.Field, name: str, said: str) -> None:
        super().__init__(form, field, name)
        self.said = said

    def value(self) -> str:
        return self.said


class SignIn(InOurWords, library.LoginForm):
    nobody = {
        "login": "The address of the ID, looked up and compared.",
        "password": "Compared with the hash of a password, or kept as one: nobody can read it.",
        "remember": "How long this browser stays signed in.",
    }

    labels = {
        "login": _("E-mail address"),
        "password": _("Password"),
        "remember": _("Keep me signed in on this device for two weeks"),
    }
    missing = {"login": _("Enter your e-mail address"), "password": _("Enter your password")}


class ChangeEmail(SureOfAddress, library.AddEmailForm):
    """A new address counts from the moment it is confirmed there. The old one is told at once."""

    labels = {"email": _("New e-mail address")}
    hints = {"email": _("We send a code there. Until you type it in, your present address keeps working.")}
    missing = {"email": _("Enter your new e-mail address")}
    personal = {"email": THE_ID}

    def save(self, request: HttpRequest) -> Any:
        user = self.user
        assert isinstance(user, User)
        email = self.cleaned_data["email"]
        if User.objects.filter(email=email).exclude(pk=user.pk).exists():
            # The same screen for whoever asks; its owner hears "You already have an ID", and no code exists
            # that would fit.
            EmailAddress.objects.filter(user=user, email=email).first()  # looked up for a free address, too
            EmailVerificationProcess.initiate(request=request, user=None, email=email)
            saved: Any = EmailAddress(email=email)
        else:
            saved = super().save(request)
        address_changes.ask(user=user)
        return saved


class NewPassword(InOurWords, library.ResetPasswordKeyForm):
    """One field: whoever mistypes a password can see it, and whoever forgets it can reset it."""

    nobody = {
        "password1": "Compared with the hash of a password, or kept as one: nobody can read it.",
        "password2": "Compared with the hash of a password, or kept as one: nobody can read it.",
    }

    labels = {"password1": _("New password")}
    hints = {
        "password1": _(
            "15 characters or more, 8 if you also use a passkey or an authenticator app. Three or four words"
            " work well."
        )
    }
    missing = {"password1": _("Enter a new password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ChangePassword(InOurWords, library.ChangePasswordForm):
    nobody = {
        "oldpassword": "Compared with the hash of a password, or kept as one: nobody can read it.",
        "password1": "Compared with the hash of a password, or kept as one: nobody can read it.",
        "password2": "Compared with the hash of a password, or kept as one: nobody can read it.",
    }

    labels = {"oldpassword": _("Present password"), **NewPassword.labels}
    hints = NewPassword.hints
    missing = {"oldpassword": _("Enter your present password"), **NewPassword.missing}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class FirstPassword(InOurWords, library.SetPasswordForm):
    nobody = {
        "password1": "Compared with the hash of a password, or kept as one: nobody can read it.",
        "password2": "Compared with the hash of a password, or kept as one: nobody can read it.",
    }

    labels, hints, missing = NewPassword.labels, NewPassword.hints, NewPassword.missing

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]


class ForgottenPassword(MailIsCounted, InOurWords, library.ResetPasswordForm):
    nobody = {
        "email": "Looked up, and kept nowhere: the answer is the same for an address nobody has.",
    }

    labels = {"email": _("E-mail address")}
    missing = {"email": _("Enter your e-mail address")}

    def clean_email(self) -> str:
        """One query, whoever it finds: the library asks a second table where the first had nobody."""
        email = canonical(self.cleaned_data["email"])
        self.users = list(User.objects.filter(email=email, closed_at=None))
        return email


class ConfirmPassword(InOurWords, library.ReauthenticateForm):
    nobody = {
        "password": "Compared with the hash of a password, or kept as one: nobody can read it.",
    }

    labels = {"password": _("Password")}
    missing = {"password": _("Enter your password")}


class _Code(InOurWords):
    labels = {"code": _("Code")}
    hints = {"code": _("6 figures, from the newest mail. It works once, for 10 minutes.")}
    missing = {"code": _("Enter the code from the mail")}


class EmailCode(_Code, library.ConfirmEmailVerificationCodeForm):
    nobody = {
        "code": "A code that we sent. It is compared, and kept nowhere.",
    }


class ResetCode(_Code, library.ConfirmPasswordResetCodeForm):
    nobody = {
        "code": "A code that we sent. It is compared, and kept nowhere.",
    }
