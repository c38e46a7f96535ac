"""Tell agents of every change: the newest status, to the address they named, until they have taken it or two
days have passed.
"""

from __future__ import annotations

import json

from django.utils import timezone

from kept.rights.agents import outbound_url, status
from kept.rights.agents.models import Callback

HEADERS = {"Content-Type": "application/json", "User-Agent": "kept (Data Rights Protocol 1.0)"}


def tell_due(most: int = 10) -> int:
    """Tell up to ``most`` that are due.

    Returns how many were told. Killed in between, the lease runs out and it is told again.
    """
    told = 0
    for _ in range(most):
        due = Callback.claim(timezone.now())
        if due is None:
            break
        told += _tell(due)
    return told


def _tell(due: Callback) -> int:
    """No transaction is open while the other side takes its time."""
    body = json.dumps(status.document(due.exercise)).encode()
    try:
        outbound_url.post(due.exercise.callback, body, headers=HEADERS)
    except outbound_url.Unreachable as no:
        due.failed(str(no), for_good=no.for_good)
        return 0
    due.delivered()
    return 1
