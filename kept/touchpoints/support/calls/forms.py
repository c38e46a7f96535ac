"""A call in a few seconds: what is asked of whoever logs it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.people.forms import PhoneField
from kept.portal.form_parts.forms import DatePartsField
from kept.sentences import sentence
from kept.touchpoints.support.calls.models import Call

WRITES = "Staff write it down of a call; it is kept with it, as the purpose of the call says."


class CallForm(forms.Form):
    """``country``: where the desk is; a number without a country code is dialled from there."""

    nobody = dict.fromkeys(
        ("direction", "number", "name", "text", "outcome", "minutes", "next_step", "next_at"), WRITES
    )

    direction = forms.ChoiceField(
        label=_("Who called?"),
        choices=Call.Direction.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who called"), "invalid_choice": _("Choose who called")},
    )
    number = PhoneField(
        label=_("Their number"),
        required=False,
        help_text=_("In any notation. Leave it empty where it is hidden."),
    )
    name = forms.CharField(
        label=_("Name, as they say it"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": _("Keep the name under 200 characters")},
    )
    text = forms.CharField(
        label=_("What was said"),
        help_text=_("As they said it. Whoever called can read it, and say their version beside it."),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        error_messages={
            "required": _("Write what was said, in a sentence"),
            "max_length": _("Keep it under 2,000 characters"),
        },
    )
    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=Call.Outcome.choices,
        error_messages={"required": _("Choose how it ended"), "invalid_choice": _("Choose how it ended")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=0,
        max_value=600,
        error_messages={
            "invalid": _("Write the minutes in figures, like 4"),
            "min_value": _("Write the minutes in figures, like 4"),
            "max_value": _("Write at most 600 minutes"),
        },
    )
    next_step = forms.ChoiceField(
        label=_("What comes next?"),
        choices=Call.Next.choices,
        initial=Call.Next.NONE,
        error_messages={
            "required": _("Choose what comes next"),
            "invalid_choice": _("Choose what comes next"),
        },
    )
    next_at = DatePartsField(label=_("On which day?"), name=sentence("Day"), required=False)

    def __init__(self, *args: Any, country: str, **options: Any) -> None:
        super().__init__(*args, **options)
        if "number" in self.fields:
            self.fields["number"].region = country  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        day, step = self.cleaned_data.get("next_at"), self.cleaned_data.get("next_step")
        if step not in (None, Call.Next.NONE) and "next_at" not in self.errors:
            if day is None:
                self.add_error("next_at", _("Choose the day of the next step"))
            elif day < timezone.localdate():
                self.add_error("next_at", _("Choose a day that is still to come"))
        return given

    @property
    def said(self) -> dict[str, Any]:
        """As the call keeps it."""
        given = dict(self.cleaned_data)
        day = given["next_at"] if given["next_step"] != Call.Next.NONE else None
        return {
            **given,
            "number": given["number"].e164 if given.get("number") else "",
            "minutes": given["minutes"] or 0,
            "next_at": timezone.make_aware(datetime.combine(day, time(9))) if day else None,
        }


class NotedForm(CallForm):
    """Of a call that a phone system reported: who called, and from where, is known."""

    direction = number = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["minutes"].help_text = _("Leave it empty where the phone system tells it.")


class CodeForm(forms.Form):
    nobody = {"code": "A code that was read out, compared and kept nowhere."}

    code = forms.CharField(
        label=_("The code they read out"),
        max_length=20,
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "inputmode": "numeric"}),
        error_messages={
            "required": _("Type the code they read out"),
            "max_length": _("The code has six figures"),
        },
    )

    def clean_code(self) -> str:
        return "".join(sign for sign in str(self.cleaned_data["code"]) if sign.isdigit())
