"""Count each closed case once, when a week has gone by in which it could have been rated or opened again."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from kept.touchpoints.support.cases import service_levels, topics
from kept.touchpoints.support.models import Case, Step
from kept.touchpoints.support.reports.models import BEYOND, HOURS, CaseOutcome

SETTLED = timedelta(days=7)
AT_ONCE = 500
"""So many cases are counted in one run of the job."""


def count_closed() -> int:
    """How many were counted. Stopped anywhere, the next run goes on, and counts none twice: the line and the
    mark on its case are one write.

    Cases of another help desk are not counted: our clock did not run.
    """
    ripe = Case.objects.filter(
        closed_at__lte=timezone.now() - SETTLED, counted_at=None, merged_into=None, came_by=None
    )
    return sum(map(_count, ripe.order_by("closed_at", "pk").values_list("pk", flat=True)[:AT_ONCE]))


def quarter_of(day: date) -> date:
    """The first day of its quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


@transaction.atomic
def _count(key: int) -> bool:
    case = Case.objects.select_for_update(of=("self",)).select_related("product").filter(pk=key).first()
    if case is None or case.closed_at is None or case.counted_at is not None:
        return False
    settled = quarter_of(timezone.localdate(case.closed_at + SETTLED))
    # A quarter that another has followed has been told and does not change: what comes late counts in the
    # newest. Else the difference between the two would be this one case.
    newest = CaseOutcome.objects.aggregate(newest=Max("quarter"))["newest"]
    CaseOutcome.objects.create(
        quarter=max(settled, newest or settled),
        queue=topics.SALES if case.kind == topics.SALES else case.severity or topics.QUESTION,
        market=case.market,
        product=case.product.slug if case.product else "",
        first=_hours(case, case.answered_at) if case.answered_at else None,
        done=_hours(case, case.closed_at),
        reopened=case.steps.filter(kind=Step.Kind.REOPENED).exists(),
        stars=case.stars,
    )
    Case.objects.filter(pk=key).update(counted_at=timezone.now())
    return True


def _hours(case: Case, until: datetime) -> int:
    """How long it took until then, as the step it was within."""
    took = service_levels.taken(case, until) / timedelta(hours=1)
    place = bisect_left(HOURS, took)
    return HOURS[place] if place < len(HOURS) else BEYOND
