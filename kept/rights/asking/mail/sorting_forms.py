"""What a controller says of a mail that waits: what it is, of whom, and which request it belongs to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.people.text_fields import CodeField
from kept.rights.asking.models import Unsorted
from kept.rights.requests import request_kinds

CHOICES = (
    (Unsorted.Outcome.REQUEST, _("It is a question or a request")),
    (Unsorted.Outcome.JOINED, _("It says more about a request that is open")),
    (Unsorted.Outcome.DUPLICATE, _("It is the same as another request")),
    (Unsorted.Outcome.SPAM, _("It is spam, or an echo nobody has to answer")),
)
WHICH = _("Enter the reference of a request you see on your board, like Q-1234-5678")
NO_KIND = _("Choose what is asked")


class SortingForm(forms.Form):
    personal = {
        "name": ("request.name", "requests"),
        "email": ("request.email", "requests"),
    }
    nobody = {
        "outcome": "What the company decides.",
        "kind": "What is asked, from a short list.",
        "reference": "A reference of ours.",
    }

    outcome = forms.ChoiceField(
        label=_("What is it?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is")},
    )
    kind = forms.ChoiceField(
        label=_("What is asked?"),
        choices=request_kinds.choices,
        initial=request_kinds.QUESTION,
        required=False,
        error_messages={"invalid_choice": NO_KIND},
    )
    name = forms.CharField(label=_("Name of whoever asks"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Their e-mail address"),
        required=False,
        help_text=_("Whoever sent the mail may not be who asks. The answer goes here."),
        error_messages={"invalid": _("Enter an e-mail address like name@example.com")},
    )
    reference = CodeField(
        label=_("Reference of the other request"),
        max_length=20,
        required=False,
        help_text=_("To join one, or for a duplicate."),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("outcome") == Unsorted.Outcome.REQUEST and not given.get("kind"):
            self.add_error("kind", NO_KIND)
        if given.get("outcome") in {Unsorted.Outcome.JOINED, Unsorted.Outcome.DUPLICATE} and not given.get(
            "reference"
        ):
            self.add_error("reference", WHICH)
        return given
