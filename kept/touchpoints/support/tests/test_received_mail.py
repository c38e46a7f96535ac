"""From the mailroom to the case: unknown senders, answers by reference and by the mail they answer, once
each.
"""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.readers import Job
from kept.core.vault.sealed_files.files import SealedFile
from kept.mailroom import distribution
from kept.mailroom.judging import name_lookups
from kept.mailroom.models import ReceivedMail
from kept.mailroom.receiving import spool
from kept.mailroom.tests.letters import mail, signed, zone_of
from kept.mailroom.tests.test_distribution import arrives
from kept.outbox.delivery import message_id
from kept.outbox.models import Message as Mailed
from kept.people.models import Person
from kept.rights.requests.models import Request
from kept.touchpoints.support import proofs
from kept.touchpoints.support.cases import flows, topics
from kept.touchpoints.support.models import Attachment, Case, Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy")]
TO = ("support@portal.example.com",)
OF_ALICE = {"From": "Alice <alice@example.com>", "Message_ID": "<2@example.com>"}


@pytest.fixture(autouse=True)
def inboxes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEPT_SUPPORT_MAIL, settings.KEPT_SALES_MAIL = (
        frozenset(TO),
        frozenset({"sales@portal.example.com"}),
    )
    monkeypatch.setattr(name_lookups, "txt_records", zone_of("example.com"))


def test_an_unknown_sender_becomes_a_person_without_an_account_and_a_case() -> None:
    arrives(mail("It hums.", Subject="The shelf hums"), to=TO)
    distribution.distribute()
    case = Case.objects.get()
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        assert Person.objects.get(pk=case.person_id).email == "eve@mail.example"
    assert ReceivedMail.objects.get().taker == "cases" and spool.there() == []
    assert Request.objects.count() == 0


def test_logs_that_were_asked_for_come_with_the_mail_and_a_program_does_not() -> None:
    one = message_from_bytes(mail("Here they are.", Subject="The logs"), policy=default)
    packed = b"PK\x03\x04logs"
    one.add_attachment(packed, maintype="application", subtype="zip", filename="logs.zip")
    one.add_attachment(b"alarm 214", maintype="text", subtype="x-log", filename="a.log")
    one.add_attachment(b"MZ program", maintype="application", subtype="octet-stream", filename="fix.exe")
    arrives(one.as_bytes(), to=TO)
    distribution.distribute()
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        kept = [b"".join(SealedFile.open(row.file)) for row in Attachment.objects.order_by("pk")]
        assert sorted(kept) == [packed, b"alarm 214"]
        assert "We cannot take program files. Put logs in a .zip." in Message.objects.get().words


def test_the_same_mail_by_two_ways_is_one_case() -> None:
    arrives(mail(), to=TO)
    arrives(b"Received: by other\r\n" + mail(), to=TO)
    distribution.distribute()
    assert Case.objects.count() == 1


def test_another_mail_under_the_same_name_is_another() -> None:
    arrives(mail("One"), to=TO)
    arrives(mail("Two"), to=TO)
    distribution.distribute()
    assert Message.objects.count() == 2


def test_a_proven_answer_by_reference_is_a_message_of_the_case(alice: Any, case: Case) -> None:
    raw = mail("Still.", Subject=f"Re: [{case.reference}]", **OF_ALICE)
    arrives(signed(raw, "example.com"), to=("whoever@portal.example.com",))
    distribution.distribute()
    assert case.conversation.count() == 2 and Case.objects.count() == 1


def test_a_forged_answer_waits_as_a_case_of_its_own(alice: Any, case: Case) -> None:
    arrives(mail("Pay here.", Subject=f"Re: [{case.reference}]", **OF_ALICE), to=TO)
    distribution.distribute()
    assert case.conversation.count() == 1
    assert Case.objects.exclude(pk=case.pk).get().suggested == case


def test_an_answer_to_our_mail_joins_whatever_its_subject(alice: Any, case: Case) -> None:
    ours = Mailed.objects.filter(about=case.reference).first()
    assert ours is not None
    raw = mail("Still.", Subject="Re:", In_Reply_To=message_id(ours.pk), **OF_ALICE)
    arrives(signed(raw, "example.com"), to=TO)
    distribution.distribute()
    assert case.conversation.count() == 2 and Case.objects.count() == 1


def test_an_address_of_sales_is_an_enquiry() -> None:
    arrives(mail(), to=("sales@portal.example.com",))
    distribution.distribute()
    assert Case.objects.get().kind == topics.SALES


