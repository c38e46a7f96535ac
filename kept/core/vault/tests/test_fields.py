"""Sealed fields: what goes in, what stands in the database, what comes out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.vault.columns.values import ERASED, provenance
from kept.core.vault.errors import PurposeRequired
from kept.core.vault.gate import purpose
from kept.core.vault.subject_keys import keys
from kept.core.vault.tests.conftest import Matter, themselves
from kept.core.vault.tests.models import Held, Person, Purchase, Talk

pytestmark = pytest.mark.django_db


def test_it_works(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        found = Person.objects.get(pk=alice.pk)
        assert (found.name, found.email) == ("Alice Martin", "alice@example.com")


def test_the_database_holds_no_value(alice: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM vault_person")
        row = cursor.fetchone()
    held = b" ".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    assert b"Alice" not in held and b"example" not in held and b"555" not in held
    assert b"test.person.name" in held


def test_it_reads_inside_a_purpose_only(alice: Person) -> None:
    found = Person.objects.get(pk=alice.pk)
    with pytest.raises(PurposeRequired):
        found.name
    with pytest.raises(PurposeRequired):
        alice.name


def test_a_value_knows_where_it_came_from(alice: Person) -> None:
    known = provenance(Person.objects.get(pk=alice.pk), "phone")
    assert known is not None
    assert (known.policy, known.day, known.source) == (1, timezone.localdate(), "sign-up")
    assert (known.field_id, known.category) == ("test.person.phone", "contact.phone")


def test_saving_again_keeps_what_was_not_opened(alice: Person) -> None:
    before = raw(alice, "name")
    found = Person.objects.get(pk=alice.pk)
    found.language = "fr"
    found.save()
    assert raw(alice, "name") == before


def test_every_inner_field_comes_back_equal(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        bought = Purchase.objects.create(person=alice, serial="1204-88-7", bought=date(2026, 2, 28))
        assert Purchase.objects.get(pk=bought.pk).bought == date(2026, 2, 28)
    with purpose("support", reader=themselves(alice.pk), about=alice):
        talk = Talk.objects.create(purchase=bought, text="", details={"ключ": [1, None, "é"]})
        found = Talk.objects.get(pk=talk.pk)
        assert (found.text, found.details) == ("", {"ключ": [1, None, "é"]})


def test_a_row_may_belong_to_one_of_two(alice: Person) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        held = Held.objects.create(person_id=alice.pk, since="2026-03-01")
        assert Held.objects.get(pk=held.pk).since == date(2026, 3, 1)
    assert list(Held.objects.filter(Held.of_subject(alice.pk))) == [held]


def test_deferred_fields_load_and_open(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.only("id").get(pk=alice.pk).email == "alice@example.com"
        assert Person.objects.defer("email").get(pk=alice.pk).email == "alice@example.com"
    found = Person.objects.only("language").get(pk=alice.pk)
    found.language = "nl"
    found.save()
    assert raw(alice, "name")


def test_refreshing_opens_nothing(alice: Person, bob: Any, matter: Matter) -> None:
    stale = Person.objects.get(pk=alice.pk)
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        alice.name = "Alice Peeters"
        alice.save(update_fields=["name"])
    stale.refresh_from_db()
    with purpose("support", reader=bob, about=matter):
        assert stale.name == "Alice Peeters"


def test_bulk_create_and_bulk_update(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        rows = Purchase.objects.bulk_create(
            [Purchase(person=alice, serial=str(n), bought=date(2026, 1, n)) for n in range(1, 8)]
        )
        for row in rows:
            row.bought = date(2025, 1, row.bought.day)
            row.serial = "x" + row.serial
        assert Purchase.objects.bulk_update(rows, ["bought", "serial"]) == 7
        found = Purchase.objects.order_by("serial")
        assert [(row.serial, row.bought) for row in found] == [
            (f"x{n}", date(2025, 1, n)) for n in range(1, 8)
        ]


def test_bulk_update_keeps_the_index_of_what_it_seals(alice: Person, bob: Any, matter: Matter) -> None:
    with purpose("registration", reader=themselves(alice.pk), about=alice):
        alice.email, alice.name = "martin@example.com", "Zoe Martin"
        Person.objects.bulk_update([alice], ["email", "name"])
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.find(email="martin@example.com").get() == alice
        assert not Person.objects.find(email="alice@example.com").exists()
        assert Person.objects.search(name="zoe") == [alice]
        assert Person.objects.search(name="alice") == []


def test_an_empty_value_stays_empty(charlie: Person, bob: Any, matter: Matter) -> None:
    assert list(Person.objects.filter(phone__isnull=True)) == [charlie]
    assert Person.objects.filter(phone__isnull=False).count() == 0
    with purpose("support", reader=bob, about=matter):
        assert Person.objects.get(pk=charlie.pk).phone is None


def test_a_list_shows_erased(alice: Person, charlie: Person, bob: Any, matter: Matter) -> None:
    keys.destroy(charlie.pk)
    with purpose("support", reader=bob, about=matter):
        assert {person.name for person in Person.objects.all()} == {"Alice Martin", ERASED}


def test_lengths_tell_no_name(enrolled: Callable[..., Person]) -> None:
    assert len(raw(enrolled(name="Al"), "name")) == len(raw(enrolled(name="Alexandra Ray"), "name"))


def raw(row: Any, name: str) -> bytes:
    return bytes(type(row).objects.get(pk=row.pk).__dict__[name].raw)
