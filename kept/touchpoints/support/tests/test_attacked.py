"""What somebody with bad intentions, or too much curiosity, tries with a case."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kept.core.register.destroying.erasing import destroy_rows, left_of
from kept.core.vault import gate
from kept.core.vault.sealed_files.filerow import SealedFileRow
from kept.core.vault.sealed_files.files import SealedFile
from kept.outbox.models import Message as Mailed
from kept.testing import reader_of
from kept.touchpoints.support.calls import flows as call_flows
from kept.touchpoints.support.cases import sharing
from kept.touchpoints.support.cases.attachments import read
from kept.touchpoints.support.cases.mail_intake import take_in_mail
from kept.touchpoints.support.models import Attachment, Case, Draft
from kept.touchpoints.support.tests.conftest import TEXT, mails, opened, said
from kept.touchpoints.support.tests.test_calls import known
from kept.touchpoints.support.tests.test_mail_intake import mail

pytestmark = pytest.mark.django_db


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def at(case: Case, more: str = "") -> str:
    return f"/support/cases/{case.reference}/{more}"


def shared(case: Case, alice: Any, colleague: Any) -> None:
    sharing.share(reader=reader_of(alice), case=case, with_=[colleague.person.pk])


def test_whoever_left_the_organisation_reads_nothing_more(
    alice: Any, colleague: Any, case: Case, client_of: Any
) -> None:
    shared(case, alice, colleague)
    theirs = client_of(colleague)
    assert TEXT in page(theirs.get(at(case)))
    colleague.person.memberships.get().leave()
    assert theirs.get(at(case)).status_code == 404
    assert case.reference not in page(theirs.get("/support/"))
    assert take_in_mail(mail(sender="eve@example.com", heading=case.reference)).case != case


def test_putting_together_shows_no_colleague_what_was_not_shared(
    alice: Any, colleague: Any, case: Case, client_of: Any, desk: Client
) -> None:
    shared(case, alice, colleague)
    private = opened(alice, "Only for you.", severity="")
    desk.post(f"/desk/cases/{private.reference}/merging/", {"reference": case.reference, "do": "1"})
    assert said(alice, case) == [TEXT, "Only for you."]
    assert "Only for you." not in page(client_of(colleague).get(at(case)))


def test_what_is_confidential_goes_into_nothing_that_can_be_shared(
    alice: Any, case: Case, desk: Client
) -> None:
    secret = opened(alice, "Your invoice.", topic="billing", severity="")
    address = f"/desk/cases/{secret.reference}/merging/"
    assert desk.post(address, {"reference": case.reference, "do": "1"}).status_code == 422
    assert said(alice, case) == [TEXT]


def test_what_waited_for_us_still_waits_once_put_together(alice: Any, case: Case, desk: Client) -> None:
    Case.objects.filter(pk=case.pk).update(awaits="customer")
    other = opened(alice, "Now it burns.")
    desk.post(f"/desk/cases/{other.reference}/merging/", {"reference": case.reference, "do": "1"})
    case.refresh_from_db()
    assert case.awaits == "us"


def test_a_case_that_was_put_into_another_has_an_end(alice: Any, case: Case, desk: Client, bob: Any) -> None:
    other = opened(alice, "Again.")
    address = f"/desk/cases/{other.reference}/"
    desk.post(f"{address}note/", {"text": "Noted."})
    desk.post(f"{address}merging/", {"reference": case.reference, "do": "1"})
    other.refresh_from_db()
    assert other.closed_at is not None, "or it, its notes and its person would be kept for ever"
    desk.post(f"{address}splitting/")
    other.refresh_from_db()
    assert other.closed_at is None and other.merged_into is None and other.matter_open


def test_of_several_with_one_address_the_answer_is_of_whose_case_it_is(policy: Any) -> None:
    first = take_in_mail(mail(sender="frank@example.org", authenticated=False)).case
    second = take_in_mail(
        mail(sender="frank@example.org", authenticated=False, message_id="<2@example.com>")
    ).case
    assert first.person != second.person
    for number, case in enumerate((first, second)):
        answer = mail(sender="frank@example.org", heading=case.reference, message_id=f"<a{number}@x.example>")
        assert take_in_mail(answer).case == case


def test_an_erased_owner_leaves_no_file_of_a_colleague(
    alice: Any, colleague: Any, case: Case, client_of: Any
) -> None:
    shared(case, alice, colleague)
    log = SimpleUploadedFile("log.txt", b"214")
    client_of(colleague).post(at(case, "messages/"), {"text": "Look.", "attachments": log})
    assert Attachment.objects.get().keeper == colleague.person.pk
    destroy_rows(alice.person.pk)
    assert not left_of(alice.person.pk) and not Case.objects.exists() and not Attachment.objects.exists()
    assert not SealedFileRow.objects.exists(), "a file that nobody reaches any more"


def test_a_code_that_went_to_one_person_verifies_no_other(alice: Any, charlie: Any, desk: Client) -> None:
    call = known(desk, charlie)
    desk.post(f"/desk/calls/{call.pk}/verifying/", {"send": "1"})
    code = re.findall(r"phone: (\d{6})", mails(charlie))[-1]
    desk.post(f"/desk/calls/{call.pk}/person/", {"person": alice.person.pk})
    desk.post(f"/desk/calls/{call.pk}/verifying/", {"code": code})
    call.refresh_from_db()
    assert call.person == alice.person and call.verified_at is None


def test_a_call_whose_case_was_begun_and_not_ended_begins_no_second(
    alice: Any, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(**named: Any) -> None:
        raise OSError("the machine stops here")

    call = known(desk, alice)
    with monkeypatch.context() as broken:
        broken.setattr(call_flows, "put_into", dies)
        with pytest.raises(OSError, match="stops"):
            desk.post(f"/desk/calls/{call.pk}/case/", {"case": "new"})
    desk.post(f"/desk/calls/{call.pk}/case/", {"case": "new"})
    call.refresh_from_db()
    assert Case.objects.get() == call.case


def test_a_forged_sender_is_written_to_five_times_a_day_at_most(policy: Any) -> None:
    for number in range(8):
        take_in_mail(
            mail(sender="frank@example.org", authenticated=False, message_id=f"<{number}@x.example>")
        )
    assert Case.objects.count() == 8 and Mailed.objects.count() == 5


def test_whoever_restricted_support_learns_no_references(charlie: Any, case: Case, client_of: Any) -> None:
    his = client_of(charlie)
    his.post("/me/choices/", {"purpose": "support", "verb": "restrict"})
    nothing = case.reference[:-6] + "000000"
    his = client_of(charlie)
    theirs, none = (
        his.post(f"/support/cases/{one}/messages/", {"text": "x"}) for one in (case.reference, nothing)
    )
    assert theirs.status_code == none.status_code == 404


def test_a_case_that_is_sent_ends_the_draft_of_its_own_kind_alone(hers: Client, alice: Any) -> None:
    hers.post("/support/new/offer/", {"draft": "1", "text": "We need ten."})
    opened(alice)
    assert Draft.objects.get(person=alice.person).kind == "sales"
    opened(alice, "Ten, please.", kind="sales", topic="quote", severity="", firmware="")
    assert not Draft.objects.exists()


def test_a_call_goes_into_no_case_of_another_company(alice: Any, case: Case, desk: Client) -> None:
    Case.objects.update(entity="cet-energy-solutions")
    call = known(desk, alice)
    assert case.reference not in page(desk.get(f"/desk/calls/{call.pk}/"))
    desk.post(f"/desk/calls/{call.pk}/case/", {"case": case.reference})
    call.refresh_from_db()
    assert call.case is None


CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize("before", [" ", "x" * 100 + " ", "x " * 52, "x" * 104 + " "])
def test_no_title_and_no_name_keeps_figures_of_a_card(alice: Any, before: str) -> None:
    heading = f"Re: {before}{CARD} and more words"
    file = read(SimpleUploadedFile(f"{CARD}.log", b"214"))
    taken = take_in_mail(mail(heading=heading, text=heading, name=CARD, files=[file]))
    other = opened(alice, f"{before}{CARD} and more words", firmware=CARD)
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        for case in Case.objects.filter(pk__in=[taken.case.pk, other.pk]):
            assert "4111" not in f"{case.words} {case.firmware}"
        assert "4111" not in SealedFile.describe(Attachment.objects.get().file).name
