"""Mail goes to its room within a second or two of coming in."""

from __future__ import annotations

from datetime import datetime, timedelta

from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.mailroom import distribution
from kept.mailroom.models import ReceivedMail
from kept.mailroom.receiving import spool
from kept.sentences import sentence


@job("mailroom.distribute", every=timedelta(seconds=1))
def distribute() -> int:
    return distribution.distribute()


@job("mailroom.sweep", every=timedelta(hours=6))
def sweep() -> int:
    return spool.sweep() + distribution.end_held() + distribution.forget_old()


@watched("mailroom", title=sentence("Mail that came in"))
def mail_that_stands_still(before: datetime) -> int:
    """What waits for a person does not stand still; and what is tried again is tried within the hour."""
    return ReceivedMail.objects.filter(due_at__lt=before).count()
