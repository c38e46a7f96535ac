"""Erasures fall due, are carried out and cleaned up after; what outlives them dies on its day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.core.vault.sealed_files import files
from kept.rights.erasure import flows, fulfilment, legal_holds, records, steps
from kept.rights.erasure.models import LETTER_STAYS, Erasure
from kept.sentences import sentence

# Registered when the program starts, as the jobs are.
CARRIES_OUT = fulfilment.carry_out
ORPHANED = 3600.0
"""A file without a row is being written now, or was left by a crash: after so many seconds it is the latter.
"""


@job("erasure.due", every=timedelta(seconds=2))
def erase() -> int:
    return flows.work_due()


@job("erasure.records", every=timedelta(hours=1))
def keep_records() -> int:
    """What the second place lacks is written there; what no backup needs any more goes.

    Raises RecordUnreachable.
    """
    return records.ship(records.missing()) + flows.forget_finished(timezone.localdate())


@job("erasure.holds", every=timedelta(hours=1))
def end_holds() -> int:
    """What a law held until yesterday dies."""
    return legal_holds.let_go(timezone.localdate())


@job("erasure.files", every=timedelta(hours=1))
def sweep_files() -> int:
    """Contents of files whose rows are gone."""
    return files.sweep(time.time() - ORPHANED)


@ends_with_recovery("erasure")
def undo_asked_meanwhile(user: User, since: datetime) -> Iterator[str]:
    """An erasure that whoever held her ID asked for. One that has begun is past help."""
    erasure = Erasure.objects.filter(
        subject=user.subject, undone_at=None, begun_at=None, asked_at__gte=since
    ).first()
    if erasure is not None:
        with suppress(flows.TooLate):
            flows.undo(erasure=erasure, reader=steps.ERASER, source=sentence("taking your address back"))
            yield sentence("Your erasure, asked for on {day}", day=timezone.localdate(erasure.asked_at))


@watched("erasure", title=sentence("Erasures"))
def still(before: datetime) -> int:
    """Not destroyed though its day has come; or destroyed, its letter gone, and not cleaned up after."""
    waiting = Q(destroyed_at=None, falls_at__lte=before)
    unclean = Q(finished_at=None, letter_key=None, destroyed_at__lte=before - LETTER_STAYS)
    return Erasure.objects.filter(waiting | unclean, undone_at=None).count()
