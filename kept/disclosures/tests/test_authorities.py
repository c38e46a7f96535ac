"""A demand of an authority: one writes it down, another decides, the least goes, and the person is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.disclosures.authorities import flows
from kept.disclosures.authorities.flows import NotPossible, grant, refuse, tell_and_close, write_down
from kept.disclosures.authorities.models import Demand, DemandCount
from kept.disclosures.proofs import two_people
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure, Message
from kept.rights.correction import manual_notices
from kept.testing import reader_of, staff

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {
    "purpose": "legal-demand",
    "authority": "Court of first instance",
    "basis": "Code of criminal procedure, art. 46bis; file 12/2026",
    "authenticity": "Called back at the number of their own site",
    "kinds": ["identity.name", "contact.email"],
}
TYPED = {**SAID, "email": "alice@example.com"}


@pytest.fixture
def officer(policy: Any) -> Any:
    """The privacy officer: the second of the two."""
    return staff("Dana Peeters", "officer@example.com", "officer")


def post_of(user: Any) -> StaffReader:
    held = StaffMember.objects.get(user=user)
    return StaffReader(role=held.role, entity=held.entity, actor=user.subject)


@pytest.fixture
def demand(alice: Any, dana: Any) -> Demand:
    return write_down(by=post_of(dana), email="alice@example.com", **SAID)


def test_another_company_reads_and_decides_nothing(client_of: Any, demand: Demand) -> None:
    there = staff("Eve", "eve@example.com", "officer", entity="cet-energy-solutions")
    client: Client = client_of(there)
    address = f"/desk/authorities/{demand.pk}/"
    assert demand.reference not in client.get("/desk/authorities/").content.decode()
    assert client.get(address).status_code == 404
    assert client.post(f"{address}granting/").status_code == 404
    assert client.post(f"{address}refusal/", {"why": "No"}).status_code == 404
    with pytest.raises(NotPossible):
        grant(demand, by=post_of(there))
    with pytest.raises(NotPossible, match="No ID"):
        write_down(by=post_of(there), email="alice@example.com", **SAID)
    assert not Disclosure.objects.exists() and Demand.objects.count() == 1


def test_two_people_and_the_least_goes(alice: Any, dana: Any, officer: Any, demand: Demand) -> None:
    grant(demand, by=post_of(officer))
    row = Disclosure.objects.get()
    assert row.fields == ["person.email", "person.name"] and row.approver == "officer"
    assert row.key == demand.key and row.recipient == "courts-and-authorities"
    carry()
    row.refresh_from_db()
    opened = manual_notices.open_item(row, by=post_of(dana))
    assert opened.values == {"person.name": "Alice Lambert", "person.email": "alice@example.com"}
    manual_notices.done(row, by=post_of(dana))
    assert two_people().kept is True
    assert tell_and_close() == 1 and tell_and_close() == 1 and tell_and_close() == 0
    demand.refresh_from_db()
    assert demand.told_at and demand.closed_at


def test_whoever_wrote_it_down_does_not_decide(alice: Any, dana: Any, demand: Demand) -> None:
    for decide in (
        lambda: grant(demand, by=post_of(dana)),
        lambda: refuse(demand, by=post_of(dana), why="x"),
    ):
        with pytest.raises(NotPossible, match="somebody else decides"):
            decide()
    with pytest.raises(IntegrityError):
        Demand.objects.filter(pk=demand.pk).update(approver=dana.subject)
    assert not Disclosure.objects.exists() and two_people().kept is None


def test_what_one_alone_hands_over_breaks_the_proof(
    alice: Any, dana: Any, demand: Demand, monkeypatch: Any
) -> None:
    monkeypatch.setattr(flows, "_refuse_own", lambda demand, by: None)
    monkeypatch.setattr(Demand.objects, "filter", lambda **asked: _NoRows())
    grant(demand, by=post_of(dana))
    row = Disclosure.objects.get()
    carry()
    row.refresh_from_db()
    manual_notices.open_item(row, by=post_of(dana))
    assert two_people().kept is False


class _NoRows:
    def update(self, **values: Any) -> int:
        return 0


def test_a_demand_of_everything_is_narrowed(alice: Any, dana: Any) -> None:
    for kinds, why in (
        (list(flows.FIELDS), "too wide"),
        ([], "Choose the kinds"),
        (["payment.card"], "Choose the kinds"),
    ):
        with pytest.raises(NotPossible, match=why):
            write_down(by=post_of(dana), email="alice@example.com", **{**SAID, "kinds": kinds})
    assert not Demand.objects.exists()


def test_it_is_decided_once(alice: Any, officer: Any, demand: Demand) -> None:
    refuse(demand, by=post_of(officer), why="The file number belongs to another court.")
    with pytest.raises(NotPossible, match="decided already"):
        grant(demand, by=post_of(officer))
    assert not Disclosure.objects.exists()
    (count,) = DemandCount.objects.all()
    assert (count.received, count.granted, count.refused, count.year) == (1, 0, 1, timezone.localdate().year)


def test_the_person_is_told_and_reads_all_of_it(
    client_of: Any, alice: Any, officer: Any, demand: Demand
) -> None:
    grant(demand, by=post_of(officer))
    tell_and_close()
    (mail,) = Message.objects.filter(template="disclosures/mail/demand.txt")
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert demand.reference in mail.heading and "hand over what it names" in mail.body
        said = [one.detail["what"] for one in timeline(alice.subject)]
    assert "A demand about you was written down" in said and "A demand about you was granted" in said
    text = client_of(alice).get("/me/data/disclosures_demand/").content.decode()
    assert "Court of first instance" in text and "art. 46bis" in text


def test_nothing_typed_lies_in_the_clear(demand: Demand) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Demand._meta.db_table}")
        raw = [bytes(one) if isinstance(one, memoryview) else one for one in cursor.fetchone()]
    assert demand.reference in raw and "Court" not in repr(raw)


def test_at_the_desk_from_paper_to_the_decision(client_of: Any, alice: Any, dana: Any, officer: Any) -> None:
    said = client_of(dana).post("/desk/authorities/new/", TYPED)
    demand = Demand.objects.get()
    page = f"/desk/authorities/{demand.pk}/"
    assert said.status_code == 302 and said["Location"] == page
    assert "so somebody else decides" in client_of(dana).get(page).content.decode()
    client_of(dana).post(f"{page}granting/")
    assert not Disclosure.objects.exists()
    assert "Court of first instance" in client_of(officer).get(page).content.decode()
    client_of(officer).post(f"{page}granting/")
    assert Disclosure.objects.count() == 1
    assert demand.reference in client_of(officer).get("/desk/authorities/").content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"email": "nobody@example.com"}, "No ID has this e-mail address"),
        ({"kinds": list(flows.FIELDS)}, "too wide"),
        ({"basis": ""}, "Enter the law with its article"),
        ({"authenticity": ""}, "Say how you checked"),
        ({"purpose": "curiosity"}, "Select a valid choice"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    client_of: Any, alice: Any, dana: Any, changed: Any, says: str
) -> None:
    said = client_of(dana).post("/desk/authorities/new/", {**TYPED, **changed})
    assert said.status_code == 422 and says in said.content.decode()
    assert "Court of first instance" in said.content.decode() and not Demand.objects.exists()


def test_a_refusal_needs_a_reason(client_of: Any, officer: Any, demand: Demand) -> None:
    page = f"/desk/authorities/{demand.pk}/"
    assert client_of(officer).post(f"{page}refusal/", {"why": ""}).status_code == 422
    assert client_of(officer).post(f"{page}refusal/", {"why": "Another court."}).status_code == 302
    assert "Another court." in client_of(officer).get(page).content.decode()


@pytest.mark.parametrize("address", ["", "new/"])
def test_it_requires_a_post_of_those_who_decide(client_of: Any, alice: Any, bob: Any, address: str) -> None:
    for user in (alice, bob):
        assert client_of(user).get(f"/desk/authorities/{address}").status_code in (302, 403, 404)


def test_everybody_sees_how_many(demand: Demand, officer: Any) -> None:
    assert "1" in Client().get("/privacy/disclosures/").content.decode()
    grant(demand, by=post_of(officer))
    text = Client().get("/privacy/disclosures/").content.decode()
    assert str(timezone.localdate().year) in text and "A demand by law" in text
    assert "Lambert" not in text and demand.reference not in text
