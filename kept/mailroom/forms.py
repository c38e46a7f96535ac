"""What somebody decides about a mail that waits."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

TAKE, ASIDE = "take", "aside"


class LookForm(forms.Form):
    nobody = {"outcome": "What the company decides."}

    outcome = forms.ChoiceField(
        label=_("What becomes of it?"),
        choices=((TAKE, _("Let it in")), (ASIDE, _("Set it aside: nothing of it is kept"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of it")},
    )
