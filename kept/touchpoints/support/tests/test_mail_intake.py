"""A received mail: whose words it is, where it belongs, and that it is there once."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.vault import gate
from kept.core.vault.readers import Job, StaffReader
from kept.core.vault.tests.guided import acknowledged
from kept.outbox.models import Message as Mailed
from kept.people.models import Person
from kept.testing import reader_of
from kept.touchpoints.support.cases import flows, topics
from kept.touchpoints.support.cases.mail_intake import Mail, take_in_mail
from kept.touchpoints.support.models import Case, Message, Share
from kept.touchpoints.support.tests.conftest import mails, opened, said

pytestmark = pytest.mark.django_db
HEADING = "The shelf hums"


def mail(**more: Any) -> Mail:
    told = {
        "sender": "alice@example.com",
        "text": "It hums since Monday.",
        "heading": HEADING,
        "name": "Alice",
    }
    return Mail(**{**told, "message_id": "<1@example.com>", "authenticated": True, **more})


def test_somebody_known_and_authenticated_gets_a_case_of_their_own(alice: Any) -> None:
    taken = take_in_mail(mail())
    assert taken.opened and taken.fresh and not taken.waits
    assert taken.case.person == alice.person and taken.case.channel == "mail"
    assert said(alice, taken.case) == ["It hums since Monday."]
    assert taken.case.reference in mails(alice)


def test_the_same_mail_twice_is_one(alice: Any) -> None:
    first, second = take_in_mail(mail()), take_in_mail(mail())
    assert not second.fresh and second.case == first.case and second.message == first.message
    assert Message.objects.count() == 1


def test_an_answer_joins_its_case_by_the_subject_or_by_what_it_answers(alice: Any, case: Case) -> None:
    named = take_in_mail(mail(heading=f"RE: [{case.reference.lower()}] hums", message_id="<2@example.com>"))
    assert named.case == case and not named.opened
    answered = take_in_mail(mail(message_id="<3@example.com>", answers=["<2@example.com>"]))
    assert answered.case == case and case.conversation.count() == 3


def test_an_answer_opens_a_closed_case_again(alice: Any, case: Case) -> None:
    flows.close(reader=reader_of(alice), case=case)
    take_in_mail(mail(heading=case.reference))
    case.refresh_from_db()
    assert case.closed_at is None and case.awaits == Case.Awaits.US


@pytest.mark.parametrize(
    ("sender", "authenticated"), [("alice@example.com", False), ("charlie@example.com", True)]
)
def test_a_mail_nobody_vouches_for_never_joins_and_waits(
    alice: Any, charlie: Any, case: Case, sender: str, authenticated: bool
) -> None:
    taken = take_in_mail(mail(sender=sender, heading=case.reference, authenticated=authenticated))
    assert taken.opened and taken.waits and taken.case.suggested == case and taken.case != case
    assert case.conversation.count() == 1
    assert (taken.case.person == alice.person) is False


def test_a_forged_sender_is_somebody_of_their_own(alice: Any) -> None:
    taken = take_in_mail(mail(authenticated=False))
    assert taken.case.person != alice.person
    assert taken.case.reference not in mails(alice), "and hears nothing of it under her own name"


def test_an_unknown_sender_becomes_a_person_without_an_account_and_gets_a_code(policy: Any) -> None:
    taken = take_in_mail(mail(sender="frank@example.org", name="Frank", language="de"))
    with gate.purpose("support", reader=flows.CLERK, about=Job("a test")):
        person = Person.objects.get(pk=taken.case.person_id)
        assert (person.name, person.email, person.language) == ("Frank", "frank@example.org", "de")
        (sent,) = Mailed.objects.filter(subject=person.pk)
        assert "Ihr" in sent.body or "Sie" in sent.body, "in their language"
    assert taken.case.code and taken.case.language == "de"


def test_what_nobody_wrote_is_not_answered(policy: Any) -> None:
    take_in_mail(mail(sender="robot@example.org", automatic=True))
    assert not Mailed.objects.exists()


def test_a_colleague_it_is_shared_with_joins_under_their_own_key(
    alice: Any, colleague: Any, case: Case
) -> None:
    Share.objects.create(case=case, person=colleague.person)
    taken = take_in_mail(mail(sender="eve@example.com", heading=case.reference))
    assert taken.case == case and taken.message.keeper == colleague.person.pk
    assert taken.message.author == Message.Author.COLLEAGUE


def test_a_colleague_does_not_join_what_is_confidential(alice: Any, colleague: Any) -> None:
    secret = opened(alice, topic="billing", severity="")
    Share.objects.create(case=secret, person=colleague.person)
    assert take_in_mail(mail(sender="eve@example.com", heading=secret.reference)).case != secret


def test_a_card_number_is_masked_before_it_is_stored(alice: Any) -> None:
    taken = take_in_mail(mail(text="My card is 4111 1111 1111 1111, thanks."))
    assert taken.message.masked == 1
    assert said(alice, taken.case) == ["My card is •••• 1111, thanks."]


def test_a_sales_inbox_makes_an_enquiry_that_support_cannot_read(alice: Any) -> None:
    case = take_in_mail(mail(kind=topics.SALES)).case
    assert case.purpose == "sales"
    seller = acknowledged(StaffReader(role="sales", entity="cet-power"))
    with gate.purpose("sales", reader=seller, about=case):
        assert Case.objects.get(pk=case.pk).words == HEADING
