"""Mail leaves within a second or two of being written."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.jobs import job
from kept.outbox.delivery import deliver


@job("outbox.deliver", every=timedelta(seconds=1))
def deliver_mail() -> int:
    return deliver()
