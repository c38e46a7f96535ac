"""Making an ID: name, e-mail, password or passkey.

Nothing else is asked; news is a choice that nobody makes for you.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from allauth.account import forms as library
from allauth.account.models import EmailAddress
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kept.accounts import flows
from kept.accounts.models import User
from kept.accounts.requests import KnownRequest
from kept.accounts.signing_in import session_proof
from kept.accounts.signing_up.forms import THE_ID, SureOfAddress

NEWS = _("Write to me about new products, updates and seminars")
PRIVACY = _(
    "We use what you type here to give you an ID, as the privacy policy says. That is a notice, not a"
    " question: you agree to nothing by reading it."
)


class SignUp(SureOfAddress, library.SignupForm):
    """Also the form of the passkey sign-up, which has no password."""

    nobody = {
        "username": "The library's, and taken out of the form.",
    }
    account_already_exists: bool

    name = forms.CharField(max_length=200)
    news = forms.BooleanField(required=False)

    field_order = ("name", "email", "password1", "news")
    labels = {"name": _("Your name"), "email": _("E-mail address"), "password1": _("Password"), "news": NEWS}
    hints = {
        "name": _("As you would like to be addressed. One word is enough."),
        "email": _("It becomes your ID. We send a code there to confirm it."),
        "password1": _("15 characters or more. Three or four words work well."),
        "news": _(
            "You can change your mind at any time. Without it we write about your own machines and requests"
            " only."
        ),
    }
    missing = {
        "name": _("Enter your name"),
        "email": _("Enter your e-mail address"),
        "password1": _("Enter a password"),
    }
    personal = {
        "name": ("person.name", "account"),
        "email": THE_ID,
        "password1": THE_ID,
        "news": ("contact.email", "news"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password1" in self.fields:
            # The page that says what is wrong is the visitor's own and is never stored: what they typed is
            # not lost.
            self.fields["password1"].widget.render_value = True

    @property
    def privacy(self) -> str:
        return str(PRIVACY)

    def try_save(self, request: HttpRequest) -> Any:
        """Whoever signs up with a taken address has the same work done as whoever is new; it is rolled back,
        and nothing of it is left.
        """
        if not request.session.session_key:
            request.session.create()
        if not self.account_already_exists:
            with transaction.atomic():
                return super().try_save(request)
        typed = self.cleaned_data
        with transaction.atomic():
            self.cleaned_data = {**typed, "email": f"{uuid4().hex}@nobody.invalid"}
            self.account_already_exists = False
            self.save(request)
            transaction.set_rollback(True)
        self.cleaned_data, self.account_already_exists = typed, True
        _look_as_for_a_newcomer(typed["email"])
        return super().try_save(request)

    def custom_signup(self, request: KnownRequest, user: User) -> None:
        flows.make_person(
            user=user,
            name=self.cleaned_data["name"],
            news=self.cleaned_data["news"],
            notices={"news": str(NEWS), "account": str(PRIVACY)},
            reader_for=lambda subject: session_proof.newcomer_reader(request, subject),
        )


def _look_as_for_a_newcomer(email: str) -> None:
    """What the library looks up once more when it writes to whoever is new."""
    for rows in (EmailAddress.objects, EmailAddress.objects, EmailAddress.objects, User.objects):
        rows.filter(email=email).first()
