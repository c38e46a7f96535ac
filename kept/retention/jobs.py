"""The sweep, every hour; and whether it stands still."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.core.register.terms import lifetimes
from kept.retention import sweep
from kept.retention.models import Watch

EVERY = timedelta(hours=1)
log = logging.getLogger("kept.retention")


@job("retention.sweep", every=EVERY)
def sweep_what_is_due() -> int:
    now = timezone.now()
    if not sweep.believed(now):
        log.warning(
            "The clock went far ahead of anything seen before, so nothing is deleted for a day. Check the"
            " clock."
        )
        return 0
    return sweep.sweep(lifetimes.Clock(now=now))


@watched("retention", title="What is due to be deleted")
def standing(before: datetime) -> int:
    """1 when the sweep, which runs every hour, has not been through since an hour before that.

    Held back by a jump of the clock, it does not stand still.
    """
    watch = Watch.objects.filter(pk=1).first()
    return int(
        watch is not None
        and watch.swept_at is not None
        and watch.jumped_at is None
        and watch.swept_at < before - EVERY
    )
