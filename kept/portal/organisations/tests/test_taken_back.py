"""Whoever takes their ID back finds their organisations as they were: an accomplice made owner stays no
owner, nor does what they did.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import AGAIN, ENDINGS, CannotKeep, Ended
from kept.equipment.models import Unit
from kept.people.models import Membership, Organisation
from kept.portal.organisations.jobs import pass_wishes_on
from kept.portal.organisations.models import Joining
from kept.portal.organisations.tests.test_organisations import (
    PAGE,
    found,
    invited,
    letters,
    machine,  # noqa: F401 (a fixture)
)
from kept.testing import customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def works(alice: User) -> Organisation:
    """Alice has owned it for a year, and Dana has been its buyer as long."""
    made = found(alice)
    made.admit(customer("Noor Vale", "noor@example.org").person, role="buyer")
    Membership.objects.update(since=timezone.now() - timedelta(days=365))
    return made


@pytest.fixture
def thief(client_of: Any, alice: User) -> Client:
    """A browser in which somebody else is signed in as Alice."""
    browser: Client = client_of(alice)
    return browser


@pytest.fixture
def accomplice(client_of: Any, charlie: User) -> Client:
    browser: Client = client_of(charlie)
    return browser


def recovered(whose: str = "alice@example.com") -> list[Ended]:
    user, since = User.objects.get(email=whose), timezone.now() - timedelta(hours=72)
    return [
        Ended(one) if isinstance(one, str) else one for end in ENDINGS.values() for one in end(user, since)
    ]


def roles(works: Organisation) -> dict[str, str]:
    return {
        row.person.account.email.partition("@")[0]: row.role
        for row in works.memberships.current().select_related("person__account")
    }


def let_in(thief: Client, accomplice: Client, works: Organisation, role: str = "owner") -> None:
    accomplice.post(invited(thief, works, role=role), {"accept": "yes"})
    assert roles(works)["charlie"] == role


def post(browser: Client, works: Organisation, whose: str, **said: str) -> None:
    row = works.memberships.current().get(person__account__email__startswith=whose)
    assert browser.post(f"{PAGE}{works.pk}/members/{row.pk}/", said).status_code == 302


WAS = {"alice": "owner", "noor": "buyer"}


def test_an_accomplice_made_owner_is_out_and_told(
    thief: Client, accomplice: Client, works: Organisation
) -> None:
    let_in(thief, accomplice, works)
    told = [one.what for one in recovered()]
    assert roles(works) == WAS and any("let into your organisation" in one for one in told)
    assert accomplice.get(f"{PAGE}{works.pk}/").status_code == 404
    assert "you belong to it no longer" in letters("charlie@example.com")[-1].body
    assert not [one for one in recovered() if "organisation" in one.what], "once"


def test_what_the_accomplice_did_goes_with_them(
    thief: Client, accomplice: Client, works: Organisation, client_of: Any
) -> None:
    """The owner is put out, a third one let in, the buyer shown the door, and the accomplice alone is
    left.
    """
    third = customer("Kim Third", "kim@example.org")
    let_in(thief, accomplice, works)
    client_of(third).post(invited(accomplice, works, "kim@example.org", "owner"), {"accept": "yes"})
    post(accomplice, works, "noor", leave="yes")
    post(client_of(third), works, "alice", role="viewer")
    post(accomplice, works, "alice", leave="yes")
    assert roles(works) == {"charlie": "owner", "kim": "owner"}
    link = invited(accomplice, works, "later@example.org", "owner")
    recovered()
    assert roles(works) == WAS and Client().get(link).status_code == 410
    page = client_of(User.objects.get(email="alice@example.com")).get(f"{PAGE}{works.pk}/").content.decode()
    assert "Noor Vale" in page and "Charlie" not in page and "Kim" not in page


def test_a_role_handed_away_and_left_is_hers_again(thief: Client, works: Organisation) -> None:
    post(thief, works, "noor", role="owner")
    post(thief, works, "alice", leave="yes")
    assert roles(works) == {"noor": "owner"}
    recovered()
    assert roles(works) == WAS
    assert "your role there is again what it was" in letters("noor@example.org")[-1].body


def test_what_another_owner_did_stays(
    thief: Client, accomplice: Client, works: Organisation, client_of: Any
) -> None:
    """An owner whom nobody stole lets Charlie in anew, and makes Noor an engineer: that is theirs to
    decide.
    """
    other = customer("Odd Owner", "odd@example.org")
    works.admit(other.person, role="owner")
    Membership.objects.filter(person=other.person).update(since=timezone.now() - timedelta(days=365))
    let_in(thief, accomplice, works)
    post(client_of(other), works, "charlie", role="viewer")
    post(thief, works, "noor", role="owner")
    post(client_of(other), works, "noor", role="engineer")
    recovered()
    assert roles(works) == {"alice": "owner", "odd": "owner", "charlie": "viewer", "noor": "engineer"}


def test_what_is_older_than_72_hours_stays(thief: Client, accomplice: Client, works: Organisation) -> None:
    let_in(thief, accomplice, works)
    Membership.objects.filter(role="owner").update(since=timezone.now() - timedelta(hours=73))
    recovered()
    assert roles(works)["charlie"] == "owner"


def test_a_wish_the_thief_agreed_to(thief: Client, accomplice: Client, works: Organisation) -> None:
    accomplice.post(f"{PAGE}wishes/", {"vat": "BE0123456749"})
    pass_wishes_on()
    thief.post(f"{PAGE}joinings/{Joining.objects.get().pk}/", {"verb": "agree"})
    assert roles(works)["charlie"] == "viewer"
    recovered()
    assert roles(works) == WAS


def test_she_is_no_member_of_what_the_thief_joined_in_her_name(
    thief: Client, accomplice: Client, charlie: User
) -> None:
    theirs = found(charlie, vat="BE0404616494", name="Somebody Else")
    thief.post(invited(accomplice, theirs, "alice@example.com"), {"accept": "yes"})
    assert roles(theirs) == {"charlie": "owner", "alice": "engineer"}
    (told,) = [one for one in recovered() if one.again.startswith("membership:")]
    assert roles(theirs) == {"charlie": "owner"}
    AGAIN["membership"](User.objects.get(email="alice@example.com"), told.again.partition(":")[2])
    assert roles(theirs) == {"charlie": "owner", "alice": "engineer"}


def test_a_dissolved_organisation_stands_again_with_its_machines(
    alice: User,
    thief: Client,
    machine: Unit,  # noqa: F811 (the fixture)
) -> None:
    works = Organisation.objects.get()
    Membership.objects.get(role="buyer").leave()
    Membership.objects.filter(role="buyer").update(until=timezone.now() - timedelta(days=10))
    before = machine.holding
    thief.post(f"{PAGE}{works.pk}/dissolving/")
    assert roles(works) == {} and machine.holding.person_id == alice.person_id
    recovered()
    assert roles(works) == {"alice": "owner"} and machine.holding == before


def test_a_role_she_gave_herself_is_given_again(
    thief: Client, accomplice: Client, works: Organisation, alice: User, charlie: User
) -> None:
    let_in(thief, accomplice, works, "engineer")
    (told,) = [one for one in recovered() if one.again.startswith("membership:")]
    number = told.again.partition(":")[2]
    with pytest.raises(CannotKeep):
        AGAIN["membership"](charlie, number[:-1] + "0")
    AGAIN["membership"](alice, number)
    assert roles(works) == {**WAS, "charlie": "engineer"}
    with pytest.raises(CannotKeep, match="again already"):
        AGAIN["membership"](alice, number)


def test_an_organisation_made_in_her_name_is_named(alice: User) -> None:
    works = found(alice)
    assert any("was made in your name" in one.what for one in recovered()) and roles(works) == {
        "alice": "owner"
    }
