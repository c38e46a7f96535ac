"""What belonging to an organisation asks."""

from __future__ import annotations

from django import forms

from kept.people.forms import VatField
from kept.people.models import Membership
from kept.people.stale import ComparesWithShown

PURPOSE = "account"
ROLE = {"required": "Choose the role", "invalid_choice": "Choose the role from the list"}
WHAT = {
    "owner": "Invites, decides who belongs, hands products on",
    "buyer": "Registers products and hands them on",
    "engineer": "Registers products, and works with them",
    "viewer": "Sees the organisation's products",
}


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label="Your colleague’s e-mail address",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": "Enter your colleague’s e-mail address"},
    )
    role = forms.ChoiceField(
        label="Role",
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
        help_text=(
            "Its owners read your name and e-mail address, and say yes or no. Who they are, we do not tell"
            " you before."
        ),
    )
    personal = {"vat": ("identity.organisation", PURPOSE)}


class RoleForm(ComparesWithShown):
    nobody = {"role": "What a member may do in the organisation."}

    role = forms.ChoiceField(choices=Membership.Role.choices, error_messages=ROLE)
