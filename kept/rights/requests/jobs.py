"""Controllers are reminded before the date, without anybody having to look."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.jobs import job
from kept.core.register.standstill import LONGEST, watched
from kept.rights.requests import reminding
from kept.rights.requests.models import Request


@job("requests.remind", every=timedelta(minutes=10))
def remind() -> int:
    return reminding.remind_due()


@watched("reminders", title="Reminders of requests")
def reminders_that_stand_still(before: datetime) -> int:
    """Requests whose reminder was due at that moment, and is not on record now."""
    policy = versions.current().policy
    still = 0
    for request in Request.objects.open().filter(waiting_since=None, recorded_at__lt=before).prefetch_related("steps"):
        said = {(step.kind, step.mark, step.until) for step in request.by(policy.company).steps.all()}
        # A step that moved the date lately has not been waited for long enough.
        moved = max((step.at for step in request.steps.all()), default=before) > timezone.now() - LONGEST
        still += not moved and any((one.kind, one.mark, request.due) not in said for one in reminding.wanted(request, policy, before))
    return still
