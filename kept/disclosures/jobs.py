"""Whoever a demand is about hears of it within minutes of its decision."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.disclosures.authorities import flows
from kept.disclosures.authorities.models import Demand
from kept.sentences import sentence


@job("disclosures.demands", every=timedelta(minutes=1))
def tell_and_close() -> int:
    return flows.tell_and_close()


@watched("disclosures.demands", title=sentence("Telling people of demands about them"))
def untold(before: datetime) -> int:
    decided = Q(granted_at__lt=before) | Q(refused_at__lt=before)
    return Demand.objects.filter(decided, told_at=None, closed_at=None).count()
