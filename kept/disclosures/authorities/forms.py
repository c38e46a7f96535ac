"""What the desk writes down of a demand. All of it can be read by the person it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.core.ledger import versions
from kept.disclosures.authorities.flows import FIELDS
from kept.disclosures.authorities.models import LEGAL, PUBLIC

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _text(label: StrOrPromise, hint: StrOrPromise, required: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": required, "max_length": _("Write at most 1,000 characters")},
    )


class DemandForm(forms.Form):
    """A demand: of whom, by which authority and law, what it names, and how it was checked."""

    personal = {
        "email": ("person.email", LEGAL),
        "authority": ("demand.authority", LEGAL),
        "basis": ("demand.basis", LEGAL),
        "authenticity": ("demand.authenticity", LEGAL),
    }
    nobody = {
        "purpose": "Whether a law demands it, or the company decides.",
        "kinds": "Kinds of data of the policy.",
    }

    purpose = forms.ChoiceField(
        label=_("Who demands it?"),
        choices=[
            (LEGAL, _("A law or a court demands it")),
            (PUBLIC, _("We decide it ourselves, for a matter of public importance")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether a law demands it, or we decide it ourselves")},
    )
    email = forms.EmailField(
        label=_("E-mail address of the ID it is about"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address of the ID, like name@example.com"),
            "invalid": _("Enter an e-mail address in the correct format, like name@example.com"),
        },
    )
    authority = forms.CharField(
        label=_("Court or authority"),
        max_length=200,
        error_messages={"required": _("Enter the court or authority that asks")},
    )
    basis = _text(
        _("Legal basis"),
        _("The law with its article, and the number of the file."),
        _("Enter the law with its article. A matter of public importance: say which."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it names"),
        help_text=_("Only what it names and needs: a demand of everything is narrowed."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the kinds of data it names")},
    )
    authenticity = _text(
        _("How you checked that they sent it"),
        _("For example: called back at the number of their own site."),
        _("Say how you checked that the authority sent it"),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        known = versions.spoken().categories
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (kind, known[kind].title) for kind in FIELDS if kind in known
        ]


class RefusalForm(forms.Form):
    """Why a demand is refused. The person it is about can read it."""

    personal = {"why": ("demand.refusal", LEGAL)}

    why = _text(
        _("Why it is refused"), _("The person it is about can read this."), _("Say why it is refused")
    )
