"""Every name, e-mail, phone and address that is held beside the profile says what becomes of it when the
profile changes.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from kept.core.vault.columns.field import SealedField
from kept.people import contact_copies
from kept.people.models import Person

# Of these the address is the thing itself, or a library's row of it: changing it is what the others follow.
THE_THING_ITSELF = {"accounts.User.email", "account.EmailAddress.email"}


def sealed() -> list[tuple[str, str]]:
    """(field id, where) of every sealed contact field of any model but the profile itself."""
    found = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, SealedField)
                and field.category in contact_copies.CATEGORIES
                and model is not Person
            ):
                found.append((field.field_id, f"{model._meta.label}.{field.name}"))
    return found


def unsaid(fields: list[tuple[str, str]]) -> list[str]:
    return [
        where
        for id, where in fields
        if id not in contact_copies.FOLLOWING and id not in contact_copies.STAYING
    ]


def test_each_copy_follows_or_says_why_it_must_not() -> None:
    assert len(sealed()) > 10
    assert unsaid(sealed()) == []


def test_a_copy_nobody_spoke_of_is_seen() -> None:
    assert unsaid([("parcel.address", "parcels.Parcel.address")]) == ["parcels.Parcel.address"]


def test_nothing_follows_and_stays_at_once_and_each_reason_is_a_sentence() -> None:
    assert not contact_copies.FOLLOWING.keys() & contact_copies.STAYING.keys()
    assert [
        id for id, because in contact_copies.STAYING.items() if len(because) < 20 or not because.endswith(".")
    ] == []


def test_no_address_lies_in_a_plain_column_beside_the_sign_in() -> None:
    plain = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.EmailField) and not isinstance(field, SealedField)
    }
    assert plain == THE_THING_ITSELF


@pytest.mark.parametrize("id", sorted(contact_copies.FOLLOWING) or ["none"])
def test_whatever_follows_is_a_sealed_field_of_a_category_that_its_source_has(id: str) -> None:
    copy = contact_copies.FOLLOWING[id]
    field: Any = copy.model._meta.get_field(copy.name)
    assert field.category == {"name": "identity.name"}.get(copy.of, f"contact.{copy.of}")
