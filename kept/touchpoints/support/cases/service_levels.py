"""Until when a case is answered first, and done: by the levels of the policy, in the opening hours of its
market. The clock stands while we wait for the customer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case as Either
from django.db.models import DateTimeField, F, When
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.policy.working_time.business_hours import ALWAYS, CLOCK, Desk, Level, Pause
from kept.sentences import Sentence, counted
from kept.touchpoints.support.cases import topics

if TYPE_CHECKING:
    from kept.touchpoints.support.models import Case

DEFAULTS = {
    topics.UNPROTECTED: Level(topics.UNPROTECTED, 4, 24, CLOCK),
    topics.DEGRADED: Level(topics.DEGRADED, 8, 40),
    topics.QUESTION: Level(topics.QUESTION, 16, 80),
}
"""Where the policy says nothing of how bad it is."""
AT_ONCE = 200
"""So many cases are due anew in one run of the job."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts in a market today. ``mark`` tells two states of it apart."""

    desk: Desk
    levels: Mapping[str, Level]
    mark: str

    def level(self, severity: str) -> Level:
        return self.levels[severity or topics.QUESTION]

    def runs(self, severity: str) -> Desk:
        """The hours in which the clock of a level runs."""
        return ALWAYS if self.level(severity).counted == CLOCK else self.desk


def terms_of(market: str) -> Terms:
    """By the policy in force."""
    return _terms(versions.current().policy, market, settings.TIME_ZONE)


@lru_cache(maxsize=64)
def _terms(policy: Policy, market: str, time_zone: str) -> Terms:
    desk = policy.hours.desk(market, policy.company, time_zone)
    levels = {
        **DEFAULTS,
        **{name: policy.hours.levels[name] for name in DEFAULTS.keys() & policy.hours.levels},
    }
    said = repr((desk.time_zone, desk.week, desk.holidays, sorted(desk.closed), sorted(levels.items())))
    return Terms(desk, levels, hashlib.sha256(said.encode()).hexdigest()[:16])


def promise(severity: str) -> Sentence:
    """How quickly we answer, to people."""
    level = terms_of("").level(severity)
    if level.counted == CLOCK:
        return counted(
            "We answer within {n} hour, day and night.",
            "We answer within {n} hours, day and night.",
            level.first,
        )
    return counted(
        "We answer within {n} hour of our opening times.",
        "We answer within {n} hours of our opening times.",
        level.first,
    )


def set_due(case: Case) -> None:
    """When it is due, counted anew from the day it was opened; saved by the caller. What was answered keeps
    the time that held then.
    """
    terms = terms_of(case.market)
    level, desk = terms.level(case.severity), terms.runs(case.severity)
    if case.answered_at is None:
        case.answer_by = desk.due(case.opened_at, timedelta(hours=level.first))
    waits = list(case.customer_waits.all())
    stands = case.closed_at is not None or any(one.until is None for one in waits)
    case.close_by = (
        None if stands else desk.due(case.opened_at, timedelta(hours=level.done), pauses_in(waits))
    )
    case.clock = terms.mark


def pauses_in(waits: Iterable[Any], until: datetime | None = None) -> list[Pause]:
    """As the clock leaves them out; one that lasts, up to ``until``."""
    ended = ((one.since, one.until or until) for one in waits)
    return [(since, end) for since, end in ended if end is not None]


def wait(case: Case, now: datetime) -> None:
    """From now on we wait for the customer. Joins the caller's transaction; ``close_by`` is saved by it."""
    case.customer_waits.get_or_create(until=None, defaults={"since": now})
    case.close_by = None


def go_on(case: Case, now: datetime, *, closed_at: datetime | None = None) -> None:
    """The clock runs again; while it was closed it stood. Saved like ``wait``."""
    if not case.customer_waits.filter(until=None).update(until=now) and closed_at is not None:
        case.customer_waits.create(since=closed_at, until=now)
    set_due(case)


def taken(case: Case, until: datetime) -> timedelta:
    """How long it took from its opening until then, as its clock runs."""
    waits = pauses_in(case.customer_waits.all(), until)
    return terms_of(case.market).runs(case.severity).elapsed(case.opened_at, until, waits)


def by_due(rows: Any) -> Any:
    """Cases by what is due of them next, the first answer or the end; what waits for the customer last."""
    due = Either(
        When(answered_at=None, then=F("answer_by")), default=F("close_by"), output_field=DateTimeField()
    )
    return rows.annotate(due_at=due).order_by(F("due_at").asc(nulls_last=True), "opened_at")


def move_due(rows: Any) -> int:
    """Open cases of a market whose hours have changed since are due by the new ones. How many were moved;
    stopped anywhere, the next run goes on.
    """
    moved = 0
    for market in set(rows.order_by().values_list("market", flat=True)):
        mark = terms_of(market).mark
        for key in rows.filter(market=market).exclude(clock=mark).values_list("pk", flat=True)[:AT_ONCE]:
            with transaction.atomic():
                moved += _moved(rows.select_for_update(of=("self",)).filter(pk=key).first())
    return moved


def _moved(case: Case | None) -> bool:
    if case is None:
        return False
    known, before = bool(case.clock), (case.answer_by, case.close_by)
    set_due(case)
    case.save(update_fields=["answer_by", "close_by", "clock"])
    changed = (case.answer_by, case.close_by) != before
    if changed and known:
        case.step("moved", until=case.close_by if case.answered_at else case.answer_by)
    return changed


def overdue(case: Case) -> bool:
    """What is due next should have come."""
    due = case.close_by if case.answered_at else case.answer_by
    return case.closed_at is None and due is not None and timezone.now() > due
