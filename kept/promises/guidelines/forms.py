"""The check of a guideline: its questions, each with one right answer. What was answered is not kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.core.policy.wording import GuidelineText


class CheckForm(forms.Form):
    nobody = {"question-*": "An answer to a check, looked at once and kept nowhere."}

    def __init__(self, *args: Any, text: GuidelineText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = {}
        for place, question in enumerate(text.questions):
            name = f"question-{place}"
            self.right[name] = str(question.right)
            self.fields[name] = forms.ChoiceField(
                label=question.text,
                choices=[(str(number), answer) for number, answer in enumerate(question.answers)],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose an answer"),
                    "invalid_choice": _("Choose one of the answers"),
                },
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name, right in self.right.items():
            if given.get(name) not in (None, right):
                self.add_error(
                    name, _("The guideline says otherwise. Read it again, then choose another answer")
                )
        return given
