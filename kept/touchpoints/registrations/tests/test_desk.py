"""Claims at the desk: seen by support alone, every look on the person's timeline, both sides told, neither
about the other.
"""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.register.hooks.desk import FINDERS
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.core.vault.tests.guided import acknowledged
from kept.equipment.models import Unit
from kept.outbox.models import Message
from kept.people.models import Person
from kept.products.models import Product
from kept.testing import reader_of
from kept.touchpoints.registrations.models import Claim, Registration
from kept.touchpoints.registrations.tests.conftest import FREE, OTHER, UNKNOWN, register, started
from kept.touchpoints.registrations.tests.test_proof import PDF, send

pytestmark = pytest.mark.django_db
QUEUE = "/desk/registrations/"
REASON = "The invoice names Charlie and the serial number."


@pytest.fixture
def desk(bob: Any, client_of: Any) -> Any:
    return client_of(bob)


@pytest.fixture
def claim(hers: Any, his: Any) -> Claim:
    """Charlie claims what is registered to Alice."""
    register(hers)
    send(his, started(his, FREE))
    return Claim.objects.get()


def mails(user: Any) -> str:
    """Everything written to somebody."""
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return "\n".join(
            f"{each.heading}\n{each.body}" for each in Message.objects.filter(subject=user.person.pk)
        )


def decide(desk: Any, claim: Claim, decision: str, **more: Any) -> Any:
    return desk.post(f"{QUEUE}{claim.pk}/", {"decision": decision, "reason": REASON, **more})


def test_the_queue_names_references_and_nobody(desk: Any, claim: Claim) -> None:
    page = desk.get(QUEUE).content.decode()
    assert claim.reference in page and f"{claim.answer_by:%-d %B %Y}" in page
    assert not any(said in page for said in ("Charlie", "Alice", "1204-88-2"))
    assert "<b>Registrations</b> <span>1</span>" in desk.get("/desk/").content.decode()


def test_the_queue_is_supports_alone(claim: Claim, dana: Any, charlie: Any, client_of: Any) -> None:
    for user in (dana, charlie):
        for address in (QUEUE, f"{QUEUE}{claim.pk}/", f"{QUEUE}{claim.pk}/proof/"):
            assert client_of(user).get(address).status_code == 403


def test_opening_one_shows_the_unit_and_stands_on_the_timeline(desk: Any, claim: Claim, charlie: Any) -> None:
    page = desk.get(f"{QUEUE}{claim.pk}/").content.decode()
    assert (
        "1204-88-2" in page
        and "Charlie Weber" in page
        and "Registered to somebody" in page
        and "Alice" not in page
    )
    with gate.purpose("own-data", reader=reader_of(charlie), about=charlie.person):
        assert any(
            entry.role == "support" and claim.reference in str(entry.detail)
            for entry in timeline(charlie.person.pk, limit=10)
        )


def test_the_proof_is_saved_and_never_shown(desk: Any, claim: Claim) -> None:
    answer = desk.get(f"{QUEUE}{claim.pk}/proof/")
    assert answer.content == PDF
    assert answer["Content-Disposition"] == f'attachment; filename="{claim.reference}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]


def test_accepting_moves_the_unit_and_tells_both_nothing_of_each_other(
    desk: Any, claim: Claim, alice: Any, charlie: Any
) -> None:
    assert decide(desk, claim, "accepted").status_code == 302
    assert Unit.objects.get(serial=FREE).holding.person_id == charlie.person.pk
    made = Registration.objects.get(person=charlie.person)
    his, her = mails(charlie), mails(alice)
    assert made.reference in his and REASON in his and "Alice" not in his
    assert "A product is no longer registered to you" in her
    assert not any(said in her for said in ("Charlie", REASON, claim.reference, made.reference))


def test_her_timeline_says_so_without_his_name_or_the_reason(desk: Any, claim: Claim, alice: Any) -> None:
    decide(desk, claim, "accepted")
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        lines = [f"{entry.detail} {entry.note}" for entry in timeline(alice.person.pk, limit=10)]
    assert any("Product handed on" in line for line in lines)
    assert not any("Charlie" in line for line in lines)


