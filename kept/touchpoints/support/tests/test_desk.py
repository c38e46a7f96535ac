"""Cases at the desk: a queue that names nobody, an answer and a note that cannot be mistaken, and two agents
at once.
"""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.errors import MatterRequired
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.outbox.models import Message as Mailed
from kept.testing import reader_of, staff
from kept.touchpoints.support import recorded
from kept.touchpoints.support.at_the_desk import guard, held_answers
from kept.touchpoints.support.at_the_desk.case_page import others_present
from kept.touchpoints.support.cases.mail_intake import Mail, take_in_mail
from kept.touchpoints.support.models import Call, Case, Message, Note
from kept.touchpoints.support.tests.conftest import TEXT, leave, mails, opened, said

pytestmark = pytest.mark.django_db
QUEUE = "/desk/cases/"
SENT = "Please switch it off and on again."


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def at(case: Case, more: str = "") -> str:
    return f"{QUEUE}{case.reference}/{more}"


def newest(case: Case) -> str:
    return held_answers.newest(case)


def lines(user: Any) -> str:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return "\n".join(f"{entry.detail} {entry.note}" for entry in timeline(user.person.pk, limit=20))


def answer(desk: Client, case: Case, text: str = SENT, **more: str) -> Any:
    return desk.post(at(case, "answer/"), {"text": text, "seen": newest(case), **more})


def test_the_queue_names_references_and_nobody(desk: Client, case: Case) -> None:
    shown = page(desk.get(QUEUE))
    assert case.reference in shown and "Load unprotected" in shown and "Help with a product" in shown
    assert not any(one in shown for one in ("Alice", "Alarm 214"))
    assert "<b>Cases</b> <span>1</span>" in page(desk.get("/desk/"))


def test_the_desk_is_for_those_who_help(case: Case, dana: Any, charlie: Any, client_of: Any) -> None:
    for user in (dana, charlie):
        for address in (QUEUE, at(case)):
            assert client_of(user).get(address).status_code == 403


def test_sales_and_support_do_not_see_each_others_cases(
    desk: Client, case: Case, alice: Any, client_of: Any
) -> None:
    seller = client_of(staff("Sam Peters", "sam@example.com", "sales"))
    enquiry = opened(alice, "We need ten.", kind="sales", topic="quote", severity="", firmware="")
    assert seller.get(at(case)).status_code == 404 and desk.get(at(enquiry)).status_code == 404
    assert "We need ten." in page(seller.get(at(enquiry))) and TEXT in page(desk.get(at(case)))


def test_another_company_of_the_group_does_not_look_in(case: Case, client_of: Any) -> None:
    there = staff("Sam Peters", "sam@example.com", "support", entity="cet-energy-solutions")
    assert client_of(there).get(at(case)).status_code == 404


def test_filters_by_language_market_and_where_it_stands(desk: Client, case: Case) -> None:
    assert case.reference in page(desk.get(QUEUE, {"language": "en", "market": "europe"}))
    for wrong in (
        {"language": "nl"},
        {"market": "world"},
        {"show": "theirs"},
        {"show": "mine"},
        {"show": "snoozed"},
    ):
        assert case.reference not in page(desk.get(QUEUE, wrong)), wrong


def test_opening_one_shows_what_the_purpose_needs_and_stands_on_the_timeline(
    desk: Client, case: Case, alice: Any
) -> None:
    shown = page(desk.get(at(case)))
    assert TEXT in shown and "Alice Lambert" in shown and "4.2.1" in shown
    assert "Not here." in shown, "the address is not for support"
    assert f"Looked at case {case.reference}" in lines(alice)


def test_an_answer_is_on_the_page_by_mail_and_on_the_timeline(
    desk: Client, case: Case, alice: Any, hers: Client, bob: Any
) -> None:
    assert answer(desk, case).status_code == 302 and leave() == 1
    case.refresh_from_db()
    assert case.awaits == "customer" and case.answered_at and case.assignee == bob.subject
    assert said(alice, case) == [TEXT, SENT] and SENT in mails(alice) and "Bob" not in mails(alice)
    shown = page(hers.get(f"/support/cases/{case.reference}/"))
    assert SENT in shown and "Bob" not in shown
    assert f"We answered in case {case.reference}" in lines(alice)


