"""What the desk types in a case. Answer and note are two forms, so that none is taken for the other."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.desk.person_card import MASKED
from kept.portal.form_parts.forms import DatePartsField
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk.macros import MACROS
from kept.touchpoints.support.at_the_desk.models import CaseLink
from kept.touchpoints.support.cases.words import TEXT
from kept.touchpoints.support.forms import FilesField, WithFiles

WRITES = "Staff write it about the case; it is kept with it, as the purpose of the case says."


class AnswerForm(WithFiles):
    """To the customer. ``macro``: a text that is ready, put below what was typed."""

    nobody = {
        "text": WRITES,
        "attachments": WRITES,
        "macro": "Which of our own texts.",
        "seen": "The newest message the page showed.",
    }

    macro = forms.ChoiceField(
        label=_("A text that is ready"),
        required=False,
        choices=[("", _("None")), *((one.id, one.title) for one in MACROS)],
        error_messages={"invalid_choice": _("Choose a text from the list")},
    )
    text = forms.CharField(
        label=_("Answer to the customer"),
        help_text=_("They read it on their page and by mail."),
        max_length=TEXT,
        widget=forms.Textarea({"rows": 8}),
        error_messages={
            "required": _("Write your answer"),
            "max_length": _("Keep it under 20,000 characters, or attach a file"),
        },
    )
    attachments = FilesField()
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class NoteForm(forms.Form):
    nobody = {"text": WRITES}

    text = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("Never sent. It is part of the copy this person can take: write what they may read."),
        max_length=TEXT,
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "required": _("Write the note"),
            "max_length": _("Keep it under 20,000 characters"),
        },
    )


class AssignForm(forms.Form):
    nobody = {"to": "The number of a colleague's post."}

    to = forms.ChoiceField(
        label=_("Who goes on with it?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a colleague"),
            "invalid_choice": _("This colleague may not have the case. Choose somebody from the list."),
        },
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = colleagues  # type: ignore[attr-defined]


class EscalateForm(forms.Form):
    nobody = {"reason": WRITES}

    reason = forms.CharField(
        label=_("Why does it need the second level?"),
        help_text=_(
            "It stands among the notes for colleagues, and is part of the copy this person can take."
        ),
        max_length=TEXT,
        min_length=5,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": _("Say why it needs the second level, in a few words"),
            "min_length": _("Say why it needs the second level, in a few words"),
            "max_length": _("Keep it under 20,000 characters"),
        },
    )


class SnoozeForm(forms.Form):
    nobody = {"until": "A day in the desk's calendar."}

    until = DatePartsField(label=_("Until which day?"), name=sentence("Day"))

    def clean_until(self) -> datetime:
        day = self.cleaned_data["until"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day that is still to come"))
        return timezone.make_aware(datetime.combine(day, time(7)))


class MergeForm(forms.Form):
    nobody = {"reference": "A reference of ours."}

    reference = forms.CharField(
        label=_("Reference of the other case"),
        max_length=20,
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the reference"), "max_length": _("Enter the reference")},
    )


class LinkForm(MergeForm):
    nobody = {"reference": "A reference of ours.", "kind": "One of our own words."}

    kind = forms.ChoiceField(
        label=_("How do they belong together?"),
        choices=CaseLink.Kind.choices,
        error_messages={
            "required": _("Choose how they belong together"),
            "invalid_choice": _("Choose how they belong together"),
        },
    )


class ShowForm(forms.Form):
    """Open a masked value, for a reason the person reads."""

    nobody = {"reason": "Why staff open a value: the person reads it in her timeline."}

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
        min_length=5,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Say why you need it, in a few words"),
            "min_length": _("Say why you need it, in a few words"),
            "max_length": _("Keep the reason under 300 characters"),
        },
    )
