"""What handing a machine on asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.touchpoints.registrations.forms import PURPOSE, HolderChoice
from kept.touchpoints.registrations.handing_on.models import Handover

GIVEN_UP = [
    (Handover.Way.GONE, _("I gave it away, to nobody you need to know")),
    (Handover.Way.SCRAPPED, _("It is out of service for good")),
]


class OfferForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address of whoever takes it over"),
        help_text=_("We write there once. Until they say yes, it stays registered to you."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Enter the e-mail address of whoever takes it over")},
    )
    personal = {"email": ("contact.email", PURPOSE)}


class GiveUpForm(forms.Form):
    nobody = {
        "way": "What became of the machine.",
    }

    way = forms.ChoiceField(
        label=_("What became of it?"),
        choices=GIVEN_UP,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what became of it"),
            "invalid_choice": _("Choose what became of it from the list"),
        },
    )


class TakeOverForm(HolderChoice):
    """For oneself, or for an organisation one belongs to."""

    personal = {"holder": ("identity.organisation", PURPOSE)}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["holder"].label = _("Whose will it be?")
        if len(self.fields["holder"].choices) == 1:  # type: ignore[attr-defined]
            del self.fields["holder"]
