"""A case is given to a colleague by name, and passed to the second level for a reason and back."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.core.consent.models import Acknowledgement
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import StaffReader
from kept.testing import reader_of, staff
from kept.touchpoints.support.at_the_desk import assigning, queues
from kept.touchpoints.support.cases.flows import NotNow
from kept.touchpoints.support.desk import waiting
from kept.touchpoints.support.models import Case, Note
from kept.touchpoints.support.tests.conftest import opened

pytestmark = pytest.mark.django_db
QUEUE, COLLEAGUES = "/desk/cases/", "/desk/cases/colleagues/"
WHY = "It needs somebody who knows the controller."


@pytest.fixture
def kim(policy: Any) -> User:
    return staff("Kim Maes", "kim@example.com", "support")


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def at(case: Case, more: str = "") -> str:
    return f"{QUEUE}{case.reference}/{more}"


def reader(user: User) -> StaffReader:
    return StaffReader(role="support", entity="cet-power", actor=user.subject)


def lines(user: User) -> str:
    with gate.purpose("own-data", reader=reader_of(user), about=user.person):
        return "\n".join(str(entry.detail) for entry in timeline(user.person.pk, limit=20))


def steps(case: Case) -> list[str]:
    return list(case.steps.values_list("kind", flat=True))


def give(desk: Client, case: Case, to: User) -> Any:
    return desk.post(at(case, "assigning/"), {"to": str(to.post().pk)})


def test_given_by_name_it_is_in_their_queue_and_on_the_record(
    desk: Client, case: Case, kim: User, client_of: Any, hers: Client
) -> None:
    shown = page(desk.get(at(case, "assigning/")))
    assert "Kim Maes" in shown and "Nobody has it yet" in shown
    assert give(desk, case, kim).status_code == 302
    assert case.reference in page(client_of(kim).get(QUEUE, {"show": "mine"}))
    assert "Kim Maes has it now" in page(desk.get(at(case, "assigning/")))
    assert steps(case) == ["opened", "assigned"]
    for each in (desk.get(at(case)), hers.get(f"/support/cases/{case.reference}/")):
        assert "Given to a colleague of ours" in page(each)
    assert "Kim" not in page(hers.get(f"/support/cases/{case.reference}/"))


def test_the_queue_shows_what_one_colleague_has_and_what_nobody_has(
    desk: Client, case: Case, kim: User, alice: User
) -> None:
    other = opened(alice, "Something else.")
    give(desk, case, kim)
    theirs = page(desk.get(QUEUE, {"by": str(kim.post().pk)}))
    assert "The cases of Kim Maes" in theirs
    assert case.reference in theirs and other.reference not in theirs
    free = page(desk.get(QUEUE, {"show": "free"}))
    assert other.reference in free and case.reference not in free
    assert other.reference in page(desk.get(QUEUE, {"by": "999999"})), "nobody's number filters nothing"


def test_whoever_s_name_was_opened_reads_of_it(desk: Client, case: Case, kim: User) -> None:
    desk.get(at(case, "assigning/"))
    assert "A colleague saw your name, to give you a case" in lines(kim)


@pytest.mark.parametrize(
    "who",
    [
        ("Sam Peters", "sam@example.com", "support", "cet-energy-solutions"),
        ("Zoe Sales", "zoe@example.com", "sales", "cet-power"),
    ],
)
def test_nobody_of_another_role_or_company_can_have_it(desk: Client, case: Case, who: Any) -> None:
    name, email, role, entity = who
    other = staff(name, email, role, entity=entity)
    assert name not in page(desk.get(at(case, "assigning/")))
    assert give(desk, case, other).status_code == 422
    case.refresh_from_db()
    assert case.assignee is None


def test_nobody_without_their_guideline_can_have_it(desk: Client, case: Case, kim: User, bob: User) -> None:
    Acknowledgement.objects.filter(subject=kim.subject).delete()
    assert "Kim Maes" not in page(desk.get(at(case, "assigning/")))
    assert give(desk, case, kim).status_code == 422
    with pytest.raises(NotNow):
        assigning.assign(reader=reader(bob), case=case, to=kim.post())


def test_whoever_left_can_have_nothing_more(desk: Client, case: Case, kim: User) -> None:
    give(desk, case, kim)
    kim.post().leave()
    shown = page(desk.get(at(case, "assigning/")))
    assert "Somebody has it who may have cases no more" in shown and "Kim" not in shown


def test_without_a_second_level_nothing_is_passed_on_and_the_words_stay(desk: Client, case: Case) -> None:
    answer = desk.post(at(case, "escalating/"), {"reason": WHY})
    assert answer.status_code == 422 and "Nobody is on the second level." in page(answer)
    assert WHY in page(answer) and not Note.objects.exists()


def test_passed_on_it_waits_for_the_second_level_and_comes_back(
    desk: Client, case: Case, kim: User, bob: User, client_of: Any, hers: Client, alice: User
) -> None:
    second = client_of(kim)
    second.post(COLLEAGUES, {"join": "1"})
    assert "On the second level" in page(desk.get(COLLEAGUES))
    desk.post(at(case, "taking/"))
    desk.post(at(case, "escalating/"), {"reason": WHY})
    case.refresh_from_db()
    assert case.assignee is None and waiting(reader(bob)) == 0 and waiting(reader(kim)) == 1
    assert case.reference not in page(desk.get(QUEUE)) and case.reference in page(second.get(QUEUE))
    assert case.reference in page(desk.get(QUEUE, {"show": "second"}))
    assert WHY in page(second.get(at(case))) and "With the second level" in page(second.get(at(case)))
    theirs = page(hers.get(f"/support/cases/{case.reference}/"))
    assert "Passed to the second level" in theirs and WHY not in theirs
    assert f"Case {case.reference} was passed to the second level" in lines(alice)
    again = desk.post(at(case, "escalating/"), {"reason": WHY})
    assert again.status_code == 422 and "with the second level already" in page(again)
    second.post(at(case, "escalating/"), {"back": "1"})
    assert waiting(reader(bob)) == 1 and steps(case) == ["opened", "taken", "escalated", "taken-back"]
    assert "is not with the second level" in page(
        desk.post(at(case, "escalating/"), {"back": "1"}, follow=True)
    )


def test_once_nobody_is_there_any_more_it_waits_for_everybody(
    desk: Client, case: Case, kim: User, bob: User, client_of: Any
) -> None:
    second = client_of(kim)
    second.post(COLLEAGUES, {"join": "1"})
    second.post(COLLEAGUES, {"join": "1"})
    desk.post(at(case, "escalating/"), {"reason": WHY})
    second.post(COLLEAGUES, {"leave": "1"})
    assert queues.second_level(reader(bob)) == set() and waiting(reader(bob)) == 1


def test_a_reason_is_asked_for(desk: Client, case: Case, kim: User, client_of: Any) -> None:
    client_of(kim).post(COLLEAGUES, {"join": "1"})
    answer = desk.post(at(case, "escalating/"), {"reason": "x"})
    assert answer.status_code == 422 and "Say why it needs the second level" in page(answer)


def test_put_together_it_stays_with_the_second_level(
    desk: Client, case: Case, kim: User, alice: User, client_of: Any
) -> None:
    client_of(kim).post(COLLEAGUES, {"join": "1"})
    other = opened(alice, "The same.")
    desk.post(at(other, "escalating/"), {"reason": WHY})
    desk.post(at(other, "merging/"), {"reference": case.reference, "do": "1"})
    assert case.escalations.get().note == Note.objects.get()
    desk.post(at(other, "splitting/"))
    assert other.escalations.filter(until=None).count() == 1
