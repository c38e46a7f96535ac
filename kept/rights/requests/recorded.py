"""Each request as its row stands, laid beside its course in the ledger: what was moved, made up, lost or
never sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.policy.places import Company
from kept.core.register.terms import closing_days
from kept.outbox.models import Message
from kept.rights.requests.course import clock
from kept.rights.requests.course.ledger_course import Course, courses
from kept.rights.requests.models import Representative, Request
from kept.sentences import Sentence, sentence

ANSWER = "requests/mail/answer.txt"
GIVEN = frozenset({Request.Outcome.ANSWERED, Request.Outcome.FULFILLED})


def differences(company: Company, now: datetime, looks_back: timedelta) -> list[Sentence]:
    """One sentence for each difference, about requests that are open or were closed within ``looks_back``. []
    where there is none.
    """
    found, acts = courses()
    rows = {
        row.reference: row.by(company)
        for row in Request.objects.filter(Q(closed_at=None) | Q(closed_at__gt=now - looks_back))
    }
    wrong = [
        sentence("{reference}: {what}", reference=name, what=what)
        for name, row in rows.items()
        for what in _of_row(row, found.get(name), acts)
    ]
    known = set(Request.objects.values_list("reference", flat=True))
    lost = [
        name for name, course in found.items() if course.asked and course.ended is None and name not in known
    ]
    wrong += [
        sentence("{reference}: asked and not answered, and its row is gone", reference=name) for name in lost
    ]
    return wrong + _never_sent(rows, found)


def _of_row(row: Request, course: Course | None, acts: Acts) -> Iterator[str]:
    if course is None or course.asked is None:
        if row.recorded_at > acts.since:
            yield sentence("nothing in the ledger says that it arrived")
        return
    due = course.due(row.where)
    if due is None:
        if course.asked.at > acts.since:
            yield sentence("its receipt is gone or was changed")
    elif row.due > due:
        yield sentence(
            "the row says due on {said}, and what was promised is {promised}",
            said=row.due.isoformat(),
            promised=due.isoformat(),
        )
    if course.received and clock.day(row.received_at, row.where) > course.received + timedelta(days=1):
        yield sentence("it is said to have arrived later than its receipt says")
    if row.waiting_since and row.closed_at is None and not any(until is None for _, until in course.pauses):
        yield sentence("its clock stands, and nothing in the ledger says why")
    yield from _ending(row, course)


def _ending(row: Request, course: Course) -> Iterator[str]:
    """By the time of the act that ended it, and not by what the row says."""
    if row.closed_at is None:
        if course.closed is not None:
            yield sentence("it was closed, and its row says it is open")
        return
    ended, due = course.ended, course.due(row.where)
    # An end by erasure alone leaves a row that is nobody's; one that is still somebody's needs an answer of
    # its own.
    if ended is None or (ended is course.erased and row.keeper is not None):
        yield sentence("the row says it is closed, and the ledger knows of no answer")
    elif due and clock.day(ended.at, row.where) > due:
        yield sentence(
            "answered on {day}, after {due}",
            day=clock.day(ended.at, row.where).isoformat(),
            due=due.isoformat(),
        )
    elif _said_earlier(row.closed_at, ended) or _said_earlier(row.answered_at, course.answered):
        yield sentence("it is said to have been answered earlier than the ledger says")
    elif row.outcome in GIVEN and course.answered is None and course.erased is None:
        yield sentence("the row says it was answered, and the ledger knows of no answer")
    elif said_later(row, course):
        yield sentence(
            "it is said to have been closed later than the ledger says, so its term would run longer"
        )


def said_later(row: Request, course: Course) -> bool:
    """By more than a day; and never after now."""
    told = course.ended.at if course.ended else timezone.now()
    return row.closed_at is not None and row.closed_at > told + timedelta(days=1)


def _said_earlier(at: datetime | None, act: Said | None) -> bool:
    """By more than a day: what a desk and its board show of an answer is then not when it was given."""
    return at is not None and act is not None and at < act.at - timedelta(days=1)


def _never_sent(rows: dict[str, Request], found: dict[str, Course]) -> list[Sentence]:
    """Answers by mail that neither left nor wait to leave.

    Mail of somebody who was erased since is nobody's to send.
    """
    erased = {alias for act in acts_of(["erased"]) for alias, _ in act.parts}
    sent = {
        alias
        for act in acts_of(["sent"])
        for alias, detail in act.parts
        if detail.get("what") == f"Mail: {ANSWER}"
    }
    asked_by = dict(Representative.objects.filter(request__in=rows.values()).values_list("request", "keeper"))
    there = set(Message.objects.filter(template=ANSWER).values_list("subject", flat=True))
    return [
        sentence("{reference}: its answer was never sent", reference=name)
        for name, course in found.items()
        if (row := rows.get(name))
        and row.keeper is not None
        and not {row.keeper, asked_by.get(row.pk)} & there
        and row.answer_by == Request.AnswerBy.EMAIL
        and (whose := _mailed_to(course, name))
        and whose not in sent | erased
    ]


def _mailed_to(course: Course, name: str) -> bytes | None:
    """The alias of whoever the answer was written to by mail, where it was."""
    parts = course.answered.parts if course.answered else ()
    for alias, detail in parts:
        if name in str(detail.get("what", "")) and "message.body" in detail.get("sealed", {}):
            return alias
    return None


@closing_days.told
def moved() -> Iterator[str]:
    """Requests whose term would run from a later day than the one they ended on; of those past the ledger's
    reach, from one to come.
    """
    found, _ = courses()
    for row in Request.objects.exclude(closed_at=None).order_by("-closed_at")[: closing_days.NEWEST]:
        if said_later(row, found.get(row.reference) or Course(row.reference)):
            yield sentence("{reference} ended earlier than its row says", reference=row.reference)
