"""What taking in and letting go asks of whoever does it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kept.accounts.models import StaffMember
from kept.accounts.signing_in.posts import roles_of_staff
from kept.core.ledger import versions
from kept.core.register.roles import in_words
from kept.desk.staff.flows import company_name
from kept.people.forms import NameField
from kept.people.stale import ComparesWithShown
from kept.sentences import sentence


class PostForm(forms.Form):
    nobody = {
        "role": "A post of the company.",
        "entity": "A company of the group.",
    }

    role = forms.ChoiceField(
        label=_("Role"),
        error_messages={
            "required": _("Choose the role"),
            "invalid_choice": _("Choose one from the list of roles"),
        },
    )
    entity = forms.ChoiceField(
        label=_("Company"),
        error_messages={
            "required": _("Choose the company"),
            "invalid_choice": _("Choose one from the list of companies you see to"),
        },
    )

    def __init__(self, *args: Any, entities: Iterable[str], **kwargs: Any) -> None:
        """``entities``: ids of the companies the employer sees to."""
        super().__init__(*args, **kwargs)
        roles = roles_of_staff(versions.current().policy.company)
        shown = versions.spoken()
        self.fields["role"].choices = [("", _("Choose a role")), *((id, in_words(id, shown)) for id in roles)]  # type: ignore[attr-defined]
        self.fields["entity"].choices = [(id, company_name(id)) for id in entities]  # type: ignore[attr-defined]


class RoleForm(ComparesWithShown, PostForm):
    """Another post for somebody who holds one."""


class InvitationForm(PostForm):
    name = NameField(
        label=sentence("Their name"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter their name"),
            "max_length": _("Enter a name of up to 200 characters"),
        },
    )
    email = forms.EmailField(
        label=_("Their e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("The invitation goes there, and it becomes the ID they sign in with."),
        error_messages={"required": _("Enter their e-mail address")},
    )
    personal = {"name": ("identity.name", "staff"), "email": ("contact.email", "staff")}
    field_order = ("name", "email", "role", "entity")


class EndingForm(forms.Form):
    nobody = {
        "successor": "Which colleague takes over, by a number.",
    }

    successor = forms.ChoiceField(
        label=_("Who goes on with what they have open?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who goes on with their open matters"),
            "invalid_choice": _("Choose one from the list"),
        },
    )

    def __init__(
        self, *args: Any, colleagues: Iterable[tuple[StaffMember, str]], open: bool, **kwargs: Any
    ) -> None:
        """``colleagues`` with the names they are shown by; ``open``: is there anything to go on with?"""
        super().__init__(*args, **kwargs)
        self.posts = {str(one.pk): one for one, _ in colleagues}
        if not open:
            del self.fields["successor"]
            return
        offered = [(str(one.pk), name) for one, name in colleagues]
        self.fields["successor"].choices = [*offered, ("nobody", _("Nobody: close them"))]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> StaffMember | None:
        """The colleague who goes on, or None."""
        return self.posts.get(self.cleaned_data.get("successor", ""))
