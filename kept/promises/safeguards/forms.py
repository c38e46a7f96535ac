"""What the register asks: what was seen, and what happened when a rule was broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.accounts.models import StaffMember
from kept.portal.form_parts.forms import DatePartsField


class LookForm(forms.Form):
    personal = {"evidence": ("work.record", "staff")}

    evidence = forms.CharField(
        label=_("What did you see?"),
        help_text=_("What shows that it holds, and where that is kept. It stands in your own record."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": _("Write what you saw"),
            "max_length": _("Keep it under 2,000 characters"),
        },
    )


class InfringementForm(forms.Form):
    personal = {"happened": ("work.record", "staff"), "consequence": ("work.record", "staff")}
    nobody = {
        "rule": "A guideline or a safeguard of the policy.",
        "concerns": "Which colleague, by the number of their post.",
        "happened_on": "When something happened in the company.",
    }

    rule = forms.ChoiceField(
        label=_("Which rule?"),
        error_messages={
            "required": _("Choose the rule that was broken"),
            "invalid_choice": _("Choose the rule from the list"),
        },
    )
    concerns = forms.ChoiceField(
        label=_("Whom does it concern?"),
        help_text=_("They read it in their own data."),
        error_messages={
            "required": _("Choose a colleague, or nobody in particular"),
            "invalid_choice": _("Choose a colleague from the list"),
        },
    )
    happened_on = DatePartsField(label=_("Day it happened"), past=True)
    happened = forms.CharField(
        label=_("What happened?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": _("Write what happened"),
            "max_length": _("Keep it under 2,000 characters"),
        },
    )
    consequence = forms.CharField(
        label=_("What follows from it?"),
        help_text=_("For example: talked over, read the guideline again, access taken away."),
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={
            "required": _("Write what follows from it"),
            "max_length": _("Keep it under 2,000 characters"),
        },
    )

    def __init__(
        self,
        *args: Any,
        rules: Mapping[str, str],
        colleagues: Iterable[tuple[StaffMember, str]],
        **kwargs: Any,
    ) -> None:
        """``colleagues`` with the names they are shown by."""
        super().__init__(*args, **kwargs)
        self.posts = {str(one.pk): one for one, _name in colleagues}
        names = [(str(one.pk), name) for one, name in colleagues]
        self.fields["rule"].choices = [("", _("Choose a rule")), *rules.items()]  # type: ignore[attr-defined]
        self.fields["concerns"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose somebody")),
            ("nobody", _("Nobody in particular")),
            *names,
        ]

    @property
    def post(self) -> StaffMember | None:
        """The post it concerns, or None."""
        return self.posts.get(self.cleaned_data.get("concerns", ""))
