"""The controller sees old value, new value and evidence, and decides; what was handed on is corrected with
it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.utils import timezone

from kept.core.vault import gate
from kept.equipment.models import Holding
from kept.outbox.handing_over.carrier import carry
from kept.outbox.models import Disclosure, Message, Notice
from kept.outbox.tests.recipient import Recipient
from kept.rights.correction import flows
from kept.rights.correction.models import Correction
from kept.rights.correction.proofs import passed_on
from kept.rights.correction.tests.story import BOUGHT, NOTE, STAFF, ask, letter, opened, purchase, sentences
from kept.rights.requests.course.fulfilment_registry import CannotCarryOut, carry_out
from kept.rights.requests.models import Request, Step
from kept.rights.tests.conftest import everything
from kept.testing import reader_of, staff

pytestmark = pytest.mark.django_db(transaction=True)
THIRD = date(2026, 3, 3)


@pytest.fixture
def row(alice: Any, machine: Holding, client_of: Any) -> Correction:
    return ask(client_of(alice), machine, evidence=SimpleUploadedFile("mine.pdf", NOTE))


@pytest.fixture
def desk(dana: Any, client_of: Any) -> Any:
    return client_of(dana)


def place(row: Correction, verb: str = "") -> str:
    return f"/desk/corrections/{row.request_id}/{verb}"


def test_it_works(
    desk: Any,
    alice: Any,
    handed: Disclosure,
    row: Correction,
    machine: Holding,
    partner: Recipient,
    client_of: Any,
) -> None:
    page = desk.get(place(row)).content.decode()
    for said in (
        "Alice Lambert",
        "1 March 2026",
        "3 March 2026",
        "It is on the invoice.",
        "Save the file",
        "Correct it, and answer",
    ):
        assert said in page
    assert desk.post(place(row, "acceptance/"), follow=True).status_code == 200
    assert purchase(alice, machine) == THIRD
    row.refresh_from_db()
    request = row.request
    assert row.decision == Correction.Decision.ACCEPTED and row.role == "controller" and row.told == 1
    assert request and request.closed_at and request.outcome == Request.Outcome.FULFILLED
    assert carry() == 1 and partner.known[handed.handle]["holding.purchase-date"] == "2026-03-03"
    assert passed_on().kept is True
    assert any(
        "The data controller corrected “Purchase date”, as you asked" in said for said in sentences(alice)
    )
    page = client_of(alice).get(f"/me/correction/{row.pk}/").content.decode()
    assert (
        "It said" in page
        and "1 March 2026" in page
        and "Acknowledged" in page
        and "One recipient that had the old value is told" in page
    )
    assert "correction Q-" in everything(client_of(alice)), "The value says where it comes from now"


def test_it_is_for_controllers_of_that_company_alone(
    bob: Any, charlie: Any, row: Correction, client_of: Any
) -> None:
    elsewhere = staff("Erin North", "erin@example.com", "controller", entity="cet-energy-solutions")
    for user, status in ((bob, 403), (charlie, 403), (elsewhere, 404)):
        client = client_of(user)
        assert client.get(place(row)).status_code == status
        for verb in ("acceptance/", "refusal/", "value/", "limits/"):
            assert client.post(place(row, verb)).status_code == status
        assert client.get(place(row, f"evidence/{row.pk}/")).status_code == status
    assert purchase_is_untouched(row)


def purchase_is_untouched(row: Correction) -> bool:
    row.refresh_from_db()
    return row.decided_at is None


def test_verbs_reject_get_and_closed_requests_show_nothing(desk: Any, row: Correction) -> None:
    for verb in ("acceptance/", "refusal/", "value/", "limits/"):
        assert desk.get(place(row, verb)).status_code == 405
    Request.objects.update(closed_at=timezone.now(), outcome="answered")
    page = desk.get(place(row))
    assert "is closed" in page.content.decode() and "1 March" not in page.content.decode()
    desk.post(place(row, "acceptance/"))
    assert purchase_is_untouched(row)


def test_the_evidence_is_handed_to_the_controller_and_to_nobody_without_it(
    desk: Any, alice: Any, row: Correction
) -> None:
    assert row.request is not None
    file = row.request.attachments.get().file
    answer = desk.get(place(row, f"evidence/{file}/"))
    assert b"".join(answer.streaming_content) == NOTE and answer["Content-Type"] == "application/pdf"
    assert desk.get(place(row, f"evidence/{row.pk}/")).status_code == 404


def test_a_refusal_wants_reasons_and_says_what_she_can_do(
    desk: Any, alice: Any, machine: Holding, row: Correction, client_of: Any
) -> None:
    answer = desk.post(place(row, "refusal/"), {"reason": ""})
    assert answer.status_code == 422 and "Write the reasons" in answer.content.decode()
    desk.post(place(row, "refusal/"), {"reason": "The invoice you sent says the first of March."})
    row.refresh_from_db()
    assert (
        row.decision == Correction.Decision.DECLINED
        and row.request
        and row.request.outcome == Request.Outcome.DENIED
    )
    assert purchase(alice, machine) == BOUGHT
    assert opened(alice, row, "reason") == "The invoice you sent says the first of March."
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert "put your own words beside the value" in str(Message.objects.latest("queued_at").body)
    assert "Your own words" in client_of(alice).get(f"/me/correction/{row.pk}/").content.decode()


def test_a_value_that_changed_meanwhile_is_looked_at_again_first(
    desk: Any, alice: Any, machine: Holding, row: Correction
) -> None:
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        changed = Holding.objects.get(pk=machine.pk)
        changed.purchase_date = date(2026, 2, 2)
        changed.save(update_fields=["purchase_date"])
    page = desk.post(place(row, "acceptance/"), follow=True).content.decode()
    assert "The value was changed since they asked" in page and "2 February 2026" in page
    assert purchase(alice, machine) == date(2026, 2, 2)
    desk.post(place(row, "acceptance/"))
    assert purchase(alice, machine) == THIRD
    assert opened(alice, row, "before") == "2026-02-02"


def test_a_row_that_is_gone_cannot_be_corrected(desk: Any, machine: Holding, row: Correction) -> None:
    Holding.objects.filter(pk=machine.pk).delete()
    assert (
        "This value is not there any more"
        in desk.post(place(row, "acceptance/"), follow=True).content.decode()
    )


def test_pressed_twice_it_is_done_once(
    alice: Any, machine: Holding, handed: Disclosure, row: Correction
) -> None:
    said = flows.accept(correction=row, by=STAFF)
    assert flows.accept(correction=row, by=STAFF) == said
    assert Step.objects.filter(kind=Step.Kind.CARRIED_OUT).count() == 1
    with pytest.raises(flows.NotYet, match="decided already"):
        flows.decline(correction=Correction.objects.get(pk=row.pk), by=STAFF, reason="No.")


def test_killed_between_the_change_and_the_answer_the_same_button_ends_it(
    desk: Any, alice: Any, machine: Holding, row: Correction
) -> None:
    flows.accept(correction=row, by=STAFF)
    page = desk.get(place(row)).content.decode()
    assert "is still to be answered" in page and "Refuse" not in page
    desk.post(place(row, "acceptance/"))
    row.refresh_from_db()
    assert (
        row.request and row.request.outcome == Request.Outcome.FULFILLED and purchase(alice, machine) == THIRD
    )


def test_a_letter_names_the_value_at_the_desk(desk: Any, alice: Any, machine: Holding) -> None:
    request = letter(alice, "correction")
    with pytest.raises(CannotCarryOut, match="Choose first which value is wrong"):
        carry_out(request, by=STAFF)
    here = f"/desk/corrections/{request.pk}/"
    page = desk.get(here).content.decode()
    assert (
        "You: Name" in page and "Product registrations: Purchase date" in page and "1 March 2026" not in page
    )
    value = f"people_person|{alice.subject}|name"
    assert desk.post(f"{here}value/", {"value": "people_person|x|name", "after": "A"}).status_code == 422
    assert desk.post(f"{here}value/", {"value": value, "after": ""}).status_code == 422
    desk.post(f"{here}value/", {"value": value, "after": "Alice Lambert-Dubois"})
    page = desk.get(here).content.decode()
    assert "Alice Lambert-Dubois" in page and "It says" in page
    assert carry_out(request, by=STAFF).startswith("It is corrected.")
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert type(alice.person).objects.get(pk=alice.subject).name == "Alice Lambert-Dubois"
    assert any("The data controller looked up which value you mean" in said for said in sentences(alice))


@pytest.mark.parametrize(
    ("after", "sentence"), [("31 2 2026", "real date"), ("soon", "must include"), ("", "Write what is right")]
)
def test_a_letter_that_makes_no_sense_is_not_taken(
    desk: Any, alice: Any, machine: Holding, after: str, sentence: str
) -> None:
    request = letter(alice, "correction")
    value = f"{Holding._meta.db_table}|{machine.pk}|purchase_date"
    answer = desk.post(f"/desk/corrections/{request.pk}/value/", {"value": value, "after": after})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Correction.objects.exists()


def test_what_does_not_fit_beside_the_rest_is_refused_whole(
    desk: Any, alice: Any, handed: Disclosure, row: Correction, monkeypatch: Any
) -> None:
    def no(*args: Any) -> None:
        raise IntegrityError("CHECK constraint failed")

    monkeypatch.setattr(flows.values, "put", no)
    page = desk.post(place(row, "acceptance/"), follow=True).content.decode()
    assert "does not fit beside the others" in page
    assert Correction.objects.get().decided_at is None and not Notice.objects.exists()


def test_the_page_of_the_request_leads_here(desk: Any, alice: Any, row: Correction) -> None:
    assert row.request is not None
    assert place(row) in desk.get(f"/desk/requests/{row.request.pk}/").content.decode()
    assert (
        "/desk/corrections/"
        not in desk.get(f"/desk/requests/{letter(alice, 'erasure').pk}/").content.decode()
    )
