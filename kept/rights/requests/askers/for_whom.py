"""The part of a form that says who asks for whom: the site and the desk ask it alike.

It works without JavaScript, and loses nothing.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.people.forms import NameField
from kept.rights.requests.intake import ForWhom
from kept.rights.requests.models import Authority

SELF, OTHER = "self", "other"
PURPOSE = "requests"
NO_PROOF = _("Attach what shows that you may ask, or say what it is: we ask you for it then")
NO_NAME = _("Enter the name of whoever asks: the person is told who asks for them")
NOT_SAID = _("You filled in whom you ask for. Choose that you ask for somebody else, or empty it")


class ForSomebodyElse(forms.Form):
    """Mix in. ``name``, ``email`` and the postal address of the form are then those of whoever asks."""

    personal = {
        "subject_name": ("request.name", PURPOSE),
        "subject_email": ("request.email", PURPOSE),
        "claim": ("authority.claim", PURPOSE),
    }
    nobody = {
        "asks_for": "Whether somebody asks for themselves.",
        "relation": "By what right somebody asks for another, from a short list.",
    }
    WHOM = ("relation", "subject_name", "subject_email", "claim")
    proofs = ""
    """The name of the field with the files that may show it."""

    asks_for = forms.ChoiceField(
        label=_("Whom is it about?"),
        choices=[(SELF, _("Me")), (OTHER, _("Somebody else: I ask for them"))],
        initial=SELF,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose whom it is about")},
    )
    relation = forms.ChoiceField(
        label=_("Who are you to them?"),
        required=False,
        choices=[("", _("Choose who you are")), *Authority.Relation.choices],
        error_messages={"invalid_choice": _("Choose from the list who you are")},
    )
    subject_name = NameField(
        label=_("Their full name"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    subject_email = forms.EmailField(
        label=_("An e-mail address of theirs that we may know"),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text=_("Nothing is sent there before we have seen that you may ask."),
    )
    claim = forms.CharField(
        label=_("What shows that you may ask?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=(
            _(
                "A power of attorney, a family book, a certificate of inheritance. Never a copy of an"
                " identity paper."
            )
        ),
        error_messages={"max_length": _("Keep it under 2,000 characters, or attach a file")},
    )

    @property
    def whom_fields(self) -> list[Any]:
        return [self[name] for name in self.WHOM]

    @property
    def for_another(self) -> bool:
        """Whether that part stands open: it was chosen, filled in, or is wrong."""
        return self["asks_for"].value() == OTHER or any(
            field.value() or field.errors for field in self.whom_fields
        )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        given = self.cleaned_data
        if given.get("asks_for") != OTHER:
            if any(given.get(name) for name in self.WHOM):
                self.add_error("asks_for", NOT_SAID)
            return cleaned
        if not given.get("relation") and "relation" not in self.errors:
            self.add_error("relation", _("Choose who you are to them"))
        if not given.get("subject_name") and "subject_name" not in self.errors:
            self.add_error("subject_name", _("Enter the name of whom it is about"))
        if not given.get("name") and "name" not in self.errors:
            self.add_error("name", NO_NAME)
        if (
            not given.get("claim")
            and not given.get(self.proofs)
            and not {"claim", self.proofs} & set(self.errors)
        ):
            self.add_error("claim", NO_PROOF)
        return cleaned

    @property
    def for_whom(self) -> ForWhom | None:
        """Whom it is asked for, once the form is valid; None where it is about the asker."""
        given = self.cleaned_data
        if given.get("asks_for") != OTHER:
            return None
        return ForWhom(given["relation"], given["subject_name"], given["subject_email"], given["claim"])
