"""What deciding a claim asks of staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.products.models import Product
from kept.touchpoints.registrations.models import Claim

SHORTEST = 5


class DecisionForm(forms.Form):
    nobody = {
        "decision": "What the company decides.",
        "product": "A product of the catalogue.",
        "reason": "Why: the person reads it.",
    }

    decision = forms.ChoiceField(
        label=_("What does the proof show?"),
        choices=[
            (Claim.Decision.ACCEPTED, _("It is theirs: register it to them")),
            (Claim.Decision.DECLINED, _("It does not show that it is theirs")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the proof shows"),
            "invalid_choice": _("Choose what the proof shows"),
        },
    )
    product = forms.ModelChoiceField(
        label=_("Which product is it?"),
        help_text=_("The serial number is not in our records. Needed only to register it."),
        queryset=Product.objects.order_by("line", "name"),
        required=False,
        empty_label=_("Choose a product"),
        error_messages={"invalid_choice": _("Choose a product from the list")},
    )
    reason = forms.CharField(
        label=_("What did you find?"),
        help_text=_("They read this in the answer. Write nothing of anybody else."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": _("Write what you found, in a sentence"),
            "max_length": _("Keep it under 1,000 characters"),
        },
    )

    def __init__(self, *args: Any, known: bool, **options: Any) -> None:
        """``known``: the unit is in the serial master, so nobody has to say which product it is."""
        super().__init__(*args, **options)
        if known:
            del self.fields["product"]

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < SHORTEST:
            raise forms.ValidationError(gettext("Write what you found, in a sentence"))
        return reason

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        accepted = self.cleaned_data.get("decision") == Claim.Decision.ACCEPTED
        if (
            accepted
            and "product" in self.fields
            and "product" not in self.errors
            and not self.cleaned_data.get("product")
        ):
            self.add_error("product", gettext("Choose which product it is, as the proof says"))
        return cleaned
