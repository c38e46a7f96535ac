"""A statement worded once still asks the database each time, and gives what a query set gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kept.core.consent.models import Choice, Limit, ShownNotice, StandingRow
from kept.core.prepared import Counts, Prepared, Sweeping, add, change, send, together

pytestmark = pytest.mark.django_db
CHOICES = Prepared(
    lambda subject, since: (
        Choice.objects.filter(subject=subject, at__gte=since).select_related("notice").order_by("id")
    )
)
ANSWERS = Prepared(
    lambda subject: Choice.objects.filter(subject=subject).order_by("-id").values_list("answer", "at", "act")
)
STANDING = Prepared(lambda subject: StandingRow.objects.filter(subject=subject))


@pytest.fixture
def alice() -> UUID:
    subject = uuid4()
    StandingRow.objects.create(subject=subject, consents=["news"])
    ShownNotice.objects.create(hash="a" * 64, text="What was shown.", clause="news", policy=1, language="en")
    return subject


def _choice(subject: UUID, answer: str = "yes") -> Choice:
    now = timezone.now()
    return Choice(
        subject=subject,
        purpose="news",
        answer=answer,
        notice_id="a" * 64,
        source="a test",
        at=now,
        recorded_at=now,
        act=uuid4(),
    )


def _limit(subject: UUID) -> Limit:
    return Limit(subject=subject, purpose="news", kind="objection", source="a test", since=timezone.now())


def test_rows_are_those_of_the_query_set_with_what_is_joined(
    alice: UUID, django_assert_num_queries: Any
) -> None:
    first, second = _choice(alice), _choice(alice, "no")
    add(first)
    add(second)
    add(_choice(uuid4()))
    with django_assert_num_queries(1):
        found = CHOICES.rows(alice, first.at)
        assert [one.notice.text for one in found] == ["What was shown."] * 2
    assert found == [first, second] == list(Choice.objects.filter(subject=alice).order_by("id"))
    assert [(one.at, one.act, one.subject) for one in found] == [
        (one.at, one.act, alice) for one in (first, second)
    ]
    assert ANSWERS.rows(alice) == [("no", second.at, second.act), ("yes", first.at, first.act)]
    assert CHOICES.rows(alice, second.at + timedelta(seconds=1)) == []


def test_each_time_is_asked_afresh(alice: UUID) -> None:
    assert STANDING.first(alice).consents == ["news"]
    StandingRow.objects.filter(subject=alice).update(consents=[])
    assert STANDING.first(alice).consents == []
    StandingRow.objects.filter(subject=alice).delete()
    assert STANDING.first(alice) is None


def test_a_row_added_twice_is_refused_or_passed_over_as_asked(alice: UUID) -> None:
    add(_limit(alice))
    add(_limit(alice), unless_there=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        add(_limit(alice))
    assert Limit.objects.count() == 1


def test_a_row_that_is_gone_is_not_changed_in_silence(alice: UUID) -> None:
    row = STANDING.first(alice)
    row.objections = ["news"]
    change(row)
    assert StandingRow.objects.get(subject=alice).objections == ["news"]
    StandingRow.objects.filter(subject=alice).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        change(row)


def test_together_keeps_the_order_and_sends_it_at_the_end(alice: UUID) -> None:
    row = STANDING.first(alice)
    with transaction.atomic(), together():
        add(_choice(alice))
        row.consents = []
        change(row)
        add(_choice(alice, "no"))
        assert ANSWERS.rows(alice) == []
    assert [answer for answer, _, _ in ANSWERS.rows(alice)] == ["no", "yes"]
    assert STANDING.first(alice).consents == []


def test_together_notices_a_row_that_is_gone_among_others(alice: UUID) -> None:
    row = STANDING.first(alice)
    StandingRow.objects.filter(subject=alice).delete()
    with pytest.raises(DatabaseError), transaction.atomic(), together():
        add(_choice(alice))
        change(row)
        add(_choice(alice, "no"))
    assert ANSWERS.rows(alice) == []


def test_together_sends_nothing_of_what_was_broken_off(alice: UUID) -> None:
    with pytest.raises(ValueError), together():
        add(_choice(alice))
        raise ValueError
    assert ANSWERS.rows(alice) == []
    with CaptureQueriesContext(transaction.get_connection()) as said:
        add(_choice(alice, "no"))
    assert len(said) == 1, "and the next one waits for nothing"


def test_counts_of_several_queries_are_one_question(alice: UUID, django_assert_num_queries: Any) -> None:
    counts = Counts(
        [
            lambda subject: Choice.objects.filter(subject=subject),
            lambda subject: Limit.objects.filter(subject=subject),
        ]
    )
    with django_assert_num_queries(1):
        assert counts.ask(alice) == [0, 0]
    add(_choice(alice))
    add(_choice(alice, "no"))
    add(_limit(alice))
    add(_choice(uuid4()))
    with django_assert_num_queries(1):
        assert counts.ask(alice) == [2, 1]


def test_sweeping_takes_the_rows_of_the_query_and_no_others(alice: UUID) -> None:
    bob = uuid4()
    for row in (_choice(alice), _choice(bob), _limit(alice), _limit(bob)):
        add(row)
    answers = Sweeping(lambda subject: Choice.objects.filter(subject=subject))
    lifted = Sweeping(lambda subject: Limit.objects.filter(subject=subject), source="")
    with transaction.atomic():
        assert send([lifted.of(alice), answers.of(alice), answers.of(alice)]) == [1, 1, 0]
    assert [one.subject for one in Choice.objects.all()] == [bob]
    assert dict(Limit.objects.values_list("subject", "source")) == {alice: "", bob: "a test"}
