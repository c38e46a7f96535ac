"""Which requests are late, and how each controller stands: counted in the database, day by day of the
controller's own calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.places import Company, Region
from kept.core.register.hooks.meters import Figures
from kept.rights.requests.course import clock
from kept.rights.requests.models import Request

LOOKS_BACK = timedelta(days=365)


def open_late(now: datetime | None = None) -> list[Request]:
    """Open, and past the day it is due; while an identity check is unanswered only as far as it was late
    before.
    """
    now = now or timezone.now()
    company = versions.current().policy.company
    # The latest day there is on any clock; which of them are late says each controller's own.
    candidates = Request.objects.open().filter(due__lt=(now + timedelta(hours=14)).date()).order_by("due")
    return [request for request in candidates if request.by(company).late(now)]


def answered_late(region: Region, company: Company, now: datetime) -> QuerySet[Request]:
    """Closed within the year, after the day it was due at that controller's desk."""
    days = _closed(region, company, now).annotate(day=TruncDate("closed_at", tzinfo=clock.zone(region)))
    late: QuerySet[Request] = days.filter(day__gt=F("due"))
    return late


def figures(region: Region) -> Figures:
    """What the public meter shows of one controller.

    Nothing of it leads to anybody, and an erasure changes none of it.
    """
    now = timezone.now()
    company = versions.current().policy.company
    waiting = [request.by(company) for request in _at(Request.objects.open(), region, company)]
    took = [
        max((clock.day(closed, region) - clock.day(received, region)).days, 0)
        for received, closed in _closed(region, company, now).values_list("received_at", "closed_at")
        if closed
    ]
    oldest = min((request.received_at for request in waiting), default=None)
    return Figures(
        open=len(waiting),
        late=sum(request.late(now) for request in waiting),
        answered=len(took),
        answered_late=answered_late(region, company, now).count(),
        median_days=round(median(took)) if took else None,
        oldest=clock.day(oldest, region) if oldest else None,
    )


def regions(company: Company) -> Iterator[Region]:
    yield from company.regions.values()


def _at(rows: QuerySet[Request], region: Region, company: Company) -> QuerySet[Request]:
    """Those of a controller; a region the policy has given up counts where the rest of the world is
    answered.
    """
    if region.id != company.region_of("*").id:
        return rows.filter(region=region.id)
    return rows.exclude(region__in=[one for one in company.regions if one != region.id])


def _closed(region: Region, company: Company, now: datetime) -> QuerySet[Request]:
    return _at(Request.objects.closed().filter(closed_at__gt=now - LOOKS_BACK), region, company)
