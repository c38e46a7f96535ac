"""What belonging to an organisation asks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.people.forms import VatField
from kept.people.models import Membership
from kept.people.stale import ComparesWithShown

PURPOSE = "account"
ROLE = {"required": _("Choose the role"), "invalid_choice": _("Choose the role from the list")}
WHAT = {
    "owner": _("Invites, decides who belongs, hands products on"),
    "buyer": _("Registers products and hands them on"),
    "engineer": _("Registers products, and works with them"),
    "viewer": _("Sees the organisation's products"),
}


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("Your colleague’s e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": _("Enter your colleague’s e-mail address")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Membership.Role.choices,
        widget=forms.RadioSelect,
        initial="viewer",
        error_messages=ROLE,
    )
    personal = {"email": ("contact.email", PURPOSE)}
    nobody = {"role": "What a member may do in the organisation."}
    hints = {"role": WHAT}


class WishForm(forms.Form):
    vat = VatField(
        help_text=_(
            "Its owners read your name and e-mail address, and say yes or no. Who they are, we do not tell"
            " you before."
        ),
    )
    personal = {"vat": ("identity.organisation", PURPOSE)}


class RoleForm(ComparesWithShown):
    nobody = {"role": "What a member may do in the organisation."}

    role = forms.ChoiceField(choices=Membership.Role.choices, error_messages=ROLE)
