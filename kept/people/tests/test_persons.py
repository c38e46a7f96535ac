"""Persons: enrolled, found, corrected, and never printed."""

import pytest
from django.db import connection

from kept.core.ledger.history import entries_of
from kept.core.vault.columns.values import provenance
from kept.core.vault.errors import NotAllowed, PurposeRequired, VaultError
from kept.core.vault.gate import purpose
from kept.core.vault.subject_keys import keys
from kept.people.models import Person
from kept.people.phones import PhoneError
from kept.people.tests.conftest import herself

pytestmark = pytest.mark.django_db


def about(person, name="account"):
    return purpose(name, reader=herself(person.pk), about=person, source="profile")


def raw() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_person")
        return " ".join(
            repr(bytes(cell) if isinstance(cell, memoryview) else cell)
            for row in cursor.fetchall()
            for cell in row
        )


def test_enrolling_gives_a_key_and_seals_every_value(alice_person):
    assert not keys.erased(alice_person.pk)
    assert "Alice" not in raw() and "alice@example.com" not in raw()
    with about(alice_person):
        assert (alice_person.name, alice_person.email) == ("Alice Martin", "alice@example.com")


def test_printing_a_person_names_nobody(alice_person):
    assert "Alice" not in f"{alice_person} {alice_person!r}"
    with about(alice_person):
        assert "Alice" not in f"{alice_person} {alice_person!r}"


def test_outside_a_purpose_nothing_is_read_or_kept(alice_person):
    with pytest.raises(PurposeRequired):
        str(Person.objects.get(pk=alice_person.pk).name)
    with pytest.raises(PurposeRequired):
        alice_person.correct("name", "Alice Jones")


def test_enrolling_twice_is_refused(alice_person):
    with about(alice_person), pytest.raises(VaultError):
        Person.objects.enrol(
            id=alice_person.pk, name="Alice", email="alice@example.com", controller="cet-power"
        )


@pytest.mark.parametrize(
    "typed", ["02/123 45 67", "+32 (0)2 123 45 67", "02 123 45 67", "0032 2 1234567", "+3221234567"]
)
@pytest.mark.parametrize("asked", ["021234567", "+32 2 123.45.67"])
def test_a_phone_is_kept_as_typed_and_found_in_any_notation(alice_person, bob_reads, typed, asked):
    with about(alice_person, "registration"):
        alice_person.correct("phone", typed)
    with bob_reads():
        (found,) = Person.objects.at_phone(asked)
        assert (found.phone, found.phone_typed) == ("+3221234567", typed)


def test_the_index_itself_understands_any_notation(alice_person):
    with about(alice_person, "registration"):
        alice_person.correct("phone", "+32 2 123 45 67")
        assert Person.objects.find(phone="02/123 45 67").get() == alice_person


def test_a_number_without_country_code_is_tried_in_each_region(alice_person, bob_reads):
    with about(alice_person, "registration"):
        alice_person.correct("phone", "+1 303 555 0123")
    with bob_reads():
        assert [person.pk for person in Person.objects.at_phone("(303) 555-0123")] == [alice_person.pk]


def test_a_phone_that_is_none_changes_nothing(alice_person):
    with about(alice_person), pytest.raises(PhoneError, match="Enter a phone number, like 02 123 45 67 or"):
        alice_person.correct("phone", "call me")
    with about(alice_person):
        assert alice_person.phone is None


def test_bob_finds_her_by_name_and_email(alice_person, charlie_person, bob_reads):
    with bob_reads():
        assert [person.pk for person in Person.objects.search(name="mar ali")] == [alice_person.pk]
        assert [person.pk for person in Person.objects.find(email=" ALICE@example.com")] == [alice_person.pk]
        assert not Person.objects.search(name="bob")


def test_bob_may_not_see_her_postal_address(alice_person, bob_reads):
    with about(alice_person, "registration"):
        alice_person.correct("address", {"street": "Rue du Moulin 4", "postcode": "4020", "city": "Liège"})
        alice_person.correct("country", "BE")
        assert alice_person.address_lines == ["Rue du Moulin 4", "4020 Liège", "Belgium"]
    with bob_reads(), pytest.raises(NotAllowed):
        str(Person.objects.get(pk=alice_person.pk).address_lines)


def test_correcting_returns_where_the_old_value_came_from_and_is_on_record(alice_person):
    with about(alice_person):
        before = alice_person.correct("name", "Alice Jones")
    assert (before.source, before.field_id) == ("sign-up", "person.name")
    assert provenance(Person.objects.get(pk=alice_person.pk), "name").source == "profile"
    latest = entries_of(keys.alias(alice_person.pk))[0]
    assert (latest.kind, latest.detail["changed"]) == ("changed", ["person.name"])
    assert "Jones" not in str(latest)


def test_a_first_value_is_collected_not_changed(alice_person):
    with about(alice_person, "registration"):
        assert alice_person.correct("phone", "02 123 45 67") is None
    assert entries_of(keys.alias(alice_person.pk))[0].kind == "collected"


def test_only_correctable_fields_are_corrected(alice_person):
    with about(alice_person), pytest.raises(ValueError, match="cannot be corrected"):
        alice_person.correct("controller", "moon")


def test_a_person_is_not_corrected_by_somebody_else(alice_person, charlie_person):
    with about(charlie_person), pytest.raises(NotAllowed):
        alice_person.correct("name", "Mallory")
