"""She says that a value is wrong: only her own, once, with evidence; and follows what becomes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kept.core.vault import gate
from kept.dates import Month
from kept.equipment.models import Holding
from kept.people.models import Person
from kept.rights.correction import flows
from kept.rights.correction.models import Correction
from kept.rights.correction.tests.story import (
    BOUGHT,
    NOTE,
    STAFF,
    address,
    ask,
    asked,
    give_machine,
    opened,
    purchase,
    sentences,
)
from kept.rights.requests.models import Request
from kept.rights.tests.conftest import everything
from kept.testing import reader_of

pytestmark = pytest.mark.django_db
PAGE = "/me/correction/"


def test_it_works(alice: Any, machine: Holding, client_of: Any) -> None:
    client = client_of(alice)
    page = client.get(PAGE).content.decode()
    record = address(machine, "")[:-1]
    assert record in page and machine.unit.number in page
    assert address(machine) in client.get(record).content.decode()
    assert "1 March 2026" in client.get(address(machine)).content.decode()
    row = ask(client, machine, evidence=SimpleUploadedFile("mine.pdf", NOTE))
    request = row.request
    assert request is not None and request.kind == "correction" and request.person == alice.person
    page = client.get(f"{PAGE}{row.pk}/").content.decode()
    for said in (
        request.reference,
        "1 March 2026",
        "3 March 2026",
        "It is on the invoice.",
        "Being looked at",
        "Take the request back",
    ):
        assert said in page
    assert request.reference in client.get(PAGE).content.decode()
    assert request.attachments.count() == 1
    assert (opened(alice, row, "before"), opened(alice, row, "after")) == ("2026-03-01", "2026-03-03")
    assert purchase(alice, machine) == BOUGHT, "Nothing is changed by asking"


def test_it_requires_to_be_signed_in(alice: Any, machine: Holding, client: Any) -> None:
    for place in (PAGE, address(machine), "/me/recipients/"):
        assert client.get(place).status_code == 302
        assert client.post(place).status_code == 302


def test_somebody_elses_row_is_not_there(alice: Any, charlie: Any, machine: Holding, client_of: Any) -> None:
    client = client_of(charlie)
    for place in (
        address(machine),
        address(machine, "")[:-1],
        address(machine).replace(str(machine.pk), "7"),
        address(machine).replace("equipment_holding", "people_person"),
    ):
        assert client.get(place).status_code == 404
        assert client.post(place, asked()).status_code in (404, 405)
    row = ask(client_of(alice), machine)
    assert client.get(f"{PAGE}{row.pk}/").status_code == 404
    assert client.post(f"{PAGE}{row.pk}/taken-back/").status_code == 404
    assert client.post(f"{PAGE}{row.pk}/statement/", {"statement": "Mine"}).status_code == 404


@pytest.mark.parametrize(
    "attribute", ["unit_id", "id", "person_id", "no-such", "objects", "until", "source", "since"]
)
def test_what_is_no_value_of_hers_cannot_be_asked_for(
    alice: Any, machine: Holding, client_of: Any, attribute: str
) -> None:
    assert client_of(alice).get(address(machine, attribute)).status_code == 404


def test_what_the_portal_itself_keeps_is_not_rewritten_on_request(
    alice: Any, machine: Holding, client_of: Any
) -> None:
    """A controller who could correct where somebody signs in could let anybody in."""
    page = client_of(alice).get(PAGE).content.decode()
    for table in (
        "accounts_user",
        "account_emailaddress",
        "outbox_message",
        "consent_choice",
        "desk_reveal",
        "people_person",
    ):
        assert f"/values/{table}/" not in page
    for table, pk in (
        ("accounts_user", alice.pk),
        ("account_emailaddress", EmailAddress.objects.get(user=alice).pk),
    ):
        assert client_of(alice).get(f"{PAGE}values/{table}/{pk}/email/").status_code == 404


def test_the_profile_is_corrected_at_once_and_not_by_asking(alice: Any, client_of: Any) -> None:
    table = Person._meta.db_table
    assert client_of(alice).get(f"{PAGE}values/{table}/{alice.subject}/name/")["Location"] == "/me/profile/"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"after_day": "", "after_month": "", "after_year": ""}, "Enter the day that is right"),
        ({"after_day": "31", "after_month": "2"}, "Day must be a real date"),
        ({"after_day": "1"}, "This is what it says already"),
        ({"why": ""}, "Say how you know"),
        (
            {"why": "My card is 4111 1111 1111 1111, they took it from that"},
            "This looks like a payment card number",
        ),
        ({"why": "x" * 2001}, "Keep it under 2,000 characters"),
        ({"evidence": SimpleUploadedFile("a.exe", b"MZ")}, "This file is not a PDF, JPG, PNG or WebP"),
        ({"evidence": SimpleUploadedFile("a.pdf", b"")}, "This file is empty"),
    ],
)
def test_bad_input_gets_a_sentence_and_loses_nothing(
    alice: Any, machine: Holding, client_of: Any, wrong: dict[str, Any], sentence: str
) -> None:
    answer = client_of(alice).post(address(machine), asked(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert asked(**wrong)["why"][:40] in page and asked(**wrong)["after_year"] in page
    assert not Correction.objects.exists() and not Request.objects.exists()


def test_evidence_of_more_than_ten_megabytes_is_refused_and_the_words_stay(
    alice: Any, machine: Holding, client_of: Any, settings: Any
) -> None:
    large = SimpleUploadedFile("scan.pdf", NOTE + bytes(settings.KEPT_UPLOAD_LIMIT))
    answer = client_of(alice).post(address(machine), asked(evidence=large))
    page = answer.content.decode()
    assert answer.status_code == 422 and "the limit is 10 MB" in page and "It is on the invoice." in page
    assert not Request.objects.exists()


def test_sent_twice_it_is_asked_once(alice: Any, machine: Holding, client_of: Any) -> None:
    client = client_of(alice)
    row = ask(client, machine)
    answer = client.post(address(machine), asked(why="Again."), follow=True)
    assert "You asked for this already" in answer.content.decode()
    assert Correction.objects.count() == 1 == Request.objects.count()
    assert answer.redirect_chain[0][0] == f"{PAGE}{row.pk}/"


def test_two_at_the_very_same_moment_leave_one(
    alice: Any, machine: Holding, client_of: Any, monkeypatch: Any
) -> None:
    client = client_of(alice)
    row = ask(client, machine)
    # The second looked before the first was there.
    monkeypatch.setattr(flows, "_waiting", lambda person, place: None)
    answer = client.post(address(machine), asked())
    assert answer["Location"] == f"{PAGE}{row.pk}/"
    assert Correction.objects.count() == 1


def test_a_request_that_was_answered_otherwise_does_not_stand_in_the_way(
    alice: Any, machine: Holding, client_of: Any
) -> None:
    client = client_of(alice)
    first = ask(client, machine)
    Request.objects.update(closed_at=timezone.now(), outcome="answered")
    assert "Answered otherwise" in client.get(f"{PAGE}{first.pk}/").content.decode()
    assert ask(client, machine).pk != first.pk
    first.refresh_from_db()
    assert first.decision == Correction.Decision.ANSWERED


def test_she_takes_it_back(alice: Any, machine: Holding, client_of: Any) -> None:
    client = client_of(alice)
    row = ask(client, machine)
    assert client.get(f"{PAGE}{row.pk}/taken-back/").status_code == 405
    assert "It is taken back" in client.post(f"{PAGE}{row.pk}/taken-back/", follow=True).content.decode()
    row.refresh_from_db()
    assert (
        row.decision == Correction.Decision.TAKEN_BACK
        and row.request.closed_at
        and row.request.outcome == Request.Outcome.REVOKED
    )
    assert (
        "This is decided already" in client.post(f"{PAGE}{row.pk}/taken-back/", follow=True).content.decode()
    )


def test_her_own_words_stand_beside_a_value_we_did_not_change(
    alice: Any, machine: Holding, client_of: Any
) -> None:
    client = client_of(alice)
    row = ask(client, machine)
    assert client.post(f"{PAGE}{row.pk}/statement/", {"statement": "Too early"}).status_code == 422
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        row.decide("declined", role="controller", reason="The invoice says the first.")
    page = client.get(f"{PAGE}{row.pk}/").content.decode()
    assert "The invoice says the first." in page and "complain to the authority" in page
    refused = client.post(f"{PAGE}{row.pk}/statement/", {"statement": "4111 1111 1111 1111"})
    assert refused.status_code == 422 and "payment card number" in refused.content.decode()
    client.post(f"{PAGE}{row.pk}/statement/", {"statement": "It was the <third>, I was there."})
    assert "You say: It was the &lt;third&gt;, I was there." in everything(client)
    client.post(f"{PAGE}{row.pk}/statement/", {"statement": " "})
    assert "You say:" not in everything(client)
    assert "You took your words away again" in sentences(alice)


def test_the_page_of_everything_leads_there(alice: Any, machine: Holding, client_of: Any) -> None:
    page = everything(client_of(alice))
    assert address(machine, "")[:-1] in page and PAGE in page and "/me/recipients/" in page


def test_the_list_asks_as_often_however_much_there_is(
    alice: Any, machine: Holding, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    client = client_of(alice)
    client.get(PAGE)
    with django_assert_max_num_queries(60) as few:
        client.get(PAGE)
    for number in (120501, 120502, 120503):
        give_machine(alice, number)
    with django_assert_max_num_queries(len(few.captured_queries) + 6):
        client.get(PAGE)


def test_an_erased_person_finds_nothing_half_done(alice: Any, machine: Holding, client_of: Any) -> None:
    row = ask(client_of(alice), machine)
    Correction.objects.filter(pk=row.pk).delete()
    with pytest.raises(flows.NotYet, match="forgotten"):
        flows.accept(correction=row, by=STAFF)


def warranty(user: Any, machine: Holding) -> Any:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return Holding.objects.get(pk=machine.pk).warranty_from


@pytest.mark.parametrize(
    ("attribute", "day", "sentence"),
    [
        ("warranty_from", ("1", "1", "2035"), "A warranty cannot begin on a day that is still to come."),
        ("warranty_from", ("1", "1", "2020"), "This unit was made in January 2026. Enter a later date."),
        ("purchase_date", ("1", "1", "2035"), "Purchase date must be today or in the past."),
        ("purchase_date", ("", "12", "2025"), "This unit was made in January 2026. Enter a later date."),
    ],
)
def test_what_the_record_itself_refuses_is_refused_when_it_is_asked(
    alice: Any, machine: Holding, client_of: Any, attribute: str, day: tuple[str, str, str], sentence: str
) -> None:
    said = asked(**dict(zip(("after_day", "after_month", "after_year"), day, strict=True)))
    answer = client_of(alice).post(address(machine, attribute), said)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Correction.objects.exists()
    assert purchase(alice, machine) == BOUGHT


def test_a_corrected_purchase_date_takes_its_warranty_with_it(
    alice: Any, machine: Holding, client_of: Any
) -> None:
    assert warranty(alice, machine) == BOUGHT
    flows.accept(correction=ask(client_of(alice), machine), by=STAFF)
    assert purchase(alice, machine) == warranty(alice, machine) == date(2026, 3, 3)


def test_a_month_is_corrected_to_a_month(alice: Any, machine: Holding, client_of: Any) -> None:
    flows.accept(correction=ask(client_of(alice), machine, after_day="", after_month="2"), by=STAFF)
    assert purchase(alice, machine) == Month.of(2026, 2)
    assert warranty(alice, machine) == date(2026, 2, 28), "The day that was not said is read in their favour"


def test_a_stale_tab_asks_for_nothing_that_was_corrected_meanwhile(
    alice: Any, machine: Holding, client_of: Any
) -> None:
    client, at = client_of(alice), address(machine)
    old = client.get(at).context["form"].seen_now
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        row = Holding.objects.get(pk=machine.pk)
        row.purchase_date = date(2026, 3, 2)
        row.save()
    answer = client.post(at, asked(seen=old))
    assert (
        answer.status_code == 422
        and "was changed to" in answer.content.decode()
        and not Correction.objects.exists()
    )
    assert client.post(at, asked(seen=answer.context["form"].seen_now)).status_code == 302


def test_a_stale_tab_puts_no_old_words_beside_a_value(alice: Any, machine: Holding, client_of: Any) -> None:
    client = client_of(alice)
    asked_for = ask(client, machine)
    page = f"/me/correction/{asked_for.pk}/"
    old = client.get(page).context["form"].seen_now
    Correction.objects.filter(pk=asked_for.pk).update(
        decision=Correction.Decision.DECLINED, decided_at=timezone.now()
    )
    for words, status in (("Newer words", 302), ("Older words", 422)):
        assert client.post(f"{page}statement/", {"statement": words, "seen": old}).status_code == status
