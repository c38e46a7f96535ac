"""A yes is a yes, a no acts at once, and pressing on is neither."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

from kept.core.consent import choices
from kept.core.consent.consent_state import NOTHING_SAID, begin, standing
from kept.core.consent.models import Choice, ShownNotice

NOTICE = choices.Notice("We would like to send you news about the products you own.", "news", 1)


def _choose(subject: UUID, answer: Any, purpose: str = "news", **more: Any) -> Choice:
    return choices.choose(
        subject, purpose, answer=answer, notice=NOTICE, language="en", source="registrations", **more
    )


@pytest.fixture
def alice(db: None) -> UUID:
    subject = uuid4()
    begin(subject)
    return subject


def test_whoever_said_nothing_stands_nowhere(alice: UUID) -> None:
    assert standing(alice) == standing(uuid4()) == NOTHING_SAID


def test_a_yes_consents_and_a_no_withdraws_it_at_once(alice: UUID) -> None:
    _choose(alice, "yes")
    assert standing(alice).consents == {"news"}
    _choose(alice, "no")
    assert (standing(alice).consents, standing(alice).objections) == (frozenset(), {"news"})
    _choose(alice, "yes")
    assert (standing(alice).consents, standing(alice).objections) == ({"news"}, frozenset())


def test_withdrawing_takes_no_more_than_giving(alice: UUID, django_assert_max_num_queries: Any) -> None:
    _choose(alice, "yes")
    with django_assert_max_num_queries(12):
        _choose(alice, "no")


def test_what_was_shown_is_kept_once_and_by_its_language(alice: UUID) -> None:
    first = _choose(alice, "yes", act=uuid4())
    second = _choose(alice, "no", purpose="research")
    assert first.notice_id == second.notice_id == NOTICE.hash("en") != NOTICE.hash("fr")
    assert ShownNotice.objects.get().text == NOTICE.text
    assert [choice.answer for choice in choices.history(alice)] == ["no", "yes"]


def test_objection_and_restriction_are_dated_and_lifted(alice: UUID) -> None:
    _choose(alice, "yes")
    choices.object_to(alice, "news", source="rights")
    choices.object_to(alice, "news", source="rights")
    choices.restrict(alice, "support", source="rights")
    assert standing(alice).objections == {"news"}
    assert standing(alice).restrictions == {"support"}
    choices.lift(alice, "news")
    choices.lift(alice, "support")
    assert standing(alice) == NOTHING_SAID, "a consent that an objection ended does not come back by itself"
    assert [(limit.kind, limit.until is None) for limit in choices.limits(alice)] == [
        ("restriction", False),
        ("objection", False),
    ]


def test_the_order_is_that_of_recording(alice: UUID) -> None:
    """A call of yesterday, written down today, still ends what was said since: taking back must never be lost
    to a clock.
    """
    _choose(alice, "yes")
    _choose(alice, "no", at=timezone.now() - timedelta(days=1))
    assert standing(alice).consents == frozenset()


@pytest.mark.parametrize("answer", ["", "Yes", "continue", "true", None, True])
def test_another_answer_is_refused(alice: UUID, answer: Any) -> None:
    with pytest.raises(ValueError, match="yes, no or acknowledged"):
        _choose(alice, answer)
    assert not Choice.objects.exists()


def test_it_refuses_no_notice_and_a_time_to_come(alice: UUID) -> None:
    with pytest.raises(ValueError, match="notice"):
        choices.choose(
            alice, "news", answer="yes", notice=choices.Notice(" ", "news", 1), language="en", source="x"
        )
    with pytest.raises(ValueError, match="future"):
        _choose(alice, "yes", at=timezone.now() + timedelta(hours=1))
    assert standing(alice) == NOTHING_SAID


@pytest.mark.django_db(transaction=True)
def test_choices_made_at_once_are_all_kept() -> None:
    subject = uuid4()
    purposes = [f"purpose-{number}" for number in range(6)]

    def choose(purpose: str) -> None:
        try:
            _choose(subject, "yes", purpose)
        finally:
            connection.close()

    threads = [threading.Thread(target=choose, args=(purpose,)) for purpose in purposes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert standing(subject).consents == set(purposes)


class Laws(TestCase):
    steps = some.lists(
        some.tuples(
            some.sampled_from(["yes", "no", "acknowledged", "object", "restrict", "lift"]),
            some.sampled_from(["news", "research"]),
        ),
        max_size=8,
    )

    @settings(deadline=None)
    @given(steps)
    def test_a_consent_is_a_last_word_of_yes_and_nothing_else(self, steps: list[tuple[str, str]]) -> None:
        subject = uuid4()
        consents: set[str] = set()
        for step, purpose in steps:
            if step in {"yes", "no", "acknowledged"}:
                _choose(subject, step, purpose)
            else:
                {"object": choices.object_to, "restrict": choices.restrict, "lift": choices.lift}[step](
                    subject, purpose
                )
            if step == "yes":
                consents.add(purpose)
            elif step in {"no", "object"}:
                consents.discard(purpose)
        assert standing(subject).consents == consents

    @settings(deadline=None)
    @given(some.integers(1, 5))
    def test_pressing_on_however_often_is_no_consent(self, times: int) -> None:
        subject = uuid4()
        for _ in range(times):
            _choose(subject, "acknowledged")
        assert standing(subject) == NOTHING_SAID
        assert len(choices.history(subject)) == times
