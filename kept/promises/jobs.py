"""The proofs are asked in the rhythm of each, whether anybody looks or not."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.core.register.answers import due, prove
from kept.core.register.jobs import job


@job("promises.prove", every=timedelta(minutes=1), last=True)
def ask_the_proofs_that_are_due() -> int:
    if waiting := due(timezone.now()):
        prove(waiting)
    return 0
