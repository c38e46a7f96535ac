"""Somebody asks for somebody else: apart from whom it is about, proven before anything is said, and told to
both.
"""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.register.destroying import erasing
from kept.core.register.proving import proofs
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.outbox.models import Message
from kept.rights.access import records
from kept.rights.requests import flows
from kept.rights.requests.askers import authority_checks
from kept.rights.requests.course import fulfilment_registry
from kept.rights.requests.models import Asker, Authority, Representative, Request
from kept.rights.requests.tests.conftest import unknown
from kept.testing import default_policy, reader_of

pytestmark = pytest.mark.django_db
LAWYER = {"name": "Eve Advocaat", "email": "eve@lawyers.example"}
ALICE = flows.ForWhom("lawyer", "Alice Example", "alice@example.com", "Power of attorney of 3 May 2026")
SEEN = {
    "by-hand-email": "alice@example.com",
    "by-hand-asker": "lawyer",
    "by-hand-check": "authority",
    "by-hand-note": "The power of attorney, in paper",
}
HEIR = {**SEEN, "by-hand-asker": "heir", "by-hand-telling": "dead"}


def asked(**more: Any) -> Request:
    return unknown(**{"kind": "access", **LAWYER, "for_whom": ALICE, **more}).request


def mails(template: str = "") -> list[tuple[Any, str, str]]:
    """(whose, to, body) of what waits, oldest first."""
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job("a test")):
        return [
            (one.subject, one.to, one.body)
            for one in Message.objects.filter(template__contains=template).order_by("queued_at")
        ]


def check(client: Client, request: Request, **more: str) -> Any:
    answer = client.post(f"/desk/requests/{request.pk}/checking/", {**SEEN, **more})
    request.refresh_from_db()
    return answer


@pytest.fixture
def desk_of(dana: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(dana)


def test_asker_and_subject_stand_in_columns_of_their_own(alice: User, desk_of: Client) -> None:
    request = asked()
    asker = request.representative
    assert asker.keeper != request.keeper and request.person is None
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job("a test")):
        row = Request.objects.get(pk=request.pk)
        assert (row.name, row.email) == ("Alice Example", "alice@example.com")
        one = Representative.objects.get(request=row)
        assert (one.name, one.email) == ("Eve Advocaat", "eve@lawyers.example")
    page = unescape(desk_of.get(f"/desk/requests/{request.pk}/").content.decode())
    for said in (
        "Eve Advocaat",
        "eve@lawyers.example",
        "Alice Example",
        "A lawyer or other authorised person",
        "Power of attorney of 3 May 2026",
    ):
        assert said in page
    assert [(whose, to) for whose, to, _ in mails()] == [(asker.keeper, "eve@lawyers.example")], (
        "nothing goes to an address nobody checked"
    )


def test_nothing_is_said_or_done_before_it_is_confirmed(alice: User, desk: Any, desk_of: Client) -> None:
    request = asked()
    with pytest.raises(flows.NotYet, match="Nobody has confirmed"):
        flows.answer(request=request, by=desk, text="All of it.")
    with pytest.raises(fulfilment_registry.CannotCarryOut, match="Nobody has confirmed"):
        fulfilment_registry.carry_out(request, by=desk)
    with pytest.raises(flows.NotYet, match="a code says nothing of that"):
        flows.ask_identity(request=request, by=desk)
    with pytest.raises(flows.NotYet, match="Nobody has confirmed"):
        flows.identified(request=request, person=alice.person)
    assert "Carry it out" not in desk_of.get(f"/desk/requests/{request.pk}/").content.decode()
    request.refresh_from_db()
    assert request.person is None and not request.answered_at


def test_once_it_stands_the_answer_goes_to_the_asker_and_the_subject_is_told(
    alice: User, desk: Any, desk_of: Client
) -> None:
    request = asked()
    before = request.keeper
    check(desk_of, request)
    authority = Authority.objects.get(request=request)
    assert (
        authority.stands
        and authority.role == "controller"
        and authority.telling == "told"
        and request.person == alice.person
    )
    assert before and keys.erased(before)
    [(whose, to, body)] = mails("represented")
    assert (whose, to) == (alice.subject, "alice@example.com") and "Eve Advocaat" in body
    flows.answer(request=request, by=desk, text="Here is all of it.")
    [(whose, to, body)] = mails("answer")
    assert (whose, to) == (
        request.representative.keeper,
        "eve@lawyers.example",
    ) and "Here is all of it." in body
    assert proofs.run("requests.in_time").state == proofs.KEPT, proofs.run("requests.in_time").text


def test_each_reads_what_is_theirs_in_their_own_data(
    alice: User, bob: User, charlie: User, desk_of: Client
) -> None:
    request = flows.receive(
        kind="access",
        text="For my client.",
        channel="site",
        country="BE",
        reader=reader_of(charlie),
        for_whom=ALICE,
        name="Charlie",
        email="charlie@example.com",
    ).request
    assert request.representative.keeper == charlie.subject and request.person is None
    check(desk_of, request)

    def of(user: User) -> str:
        with gate.purpose("own-data", reader=reader_of(user), about=user.person):
            return str(list(records.groups(user.subject, default_policy())))

    assert "The power of attorney, in paper" in of(alice) and "charlie@example.com" not in of(alice)
    assert "What you asked for somebody else" in of(charlie) and "The power of attorney" not in of(charlie)


