"""What the desk and the buyer say of an order that is under way."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.equipment import serials
from kept.people.stale import ComparesWithShown
from kept.touchpoints.orders.checkout.forms import DeliveryForm


class ParcelForm(forms.Form):
    """How many pieces of each line are in the parcel, and which machines. ``lines``: what waits."""

    nobody = {
        "tracking": "What the carrier calls the parcel.",
    }

    tracking = forms.CharField(
        label=_("Number at the carrier"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "code"}),
    )

    def __init__(self, *args: Any, lines: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = list(lines)
        # The fields are made of what waits: each says what it is, as those above do.
        self.nobody = {**self.nobody}
        for one in self.lines:
            self.nobody[f"pieces-{one.pk}"] = "How many pieces of a product are in the parcel."
            self.nobody[f"serials-{one.pk}"] = "Which machines are in the parcel, by the numbers on them."
        for one in self.lines:
            pieces = forms.IntegerField(
                label=one.product.name,
                help_text=gettext("{n} to be sent").format(n=one.waiting),
                required=False,
                min_value=0,
                max_value=one.waiting,
                widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
                error_messages={
                    "invalid": _("Enter a whole number"),
                    "max_value": gettext("Enter {n} or fewer").format(n=one.waiting),
                    "min_value": _("Enter a whole number"),
                },
            )
            self.fields[f"pieces-{one.pk}"] = pieces
            self.fields[f"serials-{one.pk}"] = forms.CharField(
                label=gettext("Serial numbers of {product}").format(product=one.product.name),
                help_text=_("One a line, as on the labels."),
                required=False,
                max_length=4_000,
                widget=forms.Textarea({"rows": 2, "spellcheck": "false", "class": "code"}),
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for one in self.lines:
            name = f"serials-{one.pk}"
            read = [serials.read(text) for text in str(self.cleaned_data.get(name, "")).split()]
            wrong = next((each for each in read if each.problem or each.suggestion), None)
            if wrong is not None:
                self.add_error(name, wrong.problem or wrong.question)
            self.cleaned_data[name] = [each.serial for each in read]
        return cleaned

    @property
    def pieces(self) -> dict[int, int]:
        return {one.pk: self.cleaned_data.get(f"pieces-{one.pk}") or 0 for one in self.lines}

    @property
    def serials(self) -> dict[int, list[str]]:
        return {one.pk: self.cleaned_data.get(f"serials-{one.pk}") or [] for one in self.lines}


class AddressForm(ComparesWithShown, DeliveryForm):
    """Where an order goes, as long as it has not left."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["note"]


class RefundForm(forms.Form):
    nobody = {"amount": "How much is paid back."}

    amount = forms.DecimalField(
        label=_("How much is paid back"),
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "short"}),
        error_messages={"required": _("Enter an amount"), "invalid": _("Enter an amount, like 120.50")},
    )
