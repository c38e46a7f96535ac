"""A proof that cannot fail is a defect: each is broken once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from kept.accounts.models import User
from kept.accounts.proofs import one_id
from kept.core.vault.subject_keys import keys
from kept.people.models import Person

pytestmark = pytest.mark.django_db


def test_it_waits_while_there_is_nobody(policy: Any) -> None:
    assert one_id().kept is None


def test_it_holds_for_the_cast(alice: User, bob: User) -> None:
    proof = one_id()
    assert proof.kept is True and proof.figure == "2 of 2"


def test_an_id_without_a_person_breaks_it(alice: User) -> None:
    User.objects.update(person=None)
    proof = one_id()
    assert proof.kept is False and proof.figure == "0 of 1"


def test_an_address_in_another_form_breaks_it(alice: User) -> None:
    User.objects.update(email="Alice@Example.com")
    assert one_id().kept is False


def test_an_id_that_nobody_made_breaks_it(alice: User, charlie: User) -> None:
    """Put into the tables past the sign-up: no act of the ledger tells of it."""
    subject = uuid4()
    keys.enrol(subject, "cet-power")
    _copied(charlie.person_id, subject)
    made_up = User.objects.create_user("eve@example.com", "otter lantern gravel", person_id=subject)
    made_up.confirm()
    proof = one_id()
    assert proof.kept is False and "1 IDs were never made" in proof.text


def _copied(of: UUID, to: UUID) -> None:
    """The row of somebody, once more under another id."""
    columns = [str(field.column) for field in Person._meta.concrete_fields if field.column != "id"]
    names = ", ".join(columns)
    stored = Person._meta.pk.get_db_prep_value
    with connection.cursor() as cursor:
        statement = (
            f"INSERT INTO people_person (id, {names}) SELECT %s, {names} FROM people_person WHERE id = %s"
        )
        cursor.execute(statement, [stored(to, connection), stored(of, connection)])
