"""What an order asks, one question a page. Every sentence says what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.people.forms import AddressFields, NameField, PhoneField, VatField
from kept.rights.asking.guards.bot_guard import Guarded

PURPOSE = "orders"
MYSELF, NEW = "myself", "new"
CARD, INVOICE = "card", "invoice"
METHODS = {CARD: _("By card"), INVOICE: _("By invoice, within 30 days")}
ABOUT_METHODS = {
    CARD: _("You type the number on the page of the card processor. It never reaches us."),
    INVOICE: _("For companies: a credit office is asked about the company first."),
}
ONE_OF_OURS = "One of our own words, from a short list."


class Prefilled(forms.Form):
    """Fields that stand filled in say where from."""

    def __init__(self, *args: Any, origins: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.origins = origins or {}

    def add_error(self, field: str | None, error: Any) -> None:
        """One sentence for each field is enough: the first."""
        if field is None or field not in self.errors:
            super().add_error(field, error)

    @property
    def answers(self) -> dict[str, Any]:
        """As the next pages carry them."""
        return dict(self.cleaned_data)


class GuestForm(Guarded, Prefilled):
    """Who orders, without an ID."""

    personal = {"name": ("person.name", PURPOSE), "email": ("person.email", PURPOSE)}
    field_order = ("name", "email", "website")

    name = NameField(label=_("Your name"))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The confirmation goes there, with a code that opens the order."),
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter an e-mail address, like name@example.com"),
            "invalid": _("Enter an e-mail address in the correct format, like name@example.com"),
        },
    )

    @property
    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "email")}


class BuyerForm(Prefilled):
    """For whom: oneself, an organisation one buys for, or another company."""

    personal = {
        "buyer": ("order.company", PURPOSE),
        "company": ("order.company", PURPOSE),
        "vat": ("order.company", PURPOSE),
        "purchase_order": ("order.purchase-order", PURPOSE),
    }

    buyer = forms.ChoiceField(
        label=_("Who buys it?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who buys it"), "invalid_choice": _("Choose who buys it")},
    )
    company = forms.CharField(
        label=_("Name of the company"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of the company")},
    )
    vat = VatField(required=False)
    purchase_order = forms.CharField(
        label=_("Your purchase order number"),
        required=False,
        max_length=40,
        help_text=_("It stands on the invoice."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "short"}),
    )

    def __init__(self, *args: Any, organisations: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["buyer"].choices = [  # type: ignore[attr-defined]
            (MYSELF, _("I do, for myself")),
            *organisations,
            (NEW, _("A company that is not listed here") if organisations else _("A company")),
        ]
        # Shown to those who choose another company, and needed then.
        self.fields["company"].required = not self.is_bound or self.data.get(self.add_prefix("buyer")) == NEW

    @property
    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given["buyer"] == MYSELF:
            return {**given, "company": "", "vat": "", "purchase_order": ""}
        return {**given, "company": given["company"].strip()}


class DeliveryForm(AddressFields, Prefilled):
    """Where it goes, and whom the carrier calls. ``refuses(country)``: why it cannot go there, or ""."""

    personal = {
        "receiver": ("order.name", PURPOSE),
        "street": ("order.delivery", PURPOSE),
        "phone": ("order.phone", PURPOSE),
        "note": ("order.note", PURPOSE),
    }
    field_order = ("receiver", "country", "street", "postcode", "city", "area", "phone", "note")

    receiver = NameField(label=_("Who receives it?"))
    phone = PhoneField(help_text=_("For the carrier alone, in case nobody opens."))
    note = forms.CharField(
        label=_("Anything the driver should know?"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, refuses: Callable[[str], str] = lambda _: "", **options: Any) -> None:
        super().__init__(*args, **options)
        self._refuses = refuses
        for name in ("country", "street", "city"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        country = self.cleaned_data.get("country", "")
        if country and (why := self._refuses(country)):
            self.add_error("country", why)
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "receiver": given["receiver"],
            "phone": given["phone"].typed,
            "note": given["note"].strip(),
            "address": {**self.address, "country": self.address_country},
        }


class MethodForm(Prefilled):
    """How it is paid. ``company``: nobody else pays by invoice; ``cards``: somebody takes them."""

    nobody = {"method": ONE_OF_OURS}
    hints = {"method": ABOUT_METHODS}

    method = forms.ChoiceField(
        label=_("How do you pay?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you pay"),
            "invalid_choice": _("Choose how you pay from the list"),
        },
    )

    def __init__(self, *args: Any, company: bool = False, cards: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {name for name, able in ((CARD, cards), (INVOICE, company)) if able}
        self.fields["method"].choices = [each for each in METHODS.items() if each[0] in known]  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Number and code of an order that was placed without an ID."""

    nobody = dict.fromkeys(("number", "code"), "Compared with what a mail said, and kept nowhere.")

    number = forms.CharField(
        label=_("Order number"),
        help_text=_("Like OBE-2026-7KQ4M2."),
        max_length=20,
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the order number"), "max_length": _("Enter the order number")},
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Like 7KQ4-M2XD-9TRA, from our first mail."),
        max_length=40,
        widget=forms.TextInput({"class": "code", "autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code"), "max_length": _("Enter the code")},
    )


def cannot_deliver(country_named: str, seller: str, site: str) -> str:
    return gettext("In {country}, {seller} sells and delivers. You can order at {site}").format(
        country=country_named, seller=seller, site=site
    )
