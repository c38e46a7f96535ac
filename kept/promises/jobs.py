"""The proofs are asked in the rhythm of each, whether anybody looks or not."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.core.register.hooks.jobs import job
from kept.core.register.proving.proof_results import due, is_quick, prove
from kept.promises import ending_notices


@job("promises.prove", every=timedelta(minutes=1), last=True)
def ask_the_proofs_that_are_due() -> int:
    waiting = due(timezone.now())
    # The quick ones are told first: nobody waits for a walk through every page to read what the tables say.
    for some in ([id for id in waiting if is_quick(id)], [id for id in waiting if not is_quick(id)]):
        if some:
            prove(some)
    return 0


@job("promises.endings", every=timedelta(hours=1))
def remind_of_endings() -> int:
    return ending_notices.remind_of_endings()
