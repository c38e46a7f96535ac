"""An answer is held for ten seconds after Send: taken back within them, sent once after."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kept.core.consent.choices import restrict
from kept.core.vault.sealed_files.filerow import SealedFileRow
from kept.outbox.models import Message as Mailed
from kept.testing import staff
from kept.touchpoints.support import recorded
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.at_the_desk.models import UNDO_FOR
from kept.touchpoints.support.cases import flows
from kept.touchpoints.support.jobs import answers_that_stand_still, send_held_answers
from kept.touchpoints.support.models import Attachment, Case, HeldAnswer, Message
from kept.touchpoints.support.tests.conftest import TEXT, leave, mails, opened, said

pytestmark = pytest.mark.django_db
SENT = "Please switch it off and on again."


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def at(case: Case, more: str = "") -> str:
    return f"/desk/cases/{case.reference}/{more}"


def send(desk: Client, case: Case, text: str = SENT, **more: Any) -> Any:
    told = {"text": text, "seen": held_answers.newest(case), **more}
    return desk.post(at(case, "answer/"), told)


def undo(desk: Client, case: Case) -> Any:
    return desk.post(at(case, f"answer/{HeldAnswer.objects.get().pk}/undoing/"))


def differences() -> list[str]:
    by_case, acts = recorded.of_staff()
    return list(recorded.differences(by_case, recorded.rows_since(acts.since)))


def test_for_ten_seconds_nobody_but_the_desk_sees_it(
    desk: Client, case: Case, alice: Any, hers: Client
) -> None:
    assert send(desk, case).status_code == 302
    shown = page(desk.get(at(case)))
    assert "Your answer leaves in a moment" in shown and SENT in shown
    assert send_held_answers() == 0, "not yet"
    assert SENT not in page(hers.get(f"/support/cases/{case.reference}/"))
    assert said(alice, case) == [TEXT] and SENT not in mails(alice)
    case.refresh_from_db()
    assert case.answered_at is None and case.awaits == "us"


def test_then_it_leaves_once(desk: Client, case: Case, alice: Any, hers: Client) -> None:
    send(desk, case)
    HeldAnswer.objects.update(leaves_at=timezone.now())
    assert send_held_answers() == 1 and send_held_answers() == 0
    assert said(alice, case) == [TEXT, SENT] and mails(alice).count(SENT) == 1
    assert SENT in page(hers.get(f"/support/cases/{case.reference}/"))
    row = Message.objects.get(author="staff")
    assert row.written_at and row.written_at < row.at and not HeldAnswer.objects.exists()


def test_undo_puts_the_words_back_in_the_box(desk: Client, case: Case, alice: Any) -> None:
    send(desk, case)
    shown = page(undo(desk, case))
    assert "It was not sent" in shown and f"{SENT}</textarea>" in shown
    assert leave() == 0 and said(alice, case) == [TEXT] and SENT not in mails(alice)
    assert send(desk, case, "Better.").status_code == 302 and leave() == 1
    assert said(alice, case) == [TEXT, "Better."] and differences() == []


def test_what_has_left_is_not_taken_back(desk: Client, case: Case, alice: Any) -> None:
    send(desk, case)
    address = at(case, f"answer/{HeldAnswer.objects.get().pk}/undoing/")
    leave()
    assert "This answer has left already." in page(desk.post(address, follow=True))
    assert said(alice, case) == [TEXT, SENT]


def test_a_colleague_sees_it_and_takes_back_nothing(desk: Client, case: Case, client_of: Any) -> None:
    send(desk, case)
    other = client_of(staff("Kim Maes", "kim@example.com", "support"))
    shown = page(other.get(at(case)))
    assert "A colleague’s answer leaves in a moment" in shown and ">Undo<" not in shown
    undo(other, case)
    assert HeldAnswer.objects.count() == 1
    behind = other.post(at(case, "answer/"), {"text": "Second.", "seen": case.opened_at.isoformat()})
    assert behind.status_code == 409 and "Second." in page(behind)


def test_the_page_that_sent_it_can_send_more_once_it_has_left(desk: Client, case: Case, alice: Any) -> None:
    send(desk, case)
    seen = held_answers.newest(case)
    leave()
    assert send(desk, case, "And the fan.", seen=seen).status_code == 302 and leave() == 1
    assert said(alice, case) == [TEXT, SENT, "And the fan."]


@pytest.mark.parametrize("dies", ["_message", "_note", "_post"])
def test_killed_anywhere_it_is_sent_once(
    desk: Client, case: Case, alice: Any, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    """Whatever it had done by then is undone with its transaction; the next run does all of it."""

    class Killed(BaseException):
        pass

    log = SimpleUploadedFile("log.txt", b"214")
    send(desk, case, attachments=log)
    does = getattr(held_answers, dies)

    def dying(*given: Any) -> Any:
        does(*given)
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(held_answers, dies, dying)
        with pytest.raises(Killed):
            leave()
    assert said(alice, case) == [TEXT] and HeldAnswer.objects.count() == 1
    assert not Mailed.objects.filter(template="support/mail/answered.txt").exists()
    assert leave() == 1 and leave() == 0
    assert said(alice, case) == [TEXT, SENT] and Attachment.objects.count() == 1
    assert Mailed.objects.filter(template="support/mail/answered.txt").count() == 1


def test_its_files_leave_with_it_or_are_dropped_with_it(desk: Client, case: Case) -> None:
    send(desk, case, attachments=SimpleUploadedFile("log.txt", b"214"))
    undo(desk, case)
    assert not SealedFileRow.objects.exists()
    send(desk, case, attachments=SimpleUploadedFile("log.txt", b"214"))
    leave()
    assert desk.get(at(case, f"files/{Attachment.objects.get().file}/")).content == b"214"


def test_put_together_meanwhile_it_lands_in_the_case_that_is_left(
    desk: Client, case: Case, alice: Any
) -> None:
    other = opened(alice, "The same.")
    send(desk, other)
    desk.post(at(other, "merging/"), {"reference": case.reference, "do": "1"})
    assert leave() == 1
    assert said(alice, case) == [TEXT, "The same.", SENT] and differences() == []
    desk.post(at(other, "splitting/"))
    assert said(alice, other) == ["The same.", SENT] and differences() == []


def test_what_is_typed_while_two_are_put_together_is_not_lost(
    desk: Client, case: Case, alice: Any, hers: Client
) -> None:
    other = opened(alice, "The same.")
    seen = held_answers.newest(other)
    desk.post(at(other, "merging/"), {"reference": case.reference, "do": "1"})
    Message.objects.filter(case=case).order_by("at").first().delete()
    assert send(desk, other, "For both.", seen=seen).status_code == 302 and leave() == 1
    hers.post(f"/support/cases/{other.reference}/messages/", {"text": "Thank you."})
    assert said(alice, case)[-2:] == ["For both.", "Thank you."] and not other.conversation.exists()


def test_what_is_typed_while_she_closes_it_is_shown_again(desk: Client, case: Case, hers: Client) -> None:
    hers.post(f"/support/cases/{case.reference}/closing/")
    shown = page(send(desk, case))
    assert "is closed" in shown and SENT in shown and TEXT not in shown
    assert not HeldAnswer.objects.exists()
    assert "Noted." in page(desk.post(at(case, "note/"), {"text": "Noted."}))


def test_sent_and_closed_at_once_it_still_leaves(desk: Client, case: Case, alice: Any) -> None:
    send(desk, case)
    desk.post(at(case, "closing/"))
    assert leave() == 1 and said(alice, case) == [TEXT, SENT] and differences() == []
    case.refresh_from_db()
    assert case.closed_at is not None


def test_one_that_must_not_leave_holds_up_nobody_else(
    desk: Client, case: Case, alice: Any, charlie: Any
) -> None:
    his = opened(charlie, "Mine.")
    send(desk, case)
    send(desk, his)
    restrict(alice.person_id, "support")
    assert leave() == 1 and said(charlie, his) == ["Mine.", SENT]
    assert HeldAnswer.objects.get().leaves_at > timezone.now() + timedelta(minutes=50)
    assert answers_that_stand_still(timezone.now()) == 0
    assert answers_that_stand_still(timezone.now() + timedelta(hours=2)) == 1


def test_whoever_has_one_code_follows_both_once_they_are_one(
    client: Client, case: Case, desk: Client
) -> None:
    other = Case.objects.get(pk=case.pk)
    other = opened_beside(other)
    code = "AAAA-BBBB-CCCC"
    Case.objects.filter(pk=other.pk).update(code=flows.mark(other.reference, code))
    client.post("/support/", {"reference": other.reference, "code": code})
    desk.post(at(other, "merging/"), {"reference": case.reference, "do": "1"})
    assert TEXT in page(client.get(f"/support/cases/{other.reference}/", follow=True))


def opened_beside(case: Case) -> Case:
    """Another one of the same person."""
    said = flows.Said(kind=case.kind, text="Again.")
    return flows.open_case(reader=flows.CLERK, person=case.person, said=said).case


def test_ten_seconds_are_said_and_kept(desk: Client, case: Case) -> None:
    send(desk, case)
    row = HeldAnswer.objects.get()
    assert row.leaves_at - row.at == UNDO_FOR == timedelta(seconds=10)
