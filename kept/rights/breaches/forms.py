"""What the register asks of the controller. Every text is about what happened, and names nobody."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kept.core.ledger import versions
from kept.people.stale import ComparesWithShown
from kept.portal.form_parts.forms import DatePartsField
from kept.rights.breaches.drafts import OPEN
from kept.rights.breaches.models import Breach
from kept.rights.requests.at_the_desk.forms import kept_under

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAMES_NOBODY = _("Name nobody: whom it is about follows from the kinds of data.")


def _text(
    label: StrOrPromise,
    *,
    hint: StrOrPromise = NAMES_NOBODY,
    rows: int = 4,
    most: int = 4000,
    required: StrOrPromise = "",
) -> forms.CharField:
    messages = {"required": required, "max_length": kept_under(most)}
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        widget=forms.Textarea({"rows": rows}),
        required=bool(required),
        error_messages=messages,
    )


class MomentFields(forms.Form):
    """A day and a time of day, as the clock on the controller's wall shows it."""

    nobody = {
        "day": "When something happened to the company.",
        "time": "When something happened to the company.",
    }

    day = DatePartsField(label=_("Day"), past=True)
    time = forms.TimeField(
        label=_("Time"),
        help_text=_("For example 14:30."),
        error_messages={
            "required": _("Enter the time, like 14:30"),
            "invalid": _("Enter the time with hours and minutes, like 14:30"),
        },
    )

    def moment(self) -> datetime | None:
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        return (
            timezone.make_aware(datetime.combine(day, at))
            if isinstance(day, date) and isinstance(at, time)
            else None
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        moment = self.moment()
        if moment and moment > timezone.now():
            self.add_error("time", _("The time must not lie in the future"))
        return cleaned


class NoteForm(MomentFields):
    nobody = {
        "region": "A region of the policy.",
        "title": "What happened, in a few words; it names nobody.",
        "happened": "What happened; it names nobody.",
        "categories": "Kinds of data of the policy.",
        "risk": "What the company decides.",
    }

    field_order = ("region", "title", "happened", "day", "time", "categories", "risk")
    region = forms.ChoiceField(
        label=_("Whose customers?"),
        error_messages={
            "required": _("Choose whose customers it is about"),
            "invalid_choice": _("Choose a region from the list"),
        },
    )
    title = forms.CharField(
        label=_("What is it, in a line?"),
        max_length=120,
        error_messages={
            "required": _("Say what it is, in a line"),
            "max_length": _("Keep it under 120 characters"),
        },
    )
    happened = _text(_("What happened?"), required=_("Write what happened, as far as it is known"))
    categories = forms.MultipleChoiceField(
        label=_("Which kinds of data?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one kind of data"),
            "invalid_choice": _("Choose kinds of data from the list"),
        },
    )
    risk = forms.ChoiceField(
        label=_("How bad is it for them?"),
        choices=Breach.Risk.choices,
        widget=forms.RadioSelect,
        initial=Breach.Risk.UNKNOWN,
        error_messages={"required": _("Choose how bad it is"), "invalid_choice": _("Choose how bad it is")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = versions.spoken()
        self.fields["day"].label = self.fields["day"].name = _("Day it was noticed")  # type: ignore[attr-defined]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            (region.id, region.title) for region in policy.company.regions.values()
        ]
        self.fields["categories"].choices = [(one.id, one.title) for one in policy.categories.values()]  # type: ignore[attr-defined]


class AssessmentForm(ComparesWithShown, forms.ModelForm):
    nobody = {
        "risk": "What the company decides.",
        "people_about": "How many, not who.",
        "likely": "What a breach may lead to; it names nobody.",
        "measures": "What was done; it names nobody.",
    }

    prefix = "assessment"

    class Meta:
        model = Breach
        fields = ("risk", "people_about", "likely", "measures")
        labels = {
            "risk": _("How bad is it for them?"),
            "people_about": _("How many people, about?"),
            "likely": _("What may it mean for them?"),
            "measures": _("What is done, and what can they do?"),
        }
        help_texts = {
            "people_about": _("Counted from the data map when it was written down."),
            "likely": NAMES_NOBODY,
            "measures": NAMES_NOBODY,
        }
        widgets = {
            "risk": forms.RadioSelect,
            "likely": forms.Textarea({"rows": 4}),
            "measures": forms.Textarea({"rows": 4}),
        }
        error_messages = {
            "people_about": {
                "required": _("Enter about how many, in figures"),
                "invalid": _("Enter about how many, in figures"),
            },
            "likely": {"max_length": _("Keep it under 4,000 characters")},
            "measures": {"max_length": _("Keep it under 4,000 characters")},
        }


class AuthorityForm(MomentFields):
    nobody = {
        "decision": "What the company decides.",
        "reference": "The authority's number.",
        "reason": "What the company decides.",
    }

    prefix = "authority"
    field_order = ("decision", "day", "time", "reference", "reason")
    decision = forms.ChoiceField(
        label=_("Was the authority told?"),
        choices=[("told", _("Yes")), ("need-not", _("No, it need not be told"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the authority was told"),
            "invalid_choice": _("Choose whether the authority was told"),
        },
    )
    reference = forms.CharField(
        label=_("Its reference"),
        required=False,
        max_length=100,
        error_messages={"max_length": _("Keep it under 100 characters")},
    )
    reason = _text(_("Reasons"), hint=_("Why it was late, or need not be told at all."), rows=3, most=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = self.data.get(self.add_prefix("decision")) != "need-not"
        for name in ("day", "time"):
            self.fields[name].required = told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("decision") == "need-not" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write why the authority need not be told"))
        return cleaned


class PeopleForm(forms.Form):
    nobody = {
        "decision": "What the company decides.",
        "letter": "What everybody concerned is told, the same words for all.",
        "reason": "What the company decides.",
    }

    prefix = "people"
    decision = forms.ChoiceField(
        label=_("Are the people told?"),
        choices=[
            ("tell", _("Write to everybody it is about")),
            ("need-not", _("No, they need not be told one by one")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the people are told"),
            "invalid_choice": _("Choose whether the people are told"),
        },
    )
    letter = _text(
        _("The letter"), hint=_("The same for everybody. Finish what stands in brackets."), rows=12
    )
    reason = _text(
        _("Reasons"), hint=_("Why they need not be told one by one (GDPR Art. 34(3))."), rows=3, most=2000
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        letter = cleaned.get("letter", "").strip()
        if cleaned.get("decision") == "tell" and not letter:
            self.add_error("letter", _("Write the letter"))
        elif cleaned.get("decision") == "tell" and str(OPEN) in letter:
            self.add_error("letter", _("Finish the letter: [to be written] still stands in it"))
        if cleaned.get("decision") == "need-not" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write why they need not be told one by one"))
        return cleaned
