"""People are told of a breach by the worker, some at a time."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.hooks.jobs import job
from kept.rights.breaches import flows


@job("breaches.tell", every=timedelta(seconds=30))
def tell() -> int:
    return flows.tell_due()