def test_a_refusal_says_what_is_missing(alice: User, desk_of: Client) -> None:
    request = asked()
    address = f"/desk/requests/{request.pk}/closing/"
    assert desk_of.post(address, {"closing-outcome": "denied", "closing-reason": ""}).status_code == 422
    desk_of.post(
        address, {"closing-outcome": "denied", "closing-reason": "The power of attorney is not signed."}
    )
    [(_, to, body)] = mails("closed")
    assert to == "eve@lawyers.example" and "What is missing:\nThe power of attorney is not signed." in body
    assert Authority.objects.get(request=request).refused_at and not mails("represented")


def test_what_is_missing_is_asked_for_and_the_clock_stands(alice: User, desk_of: Client) -> None:
    request = asked()
    desk_of.post(f"/desk/requests/{request.pk}/authority/", {"authority-missing": "The signature on page 2."})
    request.refresh_from_db()
    [(_, to, body)] = mails("authority")
    assert request.waiting_since and to == "eve@lawyers.example" and "The signature on page 2." in body
    assert proofs.run("requests.in_time").state == proofs.KEPT, proofs.run("requests.in_time").text
    check(desk_of, request)
    assert request.waiting_since is None and request.known


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (HEIR, 302),
        ({"by-hand-asker": "parent", "by-hand-telling": "child"}, 302),
        ({"by-hand-telling": "dead"}, 422),
        ({"by-hand-asker": "heir", "by-hand-telling": "child"}, 422),
        ({"by-hand-asker": "self", "by-hand-check": "call-back"}, 422),
        ({"by-hand-note": ""}, 422),
        ({"by-hand-proof": "1"}, 422),
    ],
)
def test_whether_the_person_is_told_is_chosen_and_shown(
    alice: User, desk_of: Client, more: dict[str, str], status: int
) -> None:
    request = asked()
    assert check(desk_of, request, **more).status_code == status
    assert not mails("represented") and request.known == (status == 302)
    if status == 302:
        shown = str(Authority.objects.get(request=request).get_telling_display())
        assert shown in unescape(desk_of.get(f"/desk/requests/{request.pk}/").content.decode())


def test_a_letter_of_a_lawyer_that_was_taken_in_as_anybodys_keeps_the_lawyer_apart(
    alice: User, desk_of: Client
) -> None:
    place = {"street": "Rue Haute 1", "city": "Liège", "country": "BE"}
    request = unknown(
        kind="access", channel="letter", name="Eve Advocaat", email="", answer_by="post", address=place
    ).request
    check(desk_of, request)
    with gate.purpose("requests", reader=SystemReader(job="a test"), about=Job("a test")):
        row = Request.objects.get(pk=request.pk)
        asker = Representative.objects.get(request=row)
        assert (
            (row.name, row.address, row.person) == (None, None, alice.person)
            and asker.name == "Eve Advocaat"
            and asker.address == place
        )
    desk_of.post(
        f"/desk/requests/{request.pk}/answer/", {"answer-text": "Here.", "answer-outcome": "answered"}
    )
    letter = unescape(desk_of.get(f"/desk/requests/{request.pk}/letter/").content.decode())
    assert "Eve Advocaat" in letter and "Rue Haute 1" in letter


def test_the_person_takes_it_back_and_the_asker_hears_of_it(
    alice: User, desk_of: Client, client_of: Callable[[User], Client]
) -> None:
    request = asked()
    check(desk_of, request)
    hers = client_of(alice)
    page = unescape(hers.get(f"/me/requests/{request.pk}/").content.decode())
    assert "Somebody asked for you" in page and "Eve Advocaat" in page and "eve@lawyers.example" not in page
    hers.post(f"/me/requests/{request.pk}/closing/")
    request.refresh_from_db()
    [(_, to, body)] = mails("closed")
    assert (
        request.outcome == "revoked"
        and to == "eve@lawyers.example"
        and "for somebody else, was taken back" in body
    )


def test_it_goes_with_whom_it_is_about(alice: User, desk_of: Client) -> None:
    request = asked()
    check(desk_of, request)
    erasing.destroy_rows(alice.subject)
    assert (
        not Authority.objects.exists()
        and not Representative.objects.exists()
        and not erasing.left_of(alice.subject)
    )
    assert Asker.objects.exists(), "the asker's own key goes with the hourly job"


def test_an_asker_who_is_forgotten_leaves_no_unchecked_address_behind(
    alice: User, charlie: User, desk: Any
) -> None:
    request = flows.receive(
        kind="access",
        text="For my client.",
        channel="site",
        country="BE",
        reader=reader_of(charlie),
        for_whom=ALICE,
        name="Charlie",
        email="charlie@example.com",
    ).request
    erasing.destroy_rows(charlie.subject)
    assert not Representative.objects.exists()
    with pytest.raises(flows.NotYet, match="No e-mail address is known"):
        authority_checks.ask_authority(request=request, by=desk, missing="The paper.")