def test_what_fails_on_the_way_is_taken_in_once_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    real = ReceivedMail.end

    def dies(self: Any, *given: Any, **named: Any) -> bool:
        raise OSError("the machine stops here")

    arrives(mail(), to=TO)
    with monkeypatch.context() as broken:
        broken.setattr(ReceivedMail, "end", dies)
        distribution.distribute()
    assert Case.objects.count() == 0, "what was not ticked off was not taken in"
    assert ReceivedMail.end is real
    ReceivedMail.objects.update(due_at=ReceivedMail.objects.get().received_at)
    distribution.distribute()
    assert Case.objects.count() == 1 and spool.there() == []


def test_an_echo_of_our_own_mail_is_no_case(settings: Any) -> None:
    settings.KEPT_MAIL_FROM = "eve@mail.example"
    arrives(mail(), to=TO)
    distribution.distribute()
    assert Case.objects.count() == 0


OF_BOB = {"From": "Bob <bob@example.com>", "Message_ID": "<9@example.com>", "Subject": "WG: Es brummt"}
HANDED_ON = (
    "Bitte übernehmen.\n\nVon: Frank <frank@example.org>\nGesendet: Montag\nAn: Bob\n"
    "Betreff: Es brummt\n\nDas Regal brummt."
)
UTF = {"MIME_Version": "1.0", "Content_Type": "text/plain; charset=utf-8"}


def test_what_staff_forward_is_a_case_of_whoever_first_sent_it(bob: Any) -> None:
    arrives(signed(mail(HANDED_ON, **OF_BOB, **UTF), "example.com"), to=TO)
    distribution.distribute()
    case = Case.objects.get()
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        person, case = Person.objects.get(pk=case.person_id), Case.objects.get(pk=case.pk)
        assert (person.name, person.email) == ("Frank", "frank@example.org")
        assert [one.words for one in case.conversation.all()] == ["Das Regal brummt."]
        assert [one.words for one in case.staff_notes.all()] == ["Bitte übernehmen."]
        (told,) = Mailed.objects.filter(subject=person.pk)
        assert "Es brummt" not in told.body + told.heading, "nothing typed goes to whom nobody proved"
    assert proofs.bound_to_cases().kept is not False


@pytest.mark.parametrize("why", ["not authenticated", "no staff", "not clear"])
def test_what_is_not_surely_forwarded_by_staff_is_of_whoever_sent_it(bob: Any, why: str) -> None:
    text = HANDED_ON.replace("<frank@example.org>", "") if why == "not clear" else HANDED_ON
    raw = mail(text, **{**OF_BOB, **({"From": "Eve <eve@example.com>"} if why == "no staff" else {})})
    arrives(raw if why == "not authenticated" else signed(raw, "example.com"), to=TO)
    distribution.distribute()
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        assert Person.objects.get(pk=Case.objects.get().person_id).email != "frank@example.org"


def test_a_forward_joins_no_case_by_itself(alice: Any, bob: Any, case: Case) -> None:
    text = HANDED_ON.replace("Frank <frank@example.org>", "Alice <alice@example.com>")
    raw = mail(text, **{**OF_BOB, "Subject": f"Fwd: [{case.reference}]"})
    arrives(signed(raw, "example.com"), to=TO)
    distribution.distribute()
    other = Case.objects.exclude(pk=case.pk).get()
    assert case.conversation.count() == 1
    assert other.person == alice.person and other.suggested == case, "an agent looks whether it belongs"


def test_what_was_left_out_is_said_in_the_language_of_the_mail() -> None:
    one = message_from_bytes(mail("Bitte."), policy=default)
    one.add_attachment(b"x\0" * 100, maintype="application", subtype="x-odd", filename="a.bin")
    one["Content-Language"] = "de"
    arrives(one.as_bytes(), to=TO)
    distribution.distribute()
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        assert "[Weggelassen: " in Message.objects.get().words


def test_an_answer_names_the_mails_before_it() -> None:
    arrives(signed(mail("It hums.", From="Frank <frank@example.com>", Message_ID="<f@example.com>")), to=TO)
    distribution.distribute()
    case = Case.objects.select_related("person").get()
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        assert list(flows.thread_of(case).answers) == ["<f@example.com>"]
        assert Mailed.objects.get(subject=case.person_id).answers == "<f@example.com>"


def test_a_mail_of_ours_that_came_back_stands_on_the_case_it_was_about(
    case: Case, hers: Client, desk: Client, his: Client
) -> None:
    sent = Mailed.objects.get(about=case.reference)
    sent.returned("5.1.1", timezone.now())
    assert "Our mail did not reach you" in hers.get(f"/support/cases/{case.reference}/").content.decode()
    shown = desk.get(f"/desk/cases/{case.reference}/").content.decode()
    assert "Our mail did not arrive" in shown and "5.1.1" in shown
    assert "5.1.1" not in his.get(f"/support/cases/{case.reference}/").content.decode()
