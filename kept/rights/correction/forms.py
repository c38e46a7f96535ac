"""What is asked about a value that is wrong: what is right, how one knows, and evidence where there is
some.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.core.vault.sealing.cards import CardNumberRefused, refuse_card_number
from kept.people.stale import ComparesWithShown
from kept.portal.form_parts import uploads
from kept.portal.form_parts.forms import DatePartsField
from kept.rights.correction import values
from kept.rights.correction.values import Value
from kept.rights.requests.flows import Upload
from kept.sentences import sentence

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ASKED = ("rights.request", "requests")
Words: TypeAlias = "str | StrPromise"
"""Said when a page is drawn, in its language."""
WRITE = _("Write what is right")


def _too_long(most: int | None) -> Words:
    return format_lazy(_("Keep it under {most} characters"), most=f"{most:,}") if most else ""


def _text(
    label: Words, *, hint: Words = "", most: int = 2000, rows: int = 4, required: Words = ""
) -> forms.CharField:
    told = {"required": required, "max_length": _too_long(most)}
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=bool(required),
        widget=forms.Textarea({"rows": rows}),
        error_messages=told,
    )


class NoCards(forms.Form):
    """A card number is refused while it can still be taken out, and the rest of what was typed stays."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name, typed in list(self.cleaned_data.items()):
            if isinstance(typed, str):
                try:
                    refuse_card_number(typed.encode())
                except CardNumberRefused as card:
                    self.add_error(name, str(card))
        return cleaned


class AskForm(ComparesWithShown, NoCards):
    personal = {"after": ASKED, "why": ASKED, "evidence": ASKED}

    why = _text(
        _("How do you know?"),
        hint=_("A sentence is enough. Whoever decides reads it."),
        required=_("Say how you know, in a sentence"),
    )
    evidence = forms.FileField(
        label=_("Evidence"),
        required=False,
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png,.webp"}),
        error_messages={"empty": _("This file is empty. Choose another one")},
    )
    field_order = ("after", "why", "evidence")

    def __init__(self, *args: Any, value: Value, sent: int = 0, **options: Any) -> None:
        """``sent``: bytes of the whole request, which tells how large a file was that was not taken in."""
        super().__init__(*args, **options)
        self.value = value
        self.fields["after"] = _asking(value)
        self.order_fields(self.field_order)
        self.fields["evidence"].help_text = gettext(
            "If you have some: a PDF, JPG, PNG or WebP of at most {size}. Never a copy of an identity paper."
        ).format(size=uploads.megabytes(uploads.limit()))
        self.sent = sent
        self.files_given: list[Upload] = []

    def stands(self, name: str) -> Any:
        return _stands(self.value) if name == "after" else super().stands(name)

    def clean_after(self) -> Any:
        typed = self.cleaned_data["after"]
        content = (
            typed
            if self.value.kind == "day"
            else values.from_text(self.value.kind, self.value.field, str(typed), self.value.text)
        )
        if values.as_text(content) == self.value.text:
            raise forms.ValidationError(gettext("This is what it says already. Write what is right"))
        return content

    def clean_evidence(self) -> Any:
        upload = self.cleaned_data["evidence"]
        if upload is None:
            if uploads.too_large(self.sent):
                raise forms.ValidationError(uploads.sentence(self.sent))
            return None
        if uploads.too_large(upload.size):
            raise forms.ValidationError(uploads.sentence(upload.size))
        kind = uploads.media_type(upload)
        if not kind:
            raise forms.ValidationError(
                gettext("This file is not a PDF, JPG, PNG or WebP. Choose one of those")
            )
        self.files_given = [Upload(f"evidence{uploads.ending(kind)}", kind, upload.chunks())]
        return upload


def _stands(value: Value) -> str:
    return values.lines_shown(value.text) if value.kind == "parts" else value.text


def _asking(value: Value) -> forms.Field:
    """A field that asks for a value of this kind."""
    if value.kind == "day":
        return DatePartsField(
            label=_("What is right?"),
            name=sentence("Day"),
            month_is_enough=True,
            error_messages={"required": _("Enter the day that is right")},
        )
    if value.kind == "choice":
        choices = [(str(key), str(word)) for key, word in value.field.flatchoices if str(key) != value.text]
        chosen = {"required": _("Choose what is right"), "invalid_choice": _("Choose one from the list")}
        return forms.ChoiceField(
            label=_("What is right?"), choices=choices, widget=forms.RadioSelect, error_messages=chosen
        )
    if value.kind in {"text", "parts"}:
        hint = gettext("Change the lines that are wrong.") if value.kind == "parts" else ""
        field = _text(
            _("What is right?"), hint=hint, most=value.field.max_length or 8000, rows=6, required=WRITE
        )
        field.initial = _stands(value)
        return field
    hint = gettext("Day and time, like 2026-05-03 14:30.") if value.kind == "moment" else ""
    longest = None if value.kind == "moment" else value.field.max_length
    told: dict[str, Words] = {"required": WRITE, "max_length": _too_long(longest)}
    initial = (
        f"{timezone.localtime(datetime.fromisoformat(value.text)):%Y-%m-%d %H:%M}"
        if value.kind == "moment"
        else value.text
    )
    return forms.CharField(
        label=_("What is right?"), help_text=hint, max_length=longest, initial=initial, error_messages=told
    )


class StatementForm(ComparesWithShown, NoCards):
    personal = {"statement": ASKED}
    statement = _text(
        _("Your own words"),
        hint=_("They stand beside the value from now on. Leave it empty to take them away."),
    )


class DeclineForm(NoCards):
    nobody = {
        "reason": "Why a correction is declined: the person reads it.",
    }

    reason = _text(
        _("Reasons"),
        hint=_("They read them, with what they can do about it."),
        required=_("Write the reasons: whoever is refused is told why"),
    )


class LetterForm(forms.Form):
    """Which value a letter is about.

    Records are named and numbered; what stands in them is not shown to find one.
    """

    nobody = {
        "value": "Which field is corrected.",
        "after": "The value that is corrected: it is kept where that field is, under its own purpose.",
    }

    value = forms.ChoiceField(
        label=_("Which value is it?"),
        error_messages={
            "required": _("Choose the value"),
            "invalid_choice": _("Choose the value from the list"),
        },
    )
    after = _text(_("What is right, as they wrote it"), rows=2, required=WRITE)

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["value"].choices = [("", _("Choose one")), *offered]  # type: ignore[attr-defined]


class LimitsForm(forms.Form):
    nobody = {
        "purposes": "Purposes of the policy.",
    }

    purposes = forms.MultipleChoiceField(
        label=_("Which uses is it about?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one use"),
            "invalid_choice": _("Choose uses from the list"),
        },
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["purposes"].choices = offered  # type: ignore[attr-defined]


class ByHandForm(forms.Form):
    nobody = {
        "how": "By which way a recipient was told.",
    }

    how = forms.ChoiceField(
        label=_("How were they told?"),
        choices=[
            ("by letter", _("By letter")),
            ("by e-mail", _("By e-mail")),
            ("on the phone", _("On the phone")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how they were told"),
            "invalid_choice": _("Choose how they were told from the list"),
        },
    )
