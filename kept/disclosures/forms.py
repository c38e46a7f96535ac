"""What the desk asks about a feed that somebody proposes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 200_000


class DryRunForm(forms.Form):
    """A proposed feed. Nothing of it is kept."""

    nobody = {
        "recipient": "A recipient of the policy.",
        "purpose": "A purpose of the policy.",
        "feed": "A proposed feed: its first line is read, its rows are counted, and nothing of it is kept.",
    }

    recipient = forms.CharField(
        label=_("Recipient"),
        help_text=_("As recipients.toml names it, like carrier-europe."),
        max_length=60,
        error_messages={"required": _("Enter the recipient, like carrier-europe")},
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        help_text=_("As purposes.toml names it, like orders."),
        max_length=60,
        error_messages={"required": _("Enter the purpose, like orders")},
    )
    feed = forms.CharField(
        label=_("The feed"),
        help_text=_("As CSV. The first line alone is enough: it names the columns."),
        max_length=MOST,
        strip=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        error_messages={
            "required": _("Paste at least the first line of the feed"),
            "max_length": _("Paste at most 200,000 characters: the first rows are enough"),
        },
    )
