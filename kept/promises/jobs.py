"""The proofs are asked every quarter of an hour, whether anybody looks or not."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.answers import prove
from kept.core.register.jobs import job


@job("promises.prove", every=timedelta(minutes=15))
def ask_every_proof() -> int:
    prove()
    return 0
