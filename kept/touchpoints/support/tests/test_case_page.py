"""One case: seen by its owner alone until it is shared; answered, closed, opened again, rated, shared."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.testing import reader_of
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.cases import flows, limits
from kept.touchpoints.support.cases.mail_intake import Mail, take_in_mail
from kept.touchpoints.support.models import Attachment, Case, Message
from kept.touchpoints.support.tests.conftest import TEXT, mails, opened, said

pytestmark = pytest.mark.django_db
NOT_YOURS = "You cannot open this case. Ask its owner to share it."


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def without_tokens(answer: Any) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", page(answer))


def at(case: Case, more: str = "") -> str:
    return f"/support/cases/{case.reference}/{more}"


def lines(user: Any) -> list[str]:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return [str(entry.detail) for entry in timeline(user.person.pk, limit=20)]


def test_a_case_of_somebody_else_answers_exactly_like_none(his: Client, case: Case) -> None:
    nothing = case.reference[:-6] + "000000"
    his.get("/support/")  # every page counts the cookies on the device; the first sets one
    for more in ("", "files/00000000-0000-4000-8000-000000000000/"):
        theirs, none = his.get(at(case, more)), his.get(f"/support/cases/{nothing}/{more}")
        assert theirs.status_code == none.status_code == 404
        assert without_tokens(theirs).replace(case.reference, nothing) == without_tokens(none)
    assert NOT_YOURS in page(his.get(at(case)))
    for more in (
        "messages/",
        "closing/",
        "reopening/",
        "rating/",
        "sharing/",
        "calls/00000000-0000-4000-8000-000000000000/",
    ):
        theirs = his.post(at(case, more), {"text": "x", "stars": "1"})
        none = his.post(f"/support/cases/{nothing}/{more}", {"text": "x", "stars": "1"})
        assert theirs.status_code == none.status_code == 404, more
    case.refresh_from_db()
    assert case.closed_at is None and case.conversation.count() == 1


def test_a_visitor_sees_the_same_page(client: Client, case: Case) -> None:
    assert client.get(at(case)).status_code == 404 and TEXT not in page(client.get(at(case)))


def test_she_writes_and_it_is_ours_to_answer(hers: Client, alice: Any, case: Case) -> None:
    Case.objects.update(awaits="customer")
    log = SimpleUploadedFile("alarms.csv", b"214,10:02\n")
    assert hers.post(at(case, "messages/"), {"text": "Again today.", "attachments": log}).status_code == 302
    case.refresh_from_db()
    assert said(alice, case) == [TEXT, "Again today."] and case.awaits == "us"
    file = Attachment.objects.get().file
    answer = hers.get(at(case, f"files/{file}/"))
    assert answer.content == b"214,10:02\n" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].endswith('.csv"')


def test_an_empty_message_is_refused_in_a_sentence(hers: Client, case: Case) -> None:
    answer = hers.post(at(case, "messages/"), {"text": ""})
    assert answer.status_code == 422 and "Write what you want to say" in page(answer)


def test_thirty_messages_an_hour_are_enough_and_the_words_stay(
    hers: Client, alice: Any, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.WRITTEN.most == 30
    monkeypatch.setattr(limits, "WRITTEN", replace(limits.WRITTEN, most=1))
    assert hers.post(at(case, "messages/"), {"text": "One."}).status_code == 302
    answer = hers.post(at(case, "messages/"), {"text": "Two."})
    assert answer.status_code == 429 and "30 messages within an hour are enough" in page(answer)
    assert "Two.</textarea>" in page(answer) and said(alice, case) == [TEXT, "One."]


def test_closed_opened_again_and_rated(hers: Client, case: Case) -> None:
    assert hers.post(at(case, "rating/"), {"stars": "5"}).status_code == 302
    case.refresh_from_db()
    assert case.stars is None, "what is open is not rated"
    hers.post(at(case, "closing/"))
    hers.post(at(case, "rating/"), {"stars": "4"})
    case.refresh_from_db()
    assert case.closed_at and case.stars == 4
    assert hers.post(at(case, "rating/"), {"stars": "9"}).status_code == 422
    hers.post(at(case, "reopening/"))
    case.refresh_from_db()
    assert case.closed_at is None and case.stars is None
    assert [step.kind for step in case.steps.all()] == ["opened", "closed", "rated", "reopened"]


def test_writing_opens_it_again(hers: Client, case: Case, alice: Any) -> None:
    flows.close(reader=reader_of(alice), case=case)
    hers.post(at(case, "messages/"), {"text": "It is back."})
    case.refresh_from_db()
    assert case.matter_open


def test_shared_with_a_named_colleague_who_reads_and_answers(
    hers: Client, alice: Any, colleague: Any, client_of: Any, case: Case
) -> None:
    other = client_of(colleague)
    assert other.get(at(case)).status_code == 404
    assert "Eve Dubois" in page(hers.get(at(case)))
    hers.post(at(case, "sharing/"), {"colleagues": str(colleague.person.pk)})
    assert TEXT in page(other.get(at(case))) and case.reference in mails(colleague)
    assert any("A colleague you share case" in line for line in lines(alice))
    other.post(at(case, "messages/"), {"text": "I was there too."})
    assert Message.objects.latest("at").keeper == colleague.person.pk
    assert "I was there too." in page(hers.get(at(case)))
    for more in ("closing/", "sharing/", "rating/"):
        assert other.post(at(case, more), {"stars": "1"}).status_code == 404
    hers.post(at(case, "sharing/"), {})
    assert other.get(at(case)).status_code == 404


def test_nobody_but_a_colleague_can_be_chosen(hers: Client, charlie: Any, colleague: Any, case: Case) -> None:
    answer = hers.post(at(case, "sharing/"), {"colleagues": str(charlie.person.pk)})
    assert answer.status_code == 422 and not case.shares.exists()


def test_what_is_confidential_is_never_shared(
    hers: Client, alice: Any, colleague: Any, client_of: Any
) -> None:
    secret = opened(alice, topic="complaint", severity="")
    assert "never shared" in page(hers.get(at(secret)))
    hers.post(at(secret, "sharing/"), {"colleagues": str(colleague.person.pk)})
    assert not secret.shares.exists() and client_of(colleague).get(at(secret)).status_code == 404


def test_both_versions_of_a_call_note_stay(hers: Client, alice: Any, bob: Any, case: Case) -> None:
    with gate.purpose("support", reader=flows.CLERK, about=flows.about(flows.CLERK, case)):
        call = Call(case=case, person=alice.person, keeper=alice.subject, role="support", entity="cet-power")
        call.direction, call.outcome, call.text = "in", "spoken", "She said 24 V."
        call.save(force_insert=True)
    assert "She said 24 V." in page(hers.get(at(case)))
    address = at(case, f"calls/{call.pk}/")
    assert hers.post(address, {"text": ""}).status_code == 422
    hers.post(address, {"text": "I said 48 V, not 24 V"})
    shown = page(hers.get(at(case)))
    assert "She said 24 V." in shown and "I said 48 V, not 24 V" in shown


def test_reference_and_code_open_a_case_without_an_id(client: Client, policy: Any) -> None:
    case = take_in_mail(Mail(sender="frank@example.org", text=TEXT, message_id="<9@example.org>")).case
    code = "AAAA-BBBB-CCCC"
    Case.objects.filter(pk=case.pk).update(code=flows.mark(case.reference, code))
    wrong = client.post("/support/", {"reference": case.reference, "code": "AAAA-BBBB-DDDD"})
    none = client.post("/support/", {"reference": "SUP-2026-000000", "code": code})
    assert wrong.status_code == none.status_code == 422
    sentence = "This reference and this code do not belong together."
    assert sentence in page(wrong) and sentence in page(none)
    assert (
        client.post("/support/", {"reference": case.reference.lower(), "code": code.lower()}).status_code
        == 302
    )
    assert TEXT in page(client.get(at(case)))
    client.post(at(case, "messages/"), {"text": "More of it."})
    assert case.conversation.count() == 2
    assert code not in str(dict(client.session.items()))


def test_her_look_at_it_is_on_her_timeline(hers: Client, alice: Any, case: Case) -> None:
    hers.get(at(case))
    assert any(f"You looked at case {case.reference}" in line for line in lines(alice))
