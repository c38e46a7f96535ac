"""Form fields for what several touchpoints ask of a person. Plain Django; the portal draws them.

The control of each carries the autocomplete attribute of the HTML standard, so that a browser may fill it in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kept.people import addresses, countries, phones, vat
from kept.people.phones import Phone
from kept.people.text_fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")


class NameField(forms.CharField):
    """A person's name, whole: one word or six, any script, apostrophes and all."""

    def __init__(self, *, label: StrOrPromise | None = None, **options: Any) -> None:
        options.setdefault(
            "error_messages",
            {
                "required": _("Enter your full name"),
                "max_length": _("Your name must be 200 characters or fewer"),
            },
        )
        options.setdefault("widget", forms.TextInput({"autocomplete": "name", "spellcheck": "false"}))
        super().__init__(label=_("Full name") if label is None else label, max_length=200, **options)

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value).split())


class PhoneField(CodeField):
    """Cleans to a ``Phone`` (E.164 and as typed), or None when optional and empty.

    A number without a country code is one of ``region`` (ISO 3166). A form that asks for the country too says
    so with ``ReadsByCountry``: a number is read by the country that was chosen beside it, never by the
    portal's own.
    """

    def __init__(
        self, *, label: StrOrPromise | None = None, region: str = phones.HOME, **options: Any
    ) -> None:
        options.setdefault("error_messages", {"required": phones.PROBLEM})
        options.setdefault("widget", forms.TextInput({"type": "tel", "autocomplete": "tel"}))
        self.region = region
        super().__init__(label=_("Phone number") if label is None else label, **options)

    def clean(self, value: Any) -> Phone | None:
        typed = super().clean(value)
        return _read(lambda: phones.parse(typed, self.region)) if typed else None

    def prepare_value(self, value: Any) -> Any:
        return value.typed if isinstance(value, Phone) else value


class CountryField(forms.ChoiceField):
    """Cleans to an ISO 3166 code; an empty choice asks to choose.

    ``language`` names the countries, by default the reader's.
    """

    def __init__(self, *, label: StrOrPromise | None = None, language: str = "", **options: Any) -> None:
        options.setdefault(
            "error_messages",
            {"required": _("Choose a country"), "invalid_choice": _("Choose a country from the list")},
        )
        options.setdefault("widget", forms.Select({"autocomplete": "country"}))
        super().__init__(
            label=_("Country") if label is None else label,
            choices=lambda: [("", _("Choose a country")), *countries.choices(language)],
            **options,
        )


class VatField(CodeField):
    """Cleans to a VAT number without marks (``BE0123456749``), or "" when optional and empty.

    ``region``: the country of a number without its prefix; see ``ReadsByCountry``.
    """

    region = ""

    def __init__(self, *, label: StrOrPromise | None = None, **options: Any) -> None:
        options.setdefault("error_messages", {"required": vat.PROBLEM})
        options.setdefault(
            "widget",
            forms.TextInput(
                {
                    "autocomplete": "off",
                    "spellcheck": "false",
                    "autocapitalize": "characters",
                    "class": "short",
                }
            ),
        )
        super().__init__(label=_("VAT number") if label is None else label, **options)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return _read(lambda: vat.normalise(typed, self.region)) if typed else ""


class ReadsByCountry(forms.Form):
    """Mix into a form with a ``country``: its phone and VAT numbers are read as they are written there.

    ``home``: the country to read by where none is chosen (the person's own, or the desk's).
    """

    home = ""

    def _clean_fields(self) -> None:
        chosen = str(self.data.get(self.add_prefix("country"), "") or self.home)
        for name, field in self.fields.items():
            if isinstance(field, PhoneField | VatField):
                # A value that was left as it stood is still one of the country it came from, also when she
                # moves.
                same = self.initial.get(name) and self.initial.get(name) == self.data.get(
                    self.add_prefix(name)
                )
                said = str(self.initial.get("country") or chosen) if same else chosen
                code = said.partition("-")[0].upper()
                field.region = code if code in countries.codes() else field.region
        super()._clean_fields()  # type: ignore[misc]


class AddressFields(ReadsByCountry):
    """Mix into a form that asks for a postal address: ``class DeliveryForm(AddressFields, …)``.

    After validation ``form.address`` is the mapping of parts (see addresses.py) and ``form.address_country``
    its code; {} and "" when nothing was typed and ``address_required`` is False.
    """

    nobody = {
        "country": "Part of the address, asked for with the street.",
        "postcode": "Part of the address, asked for with the street.",
        "city": "Part of the address, asked for with the street.",
        "area": "Part of the address, asked for with the street.",
    }

    address_required = True

    country = CountryField(required=False)
    street = forms.CharField(
        label=_("Street and number"),
        required=False,
        widget=forms.TextInput({"autocomplete": "address-line1"}),
    )
    postcode = CodeField(
        label=_("Postcode"),
        required=False,
        widget=forms.TextInput({"autocomplete": "postal-code", "class": "short"}),
    )
    city = forms.CharField(
        label=_("Town or city"), required=False, widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    area = forms.CharField(
        label=_("State or province"),
        help_text=_("Where your post needs one"),
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )

    @property
    def address(self) -> dict[str, str]:
        typed = {part: said for part in addresses.PARTS if (said := self.cleaned_data.get(part, ""))}
        return addresses.tidy(typed, self.cleaned_data.get("country", "").partition("-")[0])

    @property
    def address_country(self) -> str:
        return self.cleaned_data.get("country", "") if self.address else ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "country" in self.errors or not (self.address or self.address_required):
            return cleaned
        country = self.cleaned_data.get("country", "")
        if not country:
            self.add_error("country", _("Choose a country"))
            return cleaned
        for part, sentence in addresses.check(self.address, country).items():
            self.add_error(part, sentence)
        return cleaned


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from None
