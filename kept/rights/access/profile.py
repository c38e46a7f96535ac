"""Your profile: name, phone, address and language, each with where it came from, to be seen and corrected at
once (P18, P19).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import activate, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kept.accounts.requests import OwnRequest
from kept.core.vault import gate
from kept.core.vault.columns.values import provenance
from kept.dates import LANGUAGES as SPOKEN
from kept.people.forms import AddressFields, NameField, PhoneField
from kept.people.models import Person
from kept.people.phones import Phone
from kept.people.stale import ComparesWithShown
from kept.portal.form_parts.responses import invalid
from kept.portal.marks.durations import written
from kept.portal.regions import places
from kept.portal.visitors import greeting
from kept.rights.access.value_names import source_in_words
from kept.rights.correction.flows import directly
from kept.sentences import sentence

PURPOSE = "account"
RIGHT = "own-data"
"""To see and correct stays possible whatever she restricted (GDPR Art.

16, 18(2)): the page reads and writes under her right.
"""
LANGUAGES = [(code, places.language_name(code)) for code in SPOKEN]
"""Those the portal speaks, each by its own name."""
# Each field of the page and the column of the person that says where it came from.
COLUMNS = {
    "name": "name",
    "phone": "phone",
    "street": "address",
    "postcode": "address",
    "city": "address",
    "area": "address",
    "country": "country",
}


ATTRIBUTES = {
    "name": "name",
    "phone": "phone_typed",
    "address": "address",
    "country": "country",
    "language": "language",
}
"""Each field that is corrected, and the column whose old and new value are kept."""


class ProfileForm(ComparesWithShown, AddressFields):
    """Everything but the name may be empty: what is taken out here is forgotten."""

    personal = {
        "name": ("person.name", PURPOSE),
        "phone": ("person.phone", PURPOSE),
        "street": ("person.address", PURPOSE),
        "language": ("contact.preferences", PURPOSE),
    }
    address_required = False
    field_order = ("name", "phone", "country", "street", "postcode", "city", "area", "language")

    name = NameField(
        label=sentence("Name"),
        error_messages={
            "required": _("Enter your name"),
            "max_length": _("Your name must be 200 characters or fewer"),
        },
    )
    phone = PhoneField(required=False, help_text=_("Leave it empty, and we forget it."))
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Pages and mails come in it."),
        choices=LANGUAGES,
        error_messages={
            "required": _("Choose a language"),
            "invalid_choice": _("Choose a language from the list"),
        },
    )

    def __init__(self, *args: Any, origins: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.origins = origins


def known(person: Person) -> dict[str, Any]:
    """What stands in the form, opened in the caller's act."""
    parts = {part: said for part, said in (person.address or {}).items() if part != "country"}
    return {
        "name": person.name,
        "phone": person.phone_typed or "",
        "country": person.country or "",
        **parts,
        "language": person.language,
    }


def origins(person: Person, values: dict[str, Any]) -> dict[str, str]:
    """ "From sign-up, 3 May 2026" for each value there is."""
    came = {column: provenance(person, column) for column in set(COLUMNS.values())}
    return {
        name: gettext("From {source}, {day}").format(source=source_in_words(at.source), day=written(at.day))
        for name, column in COLUMNS.items()
        if values.get(name) and (at := came[column]) is not None
    }


def correct(*, request: OwnRequest, person: Person, form: ProfileForm) -> list[str]:
    """Correct what differs, and nothing else, so that the rest keeps its day and its origin.

    Returns what was corrected.
    """
    given = form.cleaned_data
    phone: Phone | None = given["phone"]
    with (
        transaction.atomic(),
        gate.purpose(RIGHT, reader=request.reader, about=person, source="your profile"),
    ):
        wanted: dict[str, tuple[Any, Any]] = {
            "name": (person.name, given["name"]),
            "phone": (person.phone_typed or None, phone.typed if phone else None),
            "address": (person.address or None, form.address or None),
            "country": (person.country or None, form.address_country or None),
            "language": (person.language, given["language"]),
        }
        changed = [field for field, (before, after) in wanted.items() if before != after]
        changes = {field: phone if field == "phone" else wanted[field][1] for field in changed}
        directly(reader=request.reader, person=person, changes=changes, attributes=ATTRIBUTES)
    return changed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: OwnRequest) -> HttpResponse:
    """See and correct. What was typed wrong is shown again as typed, with status 422."""
    person = request.person
    with gate.purpose(RIGHT, reader=request.reader, about=person):
        values = known(person)
    form = ProfileForm(request.POST or None, initial=values, origins=origins(person, values))
    context = {"form": form, "email": request.user.email}
    if request.method != "POST":
        return render(request, "rights/profile.html", context)
    if not form.is_valid():
        return invalid(request, "rights/profile.html", context)
    changed = correct(request=request, person=person, form=form)
    if "name" in changed:
        greeting.forget(request)
    if "language" in changed and not request.addressed_language:
        # She reads what comes of it in the language she has just chosen.
        activate(form.cleaned_data["language"])
    messages.success(
        request,
        gettext("Your profile is corrected.")
        if changed
        else gettext("Nothing differed, so nothing was changed."),
    )
    return redirect("profile")
