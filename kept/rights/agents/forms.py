"""What a person types to confirm, and what a controller chooses to refuse."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kept.rights.agents.models import Exercise


class CodeForm(forms.Form):
    nobody = {
        "code": "A code that we sent. It is compared, and kept nowhere.",
    }

    code = forms.CharField(
        label=_("The code from the mail"),
        max_length=12,
        error_messages={
            "required": _("Enter the code from the mail"),
            "max_length": _("The code has six figures"),
        },
        help_text=_("Six figures. It holds for 15 minutes."),
    )

    def clean_code(self) -> str:
        code = re.sub(r"\s+", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("The code has six figures"))
        return code


class RefusalForm(forms.Form):
    """Why an agent's request is refused: one word of the protocol for the agent, and the reasons for the
    person (GDPR Art. 12(4)).
    """

    nobody = {
        "reason": "What the company decides.",
        "words": "What the agent is told of the refusal; it names nobody.",
    }

    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[
            (one.value, one.label)
            for one in (
                Exercise.Reason.SUSPECTED_FRAUD,
                Exercise.Reason.INSUF_VERIFICATION,
                Exercise.Reason.NO_MATCH,
                Exercise.Reason.CLAIM_NOT_COVERED,
                Exercise.Reason.OUTSIDE_JURISDICTION,
                Exercise.Reason.TOO_MANY_REQUESTS,
                Exercise.Reason.OTHER,
            )
        ],
        widget=forms.RadioSelect,
        help_text=_("The agent learns this and no more."),
        error_messages={
            "required": _("Choose why it is refused"),
            "invalid_choice": _("Choose a reason from the list"),
        },
    )
    words = forms.CharField(
        label=_("The reasons, for the person"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_(
            "They are mailed to the person, and kept with the request. The agent does not read them."
        ),
        error_messages={"required": _("Write the reasons: whoever is refused is told why")},
    )
