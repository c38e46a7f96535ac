"""Cases that belong together, part of one made a case of its own, and several taken apart step by step."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kept.accounts.models import User
from kept.testing import staff
from kept.touchpoints.support import recorded
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.at_the_desk.models import CaseLink
from kept.touchpoints.support.cases.mail_intake import Mail, take_in_mail
from kept.touchpoints.support.models import Call, Case, Message
from kept.touchpoints.support.tests.conftest import TEXT, leave, opened, said

pytestmark = pytest.mark.django_db


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def at(case: Case, more: str = "") -> str:
    return f"/desk/cases/{case.reference}/{more}"


def merge(desk: Client, case: Case, into: Case) -> Any:
    return desk.post(at(case, "merging/"), {"reference": into.reference, "do": "1"})


def link(desk: Client, case: Case, other: Case, kind: str = "follows") -> Any:
    return desk.post(at(case, "linking/"), {"reference": other.reference, "kind": kind})


def differences() -> list[str]:
    by_case, acts = recorded.of_staff()
    return list(recorded.differences(by_case, recorded.rows_since(acts.since)))


def test_three_are_put_together_and_taken_apart_step_by_step(desk: Client, case: Case, alice: User) -> None:
    second, third = opened(alice, "Second."), opened(alice, "Third.")
    desk.post(at(second, "note/"), {"text": "Noted."})
    merge(desk, second, case)
    merge(desk, case, third)
    assert said(alice, third) == [TEXT, "Second.", "Third."]
    assert third.staff_notes.get().came_to == second
    refused = page(desk.post(at(second, "splitting/"), follow=True))
    assert f"Take {case.reference} apart first." in refused
    desk.post(at(case, "splitting/"))
    assert said(alice, third) == ["Third."] and said(alice, case) == [TEXT, "Second."]
    desk.post(at(second, "splitting/"))
    assert said(alice, case) == [TEXT] and said(alice, second) == ["Second."]
    assert second.staff_notes.get().came_to is None
    assert not Message.objects.exclude(came_to=None).exists() and differences() == []


def test_calls_of_three_go_home_as_well(desk: Client, case: Case, alice: User, bob: User) -> None:
    second, third = opened(alice, "Second."), opened(alice, "Third.")
    Call.objects.create(
        case=second, person=alice.person, keeper=alice.subject, direction="in", outcome="spoken"
    )
    merge(desk, second, case)
    merge(desk, case, third)
    desk.post(at(case, "splitting/"))
    assert case.calls.get().came_to == second
    desk.post(at(second, "splitting/"))
    assert second.calls.get().came_to is None


def test_a_stranger_s_words_go_back_under_their_key(desk: Client, case: Case, alice: User) -> None:
    mail = Mail(
        sender="alice@private.example", text="From home.", message_id="<7@x.example>", heading=case.reference
    )
    waiting, third = take_in_mail(mail).case, opened(alice, "Third.")
    merge(desk, waiting, case)
    merge(desk, case, third)
    assert "From home." in said(alice, third)
    desk.post(at(case, "splitting/"))
    desk.post(at(waiting, "splitting/"))
    assert said(alice, case) == [TEXT] and waiting.conversation.get().keeper == waiting.person_id


def test_a_link_is_shown_both_ways_and_ends(desk: Client, case: Case, alice: User, hers: Client) -> None:
    other = opened(alice, "It is back.")
    assert link(desk, other, case).status_code == 302
    assert "This one follows from it" in page(desk.get(at(other)))
    assert "It follows from this one" in page(desk.get(at(case)))
    shown = page(hers.get(f"/support/cases/{case.reference}/"))
    assert other.reference in shown and "It follows from this one" in shown
    link(desk, case, other, "related")
    assert CaseLink.objects.filter(until=None).count() == 1
    desk.post(at(case, "linking/"), {"end": str(CaseLink.objects.get(until=None).pk)})
    assert other.reference not in page(desk.get(at(case)))


def test_she_is_told_of_her_own_cases_alone(
    desk: Client, case: Case, charlie: User, hers: Client, his: Client
) -> None:
    theirs = opened(charlie, "The same.")
    link(desk, theirs, case, "duplicate")
    assert theirs.reference in page(desk.get(at(case)))
    assert theirs.reference not in page(hers.get(f"/support/cases/{case.reference}/"))
    assert case.reference not in page(his.get(f"/support/cases/{theirs.reference}/"))


def test_a_link_leads_into_no_other_queue(desk: Client, case: Case, alice: User, client_of: Any) -> None:
    enquiry = opened(alice, "Ten, please.", kind="sales", topic="quote", severity="", firmware="")
    for wrong in (enquiry.reference, "SUP-2026-000000", case.reference, ""):
        answer = desk.post(at(case, "linking/"), {"reference": wrong, "kind": "related"})
        assert answer.status_code == 422, wrong
    assert desk.post(at(case, "linking/"), {"reference": case.reference, "kind": "x"}).status_code == 422
    link(desk, opened(alice, "Again."), case)
    sales = client_of(staff("Zoe Sales", "zoe@example.com", "sales"))
    ended = sales.post(at(case, "linking/"), {"end": str(CaseLink.objects.get().pk)})
    assert ended.status_code == 404 and CaseLink.objects.get().until is None


def test_some_messages_become_a_case_of_their_own_at_any_time(
    desk: Client, case: Case, alice: User, hers: Client
) -> None:
    log = SimpleUploadedFile("log.txt", b"214")
    address = f"/support/cases/{case.reference}/messages/"
    hers.post(address, {"text": "And which lugs fit?", "attachments": log})
    seen = held_answers.newest(case)
    desk.post(at(case, "answer/"), {"text": "M8.", "seen": seen})
    leave()
    assert "And which lugs fit?" in page(desk.get(at(case, "parting/")))
    rows = {one.at: one.pk for one in case.conversation.all()}
    made_up = "00000000-0000-4000-8000-000000000000"
    first, lugs, answer = (rows[when] for when in sorted(rows))
    for wrong in ([], [first, lugs, answer], ["x"], [made_up]):
        assert desk.post(at(case, "parting/"), {"message": wrong}).status_code == 422
    desk.post(at(case, "parting/"), {"message": [lugs, answer]})
    made = Case.objects.exclude(pk=case.pk).get()
    assert said(alice, case) == [TEXT] and said(alice, made) == ["And which lugs fit?", "M8."]
    assert made.topic == case.topic and made.person == case.person and differences() == []
    theirs = page(hers.get(f"/support/cases/{made.reference}/"))
    assert "log.txt" in theirs and case.reference in theirs and "This one follows from it" in theirs
    assert "Part of it went into a case of its own" in page(hers.get(f"/support/cases/{case.reference}/"))
    merge(desk, made, case)
    assert said(alice, case) == [TEXT, "And which lugs fit?", "M8."] and differences() == []
    desk.post(at(made, "splitting/"))
    assert said(alice, made) == ["And which lugs fit?", "M8."] and differences() == []


def test_messages_of_another_case_do_not_go(desk: Client, case: Case, charlie: User, hers: Client) -> None:
    hers.post(f"/support/cases/{case.reference}/messages/", {"text": "More."})
    his = opened(charlie, "Mine.")
    answer = desk.post(at(case, "parting/"), {"message": [str(his.conversation.get().pk)]})
    assert answer.status_code == 422 and his.conversation.count() == 1


def test_whoever_has_no_id_is_sent_the_code_of_the_new_one(desk: Client, policy: Any) -> None:
    first = Mail(sender="frank@example.org", text="One.", message_id="<1@x.example>", authenticated=True)
    case = take_in_mail(first).case
    more = Mail(
        sender="frank@example.org",
        text="Two.",
        message_id="<2@x.example>",
        heading=case.reference,
        authenticated=True,
    )
    assert take_in_mail(more).case == case
    desk.post(at(case, "parting/"), {"message": [str(case.conversation.latest("at").pk)]})
    assert Case.objects.exclude(pk=case.pk).get().code
