"""A letter without an e-mail address is confirmed at the desk, also when somebody asks for another."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.people.models import Person
from kept.rights import flows as copies
from kept.rights.requests import fulfilment
from kept.rights.requests.askers import authority_checks
from kept.rights.requests.at_the_desk import by_hand
from kept.rights.requests.models import Request
from kept.rights.requests.tests.conftest import unknown
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
POST = {
    "channel": "letter",
    "kind": "access",
    "email": "",
    "answer_by": "post",
    "address": {"street": "Rue Haute 1", "city": "Liège", "country": "BE"},
}
GIVEN = {"by-hand-email": "alice@example.com", "by-hand-asker": "self", "by-hand-check": "post-code"}
LAWYER = {
    **GIVEN,
    "by-hand-asker": "lawyer",
    "by-hand-check": "authority",
    "by-hand-note": "Power of attorney of 3 May 2026",
}


@pytest.mark.parametrize(
    ("given", "told"), [(GIVEN, "you asked"), (LAWYER, "lawyer or other authorised person may ask for you")]
)
def test_it_works(
    alice: User, dana: User, client_of: Callable[[User], Client], given: dict[str, str], told: str
) -> None:
    request = unknown(**POST).request
    client_of(dana).post(f"/desk/requests/{request.pk}/checking/", given)
    request.refresh_from_db()
    assert request.person == alice.person and request.steps.filter(kind="checked", role="controller").exists()
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert any(told in str(one.detail.get("what")) for one in timeline(alice.person.pk, limit=20))
    assert "Carry it out" in unescape(client_of(dana).get(f"/desk/requests/{request.pk}/").content.decode())


@pytest.mark.parametrize(
    "more", [{"by-hand-email": "nobody@example.com"}, {"by-hand-asker": "parent"}, {"by-hand-email": ""}]
)
def test_what_is_not_shown_is_not_sure(alice: User, dana: User, client_of: Any, more: dict[str, str]) -> None:
    request = unknown(**POST).request
    assert (
        client_of(dana).post(f"/desk/requests/{request.pk}/checking/", {**GIVEN, **more}).status_code == 422
    )
    request.refresh_from_db()
    assert request.person is None and not request.steps.filter(kind="checked").exists()


PAPER = [
    {"phone": "+32 4 123 45 67"},
    {"name": "eve paper", "postcode": "b-4020"},
    {"name": "Eve Paper", "postcode": "4020", "phone": "04 123 45 67"},
]


@pytest.fixture
def eve(policy: Any) -> Person:
    """Known by phone and by post, and by no mail address."""
    with gate.purpose("registration", reader=SystemReader(job="a test"), about=Job("a test")):
        person = Person.objects.enrol(name="Eve Paper", email="", controller="cet-power")
        person.address, person.country = (
            {
                "street": "Rue Haute 1",
                "postcode": "B-4020",
                "city": "Liège",
            },
            "BE",
        )
        person.correct("phone", "+3241234567")
        person.save()
        return person


def checked(client: Client, request: Request, **known: str) -> int:
    given = {
        "by-hand-asker": "self",
        "by-hand-check": "call-back",
        **{f"by-hand-{name}": value for name, value in known.items()},
    }
    status = client.post(f"/desk/requests/{request.pk}/checking/", given).status_code
    request.refresh_from_db()
    return status


@pytest.mark.parametrize("known", PAPER)
def test_nobody_needs_a_mail_address(eve: Person, dana: User, client_of: Any, known: dict[str, str]) -> None:
    request = unknown(**POST).request
    assert checked(client_of(dana), request, **known) == 302 and request.person == eve


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Eve Paper"},
        {"postcode": "4020"},
        {"name": "Eve Paper", "postcode": "4021"},
        {"phone": "+32 4 123 45 67", "name": "Bob", "postcode": "4020"},
    ],
)
def test_what_does_not_fit_names_nobody(
    eve: Person, dana: User, client_of: Any, known: dict[str, str]
) -> None:
    request = unknown(**POST).request
    assert checked(client_of(dana), request, **known) == 422 and request.person is None


def test_two_whom_it_fits_are_nobody(eve: Person, dana: User, client_of: Any) -> None:
    with gate.purpose("registration", reader=SystemReader(job="a test"), about=Job("a test")):
        Person.objects.enrol(name="Eve Other", email="", controller="cet-power").correct(
            "phone", "+3241234567"
        )
    request = unknown(**POST).request
    assert checked(client_of(dana), request, phone="+3241234567") == 422 and request.person is None


def test_killed_in_between_it_leaves_nothing_half(
    eve: Person, desk: StaffReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = unknown(**POST).request

    def killed(*args: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(authority_checks.letters, "follow", killed)
    with pytest.raises(KeyboardInterrupt):
        by_hand.confirm(request=request, by=desk, asker="self", check="call-back", phone="+3241234567")
    request.refresh_from_db()
    assert request.person is None and not request.steps.filter(kind__in=("checked", "identified")).exists()
    monkeypatch.undo()
    by_hand.confirm(request=request, by=desk, asker="self", check="call-back", phone="+3241234567")
    assert request.person == eve


def test_a_letter_is_carried_out_and_answered_on_paper(eve: Person, dana: User, client_of: Any) -> None:
    request, client = unknown(**POST).request, client_of(dana)
    checked(client, request, phone="+3241234567")
    client.post(f"/desk/requests/{request.pk}/carrying-out/")
    assert copies.make_due() == 1 and fulfilment.answer_made() == 1
    page = unescape(client.get(f"/desk/requests/{request.pk}/").content.decode())
    assert "Take the copy that goes with it" in page
    assert "comes with this letter" in client.get(f"/desk/requests/{request.pk}/letter/").content.decode()
    assert b"".join(client.get(f"/desk/requests/{request.pk}/copy/").streaming_content).startswith(b"PK")
    client.post(f"/desk/requests/{request.pk}/posting/")
    request.refresh_from_db()
    assert request.outcome == "fulfilled" and request.closed_at
    assert client.get(f"/desk/requests/{request.pk}/copy/").status_code == 404