def test_her_answer_by_mail_finds_the_case_by_ours(desk: Client, case: Case, alice: Any) -> None:
    answer(desk, case)
    leave()
    ours = Message.objects.get(author="staff")
    assert ours.mail_mark
    letter = Mailed.objects.filter(template="support/mail/answered.txt").get()
    reply = Mail(
        sender="alice@example.com",
        text="It works.",
        message_id="<5@example.com>",
        authenticated=True,
        answers=[f"<{letter.pk}@localhost>"],
    )
    assert take_in_mail(reply).case == case


@pytest.mark.parametrize(
    "text", ["Dear {name}, …", "Dear [name], …", "Send it to XXX", "internal: he is difficult"]
)
def test_what_is_doubtful_is_not_sent_before_somebody_says_so(desk: Client, case: Case, text: str) -> None:
    shown = page(answer(desk, case, text))
    assert 'name="stop" value="1" autofocus>Don’t send</button>' in shown and text in shown
    assert case.conversation.count() == 1
    assert text in page(answer(desk, case, text, stop="1")) and case.conversation.count() == 1
    assert answer(desk, case, text, anyway="1").status_code == 302 and leave() == 1


def test_plain_words_raise_no_doubt() -> None:
    assert guard.doubts("Please switch the internet router off, <strong> as page 3 (2026) says.") == [
        "<strong>"
    ]
    assert guard.doubts("Set parameter 12 to 48 V; see the manual, page 3.") == []


def test_two_agents_at_once_the_second_is_told_and_keeps_the_words(
    desk: Client, case: Case, client_of: Any, rf: Any
) -> None:
    before = newest(case)
    other = client_of(staff("Kim Maes", "kim@example.com", "support"))
    other.get(at(case))
    assert "Somebody else is here" in page(desk.get(at(case)))
    assert answer(other, case, "First.").status_code == 302
    late = desk.post(at(case, "answer/"), {"text": "Second.", "seen": before})
    assert late.status_code == 409 and "Somebody wrote in this case while you did." in page(late)
    assert "Second." in page(late) and "First." in page(late) and leave() == 1


def test_a_note_is_never_sent_and_is_part_of_her_copy(
    desk: Client, case: Case, alice: Any, hers: Client
) -> None:
    assert "It is part of the copy this person can take" in page(desk.get(at(case)))
    assert desk.post(at(case, "note/"), {"text": ""}).status_code == 422
    desk.post(at(case, "note/"), {"text": "Third fan this year."})
    assert "Third fan" not in mails(alice)
    assert "Third fan" not in page(hers.get(f"/support/cases/{case.reference}/"))
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        assert [one.words for one in Note.objects.filter(keeper=alice.subject).select_related("case")] == [
            "Third fan this year."
        ]


