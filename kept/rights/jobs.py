"""Copies are made one after the other, and destroyed on their day."""

from __future__ import annotations

from datetime import datetime, timedelta

from kept.core.register.jobs import job
from kept.core.register.standstill import watched
from kept.rights import flows
from kept.rights.models import Copy


@job("rights.copies", every=timedelta(seconds=1))
def make_copies() -> int:
    return flows.make_due()


@job("rights.dead_copies", every=timedelta(hours=1))
def destroy_dead_copies() -> int:
    return flows.throw_away_dead()


@watched("copies", title="Copies that are being made")
def copies_that_stand_still(before: datetime) -> int:
    return Copy.objects.filter(due_at__lt=before).count()
