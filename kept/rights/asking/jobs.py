"""A code that was answered, used up or never typed in has its consequence, also when the machine stopped in
between.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.rights.asking import flows
from kept.rights.asking.models import Check
from kept.sentences import sentence


@job("asking.checks", every=timedelta(seconds=30))
def settle_checks() -> int:
    return flows.settle_due()


@watched("asking.checks", title=sentence("Codes that were answered or are over, and have had no consequence"))
def checks_standing(before: datetime) -> int:
    return Check.objects.due(before).filter(sent_at__lte=before).exclude(answered_at__gt=before).count()
