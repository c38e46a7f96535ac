"""A registration that was not finished is forgotten after a day."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.jobs import job
from kept.touchpoints.registrations.models import Draft


@job("registrations.dead_drafts", every=timedelta(hours=1))
def forget_dead_drafts() -> int:
    """How many were forgotten."""
    gone, _ = Draft.objects.dead().delete()
    return int(gone)
