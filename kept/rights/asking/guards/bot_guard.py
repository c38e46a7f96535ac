"""A form anybody may send, and no machine should: a field people do not see, and a time a person takes.

No puzzle (WCAG 3.3.8).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SALT = "kept.asking.form"
QUICKEST, LONGEST = 2, 86_400
"""In seconds: nobody fills a form in faster; after a day it is opened anew."""
OPEN_TOO_LONG = _(
    "This page was open for more than a day. Nothing you typed is lost: look through it, and send it once"
    " more."
)
TOO_QUICK = _("This came faster than people type. If you are one, send it once more.")
UNSEEN = _("Something filled in a field that people do not see. It is empty again: send it once more.")


def token() -> str:
    """Signed and dated. It is the form's identity too: sent twice, it counts once."""
    return signing.dumps(secrets.token_hex(16), salt=SALT)


class _Decoy(forms.Form):
    """Always drawn empty, whatever was sent in it."""

    nobody = {
        "website": "Left empty by people: whatever stands in it was written by a program, and is thrown away."
    }


def is_ours(given: str) -> bool:
    """Whether we signed this token, not longer than a day ago."""
    try:
        signing.loads(given, salt=SALT, max_age=LONGEST)
    except signing.BadSignature:
        return False
    return True


class Guarded(forms.Form):
    """What is wrong here is never an accusation, and never loses what was typed: somebody's right may hang on
    it.
    """

    nobody = _Decoy.nobody

    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.token, self.trouble = self._token()

    def _token(self) -> tuple[str, StrOrPromise]:
        given = str(self.data.get("token", "")) if self.is_bound else ""
        try:
            signing.loads(given, salt=SALT, max_age=LONGEST)
        except signing.BadSignature:
            return token(), OPEN_TOO_LONG
        try:
            signing.loads(given, salt=SALT, max_age=QUICKEST)
        except signing.SignatureExpired:
            return given, ""
        return given, TOO_QUICK

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("website"):
            self.add_error(None, UNSEEN)
        elif self.trouble:
            self.add_error(None, self.trouble)
        return cleaned

    @property
    def decoy(self) -> Any:
        """The unseen field, always drawn empty."""
        return forms.CharField(widget=self.fields["website"].widget).get_bound_field(_Decoy(), "website")
