"""What registering a product asks, page by page. Every sentence says what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.equipment import serials
from kept.people.forms import AddressFields, PhoneField, VatField
from kept.people.stale import ComparesWithShown
from kept.portal.form_parts import uploads
from kept.portal.form_parts.forms import DatePartsField
from kept.sentences import sentence
from kept.touchpoints.registrations.models import COMPUTER, MYSELF, NEW

PURPOSE = "registration"
YES_OR_NO = [("yes", _("Yes, that is it")), ("no", _("No, I type it again"))]


class MachineForm(forms.Form):
    """Which machine. A letter that must have been a figure is asked about, never silently replaced."""

    nobody = {
        "right": "Whether we read the serial number rightly.",
    }

    personal = {"serial": ("equipment.serial", PURPOSE), "purchased": ("equipment.purchase", PURPOSE)}

    serial = forms.CharField(
        label=_("Serial number"),
        help_text=_("On the type plate inside the lid. Spaces, dashes and small letters do not matter."),
        max_length=serials.LONGEST,
        widget=forms.TextInput(
            {"class": "code", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": serials.MISSING, "max_length": serials.NOT_A_SERIAL},
    )
    right = forms.ChoiceField(choices=YES_OR_NO, required=False, widget=forms.RadioSelect)
    reading = forms.CharField(required=False, widget=forms.HiddenInput, max_length=serials.LENGTH)
    purchased = DatePartsField(
        label=_("When was it bought?"),
        name=sentence("Purchase date"),
        past=True,
        month_is_enough=True,
        help_text=_("For example 3 5 2025. The month and the year are enough."),
    )

    def __init__(self, *args: Any, origins: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.origins = origins or {}
        typed = self.data.get(self.add_prefix("serial"), "") if self.is_bound else ""
        self.read = serials.read(str(typed))
        if self.read.suggestion:
            self.fields["right"].label = self.read.question
            self.fields["right"].required = True
        else:
            del self.fields["right"]

    @property
    def visible(self) -> list[Any]:
        """The serial number and the question about it; the picture of the type plate stands after them."""
        return [self[name] for name in ("serial", "right") if name in self.fields]

    def clean_serial(self) -> str:
        if self.read.problem:
            raise forms.ValidationError(self.read.problem)
        return self.read.serial

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.read.suggestion or "serial" in self.errors:
            return cleaned
        self.errors.pop("right", None)
        # The answer counts for the reading that was shown, not for one that was typed since.
        answer = (
            self.cleaned_data.get("right")
            if self.data.get(self.add_prefix("reading")) == self.read.serial
            else ""
        )
        if answer == "no":
            self.add_error("serial", gettext("Type the serial number again, as it stands on the label"))
        elif answer != "yes":
            self.add_error("right", gettext("Say whether we read the serial number right"))
        return cleaned


class HolderChoice(forms.Form):
    """Whose the machine is: one's own, or an organisation's one belongs to."""

    nobody = {
        "holder": "Whether a person or which organisation holds it: the name itself is asked for beside it.",
    }

    holder = forms.ChoiceField(
        label=_("Whose is it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whose it is"),
            "invalid_choice": _("Choose whose it is from the list"),
        },
    )

    def __init__(self, *args: Any, organisations: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["holder"].choices = [(MYSELF, _("Mine")), *organisations, *self.more()]  # type: ignore[attr-defined]

    def more(self) -> list[tuple[str, Any]]:
        return []


class OwnerForm(ComparesWithShown, AddressFields, HolderChoice):
    """Who holds the machine, and how to reach her about it: phone and address are asked here for the first
    time.
    """

    nobody = {
        "keep": "Whether an address that is known already is replaced.",
    }

    personal = {
        "holder": ("identity.organisation", PURPOSE),
        "organisation": ("identity.organisation", PURPOSE),
        "vat": ("identity.organisation", PURPOSE),
        "phone": ("contact.phone", PURPOSE),
        "street": ("contact.address", PURPOSE),
        "language": ("contact.preferences", PURPOSE),
        "computer": ("equipment.computer", PURPOSE),
    }
    hints = {
        "keep": {
            "profile": _("We fill it in the next time, and say where it comes from."),
            "once": _("Your profile stays as it is."),
        }
    }
    field_order = (
        "holder",
        "organisation",
        "vat",
        "phone",
        "country",
        "street",
        "postcode",
        "city",
        "area",
        "language",
        "computer",
        "keep",
    )

    organisation = forms.CharField(
        label=_("Name of the organisation"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    vat = VatField(required=False)
    phone = PhoneField(help_text=_("Only to call you about this product."))
    language = forms.ChoiceField(
        label=_("Language you wish to be answered in"),
        required=False,
        error_messages={"invalid_choice": _("Choose a language from the list")},
    )
    computer = forms.CharField(
        label=_("The computer it is used with"),
        required=False,
        max_length=COMPUTER,
        help_text=_(
            "Browser and system are enough, like Firefox on Windows 11. It helps us when our software and"
            " your computer do not get on."
        ),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    keep = forms.ChoiceField(
        label=_("For the next time"),
        choices=[
            ("profile", _("Update my profile with this phone number and address")),
            ("once", _("Use them once, for this registration")),
        ],
        initial="profile",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether to keep them"),
            "invalid_choice": _("Choose whether to keep them from the list"),
        },
    )

    def __init__(
        self,
        *args: Any,
        origins: Mapping[str, str] | None = None,
        languages: Sequence[tuple[str, str]] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.origins = origins or {}
        self.fields["language"].choices = [("", _("No wish")), *languages]  # type: ignore[attr-defined]
        # Not the postcode: some countries have none. What theirs asks for is checked when it is known.
        for name in ("country", "street", "city"):
            self.fields[name].required = True
        # Shown to those who choose a new organisation, and needed then.
        self.fields["organisation"].required = (
            not self.is_bound or self.data.get(self.add_prefix("holder")) == NEW
        )

    def add_error(self, field: str | None, error: Any) -> None:
        """One sentence for each field is enough: the first."""
        if field is None or field not in self.errors:
            super().add_error(field, error)

    def more(self) -> list[tuple[str, Any]]:
        return [(NEW, _("An organisation’s that is not listed here"))]

    @property
    def answers(self) -> dict[str, Any]:
        """As the draft keeps them."""
        given = self.cleaned_data
        new = {"name": given["organisation"].strip(), "vat": given["vat"]} if given["holder"] == NEW else None
        return {
            "holder": given["holder"],
            "organisation": new,
            "phone": given["phone"].typed,
            "address": {**self.address, "country": self.address_country},
            "keep": given["keep"],
            "language": given["language"] or None,
            "computer": given["computer"] or None,
        }


class ClaimForm(HolderChoice):
    """The proof for a serial number that could not be registered at once."""

    personal = {"proof": ("equipment.proof", PURPOSE), "note": ("equipment.proof", PURPOSE)}

    proof = forms.FileField(
        label=_("Proof of purchase"),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        error_messages={
            "required": _("Choose a file"),
            "empty": _("This file is empty. Choose another one"),
            "missing": _("Choose a file"),
        },
    )
    note = forms.CharField(
        label=_("Anything we should know?"),
        help_text=_("For example whom you bought it from."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": _("Keep it under 1,000 characters")},
    )

    def __init__(self, *args: Any, sent: int = 0, **options: Any) -> None:
        """``sent``: bytes of the whole request, which tells how large a file was that was not taken in."""
        super().__init__(*args, **options)
        self.fields["proof"].help_text = gettext(
            "An invoice or a receipt, as PDF, JPG, PNG or WebP of at most {size}."
        ).format(size=uploads.megabytes(uploads.limit()))
        if uploads.too_large(sent):
            self.fields["proof"].error_messages["required"] = uploads.sentence(sent)
        self.media_type = ""

    def clean_proof(self) -> Any:
        upload = self.cleaned_data["proof"]
        if uploads.too_large(upload.size):
            raise forms.ValidationError(uploads.sentence(upload.size))
        self.media_type = uploads.media_type(upload)
        if not self.media_type:
            raise forms.ValidationError(
                gettext("This file is not a PDF, JPG, PNG or WebP. Choose one of those")
            )
        return upload
