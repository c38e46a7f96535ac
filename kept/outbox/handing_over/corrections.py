"""Correct somebody, and whoever was handed the old value with them: one verb, so that no form can do the
first and forget the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from kept.outbox.handing_over.transfers import follow
from kept.people import contact_copies
from kept.people.models import Person

FIELDS = {
    "name": ("person.name",),
    "email": ("person.email",),
    "phone": ("person.phone", "person.phone-typed"),
    "address": ("person.address",),
    "country": ("person.country",),
    "language": ("people_person.language",),
}
"""Each correctable field of a person and the field ids it is handed over under."""
COLUMNS = {"person.phone-typed": "phone_typed", "people_person.language": "language"}


def correct(person: Person, changes: Mapping[str, Any], *, about: UUID | None = None) -> int:
    """Put new values in the place of the old ones, in copies too, and tell every recipient who had one.

    Returns how many are told.

    Joins the open act, which must be one that may change and read these fields; one transaction. Raises as
    ``Person.correct``.
    """
    with transaction.atomic():
        before = contact_copies.snapshot(person, changes)
        for field, value in changes.items():
            person.correct(field, value)
        contact_copies.follow(person, before, contact_copies.snapshot(person, changes))
        names = [name for field in changes for name in FIELDS[field]]
        values = {name: getattr(person, COLUMNS.get(name, name.rpartition(".")[2])) for name in names}
        return follow(subject=person.pk, kind="correction", values=values, about=about) if values else 0