def test_declining_leaves_it_and_tells_both(desk: Any, claim: Claim, alice: Any, charlie: Any) -> None:
    decide(desk, claim, "declined")
    assert Unit.objects.get(serial=FREE).holding.person_id == alice.person.pk
    assert REASON in mails(charlie) and "Your product stays yours" in mails(alice)


def test_a_decided_claim_opens_nothing_and_is_not_decided_twice(desk: Any, claim: Claim) -> None:
    decide(desk, claim, "declined")
    page = desk.get(f"{QUEUE}{claim.pk}/").content.decode()
    assert "is decided" in page and "Charlie" not in page
    assert desk.get(f"{QUEUE}{claim.pk}/proof/").status_code == 404
    decide(desk, claim, "accepted")
    claim.refresh_from_db()
    assert claim.decision == "declined"


def test_an_unknown_unit_needs_its_product(desk: Any, his: Any, charlie: Any) -> None:
    send(his, started(his, UNKNOWN))
    claim = Claim.objects.get()
    answer = decide(desk, claim, "accepted")
    assert (
        answer.status_code == 422
        and "Choose which product it is, as the proof says" in answer.content.decode()
    )
    assert REASON in answer.content.decode()
    product = Product.objects.first()
    assert decide(desk, claim, "accepted", product=product.pk).status_code == 302
    unit = Unit.objects.get(serial=UNKNOWN)
    assert unit.product == product and unit.holding.person_id == charlie.person.pk


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": ""}, "Write what you found, in a sentence"),
        ({"decision": ""}, "Choose what the proof shows"),
    ],
)
def test_what_is_wrong_is_said(desk: Any, claim: Claim, given: dict[str, str], sentence: str) -> None:
    answer = desk.post(f"{QUEUE}{claim.pk}/", {"decision": "accepted", "reason": REASON, **given})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    claim.refresh_from_db()
    assert claim.matter_open


def test_a_serial_number_finds_its_holder_in_a_matter(desk: Any, hers: Any, alice: Any) -> None:
    register(hers)
    matter = desk.post(
        "/desk/matters/", {"channel": "phone", "purpose": "support", "text": "Somebody about a shelf"}
    )["Location"]
    found = desk.post(f"{matter}search/", {"text": "1204 88 2"}).content.decode()
    assert "Alice Lambert" in found
    desk.post(f"{matter}person/", {"person": alice.person.pk})
    page = desk.get(matter).content.decode()
    assert "<h2>Products</h2>" in page and "1204-88-2" in page and "warranty until" in page


def test_an_organisations_unit_finds_its_people(desk: Any, hers: Any) -> None:
    register(hers, you={"holder": "new", "organisation": "Moulin Télécom"})
    support = desk.post("/desk/matters/", {"channel": "phone", "purpose": "support", "text": "A shelf"})[
        "Location"
    ]
    assert "Alice Lambert" in desk.post(f"{support}search/", {"text": "1204-88-2"}).content.decode()


def test_a_purpose_that_may_not_use_serial_numbers_finds_nobody(hers: Any, claim: Claim) -> None:
    class Enquiry:
        matter_ref, matter_open = "enquiry 1", True

    assert holders(FREE, act_of="support", about=Enquiry) and not holders(FREE, act_of="sales", about=Enquiry)


def holders(text: str, *, act_of: str, about: Any) -> Any:
    """The finder, asked by somebody of that role in a matter of theirs."""
    with gate.purpose(
        act_of, reader=acknowledged(StaffReader(role=act_of, entity="cet-power")), about=about()
    ):
        return FINDERS["serial"].find(text)


def test_her_other_unit_stays_hers(desk: Any, hers: Any, claim: Claim, alice: Any) -> None:
    register(hers, machine={"serial": OTHER})
    decide(desk, claim, "accepted")
    assert Unit.objects.get(serial=OTHER).holding.person_id == alice.person.pk
    assert Person.objects.filter(pk=alice.person.pk).exists()
