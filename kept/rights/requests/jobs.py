"""Controllers are reminded before the date, without anybody having to look."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import LONGEST, watched
from kept.rights.models import Copy
from kept.rights.requests import fulfilment
from kept.rights.requests.askers import asker_keys
from kept.rights.requests.course import reminders
from kept.rights.requests.models import Request
from kept.sentences import sentence


@job("requests.remind", every=timedelta(minutes=10))
def remind() -> int:
    return reminders.remind_due()


@job("requests.copies", every=timedelta(seconds=10))
def answer_with_copies() -> int:
    return fulfilment.answer_made()


@job("requests.askers", every=timedelta(hours=1))
def let_askers_go() -> int:
    return asker_keys.let_go()


@watched("requests.copies", title=sentence("Access requests whose copy is made"))
def copies_that_wait_for_an_answer(before: datetime) -> int:
    """The copy was finished by then, and nobody was told by the request itself."""
    references = Copy.objects.filter(finished_at__lt=before).exclude(request="").values("request")
    return Request.objects.open().filter(answered_at=None, reference__in=references).count()


@watched("reminders", title=sentence("Reminders of requests"))
def reminders_that_stand_still(before: datetime) -> int:
    """Requests whose reminder was due at that moment, and is not on record now."""
    policy = versions.current().policy
    still = 0
    for request in (
        Request.objects.open().filter(waiting_since=None, recorded_at__lt=before).prefetch_related("steps")
    ):
        said = {(step.kind, step.mark, step.until) for step in request.by(policy.company).steps.all()}
        # A step that moved the date lately has not been waited for long enough.
        moved = max((step.at for step in request.steps.all()), default=before) > timezone.now() - LONGEST
        still += not moved and any(
            (one.kind, one.mark, request.due) not in said for one in reminders.wanted(request, policy, before)
        )
    return still
