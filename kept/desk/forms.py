"""What the desk asks of staff: never more than the matter needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.desk.models import Excess, Matter
from kept.desk.person_card import MASKED


class MatterForm(forms.Form):
    nobody = {
        "channel": "How the matter came in.",
        "purpose": "What the matter is for, by the policy.",
        "text": "Staff write it about the matter; it is kept with it, as the purpose of the matter says.",
    }

    channel = forms.ChoiceField(
        label=_("How did they get in touch?"),
        choices=Matter.Channel.choices,
        error_messages={
            "required": _("Choose how they got in touch"),
            "invalid_choice": _("Choose how they got in touch from the list"),
        },
    )
    purpose = forms.ChoiceField(
        label=_("What for?"),
        error_messages={
            "required": _("Choose what for"),
            "invalid_choice": _("Choose what for from the list"),
        },
    )
    text = forms.CharField(
        label=_("Who, about what?"),
        help_text=_("As they said it. Whoever it turns out to be about can read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write who got in touch, and about what"),
            "max_length": _("Keep it under 2,000 characters"),
        },
    )

    def __init__(self, *args: Any, purposes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]


class FindForm(forms.Form):
    nobody = {
        "text": "What is looked for in an open matter. It is compared, and kept nowhere.",
    }

    text = forms.CharField(
        label=_("Find a person"),
        help_text=_(
            "A name, an e-mail address, a phone number in any notation, a serial number or a reference."
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Type a name, an e-mail address, a phone number or a serial number"),
            "max_length": _("Type less than 200 characters"),
        },
    )

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if len(text.strip()) < 3:
            raise forms.ValidationError(_("Type at least three letters or figures"))
        return text


class GoOnForm(forms.Form):
    nobody = dict.fromkeys(
        ("why", "reason"), "Why staff go on beyond a bound: it stands with the matter, on their own record."
    )

    why = forms.ChoiceField(
        label=_("Why does this matter need more?"),
        choices=[one for one in Excess.Why.choices if one[0] != Excess.Why.MANY],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose why this matter needs more"),
            "invalid_choice": _("Choose a reason from the list"),
        },
    )
    reason = forms.CharField(
        label=_("In a few words"),
        help_text=_("It is kept with your own record. The controller is told that this matter went on."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Say in a few words why you need more"),
            "max_length": _("Keep the reason under 300 characters"),
        },
    )

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < 5:
            raise forms.ValidationError(_("Say in a few words why you need more"))
        return reason


class PersonForm(forms.Form):
    nobody = {
        "person": "A number the page before gave.",
    }

    person = forms.UUIDField(
        error_messages={
            "required": _("Choose a person from the list"),
            "invalid": _("Choose a person from the list"),
        }
    )


class RevealForm(forms.Form):
    nobody = {
        "reason": "Why staff open a value: the person reads it in her timeline.",
    }

    field = forms.ChoiceField(
        choices=[(name, spec.title) for name, spec in MASKED.items()],
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose what to open"),
            "invalid_choice": _("This cannot be opened here"),
        },
    )
    reason = forms.CharField(
        label=_("Why do you need it?"),
        help_text=_("They will read this sentence."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Say why you need it, in a few words"),
            "max_length": _("Keep the reason under 300 characters"),
        },
    )

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"]).strip()
        if len(reason) < 5:
            raise forms.ValidationError(_("Say why you need it, in a few words"))
        return reason
