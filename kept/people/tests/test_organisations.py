"""Organisations: founded, joined, left; what is theirs stays theirs."""

import pytest

from kept.core.vault.errors import NotAllowed
from kept.core.vault.gate import purpose
from kept.people.models import LastOwner, Membership, Organisation
from kept.people.tests.conftest import herself

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def works(alice_person):
    return founded(alice_person)


def founded(person) -> Organisation:
    organisation = Organisation(controller="cet-power")
    with purpose("account", reader=herself(person.pk, organisation.pk), about=person, source="profile"):
        return Organisation.objects.found(
            id=organisation.pk, name="Moulin Télécom", vat="BE0123456749", by=person
        )


def test_founding_makes_the_founder_its_owner(works, alice_person):
    assert alice_person.organisations() == {works.pk}
    assert alice_person.memberships.get().role == Role.OWNER
    with purpose("account", reader=herself(alice_person.pk, works.pk), about=alice_person):
        assert works.name == "Moulin Télécom"


def test_founding_needs_a_reader_who_is_its_member(alice_person):
    with purpose("account", reader=herself(alice_person.pk), about=alice_person), pytest.raises(NotAllowed):
        Organisation.objects.found(name="Moulin Télécom", by=alice_person)
    assert not Organisation.objects.exists()


def test_it_is_found_by_name_and_vat(works, bob_reads):
    with bob_reads():
        assert [found.pk for found in Organisation.objects.search(name="moulin tele")] == [works.pk]
        assert [found.pk for found in Organisation.objects.find(vat="be 0123.456.749")] == [works.pk]


def test_a_new_role_ends_the_old_membership(works, charlie_person):
    first = works.admit(charlie_person, role=Role.VIEWER)
    second = works.admit(charlie_person, role=Role.ENGINEER)
    first.refresh_from_db()
    assert first.until and second.until is None
    assert works.admit(charlie_person, role=Role.ENGINEER).pk == second.pk


def test_the_last_owner_cannot_leave(works, alice_person, charlie_person):
    with pytest.raises(LastOwner, match="Make somebody else an owner first"):
        alice_person.memberships.get().leave()
    works.admit(charlie_person, role=Role.OWNER)
    alice_person.memberships.get().leave()
    assert alice_person.organisations() == set()


def test_a_person_goes_and_the_organisation_stays(works, alice_person):
    alice_person.delete()
    assert Organisation.objects.filter(pk=works.pk).exists()
    assert not works.memberships.exists()