def test_a_text_that_is_ready_comes_in_the_language_of_the_case(desk: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(language="de")
    shown = page(answer(desk, case, "Guten Tag,", insert="1", macro="logs"))
    assert "Guten Tag,\n\nBitte" in shown and case.conversation.count() == 1


def test_taken_put_off_and_closed(desk: Client, case: Case, bob: Any, alice: Any) -> None:
    desk.post(at(case, "taking/"))
    case.refresh_from_db()
    assert case.assignee == bob.subject and case.reference in page(desk.get(QUEUE, {"show": "mine"}))
    day = timezone.localdate() + timedelta(days=3)
    parts = {"until_day": day.day, "until_month": day.month, "until_year": day.year}
    assert desk.post(at(case, "snoozing/"), {**parts, "until_year": 2020}).status_code == 422
    desk.post(at(case, "snoozing/"), parts)
    assert case.reference not in page(desk.get(QUEUE)) and case.reference in page(
        desk.get(QUEUE, {"show": "snoozed"})
    )
    desk.post(at(case, "closing/"))
    shown = page(desk.get(at(case)))
    assert "is closed" in shown and TEXT not in shown and "Alice" not in shown
    assert answer(desk, case).status_code == 200 and case.conversation.count() == 1
    assert f"We closed case {case.reference}" in lines(alice)


def test_a_masked_value_opens_for_a_reason_that_she_reads(desk: Client, case: Case, alice: Any) -> None:
    with gate.purpose("account", reader=reader_of(alice), about=alice.person):
        alice.person.correct("phone", "+32 4 345 00 17")
    assert "+32 4 345 00 17" not in page(desk.get(at(case)))
    assert desk.post(at(case, "revealing/"), {"field": "phone_typed", "reason": "x"}).status_code == 422
    desk.post(at(case, "revealing/"), {"field": "phone_typed", "reason": "Her rack is without power"})
    assert "+32 4 345 00 17" in page(desk.get(at(case)))
    assert "Her rack is without power" in lines(alice)
    case.revealed.update(until=timezone.now())
    assert "+32 4 345 00 17" not in page(desk.get(at(case)))


def test_two_of_hers_are_put_together_after_a_look_and_taken_apart_again(
    desk: Client, case: Case, alice: Any, hers: Client
) -> None:
    other = opened(alice, "The same, from my phone.")
    desk.post(at(other, "note/"), {"text": "She called twice."})
    with gate.purpose("support", reader=reader_of(alice), about=alice.person):
        Call.objects.create(keeper=alice.subject, person=alice.person, case=other, text="On the phone.")
    looked = page(desk.post(at(other, "merging/"), {"reference": case.reference}))
    assert f"Its messages (1) go into {case.reference}" in looked and other.conversation.count() == 1
    desk.post(at(other, "merging/"), {"reference": case.reference, "do": "1"})
    assert said(alice, case) == [TEXT, "The same, from my phone."]
    assert hers.get(f"/support/cases/{other.reference}/")["Location"].endswith(f"{case.reference}/")
    assert case.calls.get().came_to == other == case.staff_notes.get().came_to
    by_case, acts = recorded.of_staff()
    assert list(recorded.differences(by_case, recorded.rows_since(acts.since))) == []
    desk.post(at(other, "splitting/"))
    assert other.calls.get().came_to is None and other.staff_notes.get().came_to is None
    assert said(alice, case) == [TEXT] and said(alice, other) == ["The same, from my phone."]


def test_a_strangers_case_is_never_put_together_with_hers(
    desk: Client, case: Case, charlie: Any, alice: Any
) -> None:
    his = opened(charlie, "Mine.")
    refused = desk.post(at(his, "merging/"), {"reference": case.reference, "do": "1"})
    assert refused.status_code == 422 and said(alice, case) == [TEXT]


def test_a_mail_that_named_it_joins_under_her_key_once_an_agent_looked(
    desk: Client, case: Case, alice: Any
) -> None:
    mail = Mail(
        sender="alice@private.example", text="From home.", message_id="<7@x.example>", heading=case.reference
    )
    waiting = take_in_mail(mail).case
    assert "names another case" in page(desk.get(QUEUE)) and "Nobody vouches for" in page(
        desk.get(at(waiting))
    )
    desk.post(at(waiting, "merging/"), {"reference": case.reference, "do": "1"})
    assert said(alice, case) == [TEXT, "From home."]
    desk.post(at(waiting, "splitting/"))
    assert said(alice, case) == [TEXT] and waiting.conversation.get().keeper == waiting.person_id


def test_presence_tells_nobody_who_it_is(desk: Client, case: Case, bob: Any) -> None:
    desk.get(at(case))
    row = case.present.get()
    assert str(bob.subject) not in row.mark and row.role == "support"
    assert others_present.__doc__


def test_support_reads_nothing_of_it_once_it_is_closed(case: Case, desk: Client) -> None:
    desk.post(at(case, "closing/"))
    case.refresh_from_db()
    with (
        pytest.raises(MatterRequired),
        gate.purpose("support", reader=StaffReader(role="support", entity="cet-power"), about=case),
    ):
        pass
