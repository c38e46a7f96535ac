"""Until when a consumer may withdraw from a contract."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

WITHDRAW_WITHIN = timedelta(days=14)
"""From the delivery on (Directive 2011/83/EU, Art. 9), and any day before it."""


def may_withdraw(order: Any) -> bool:
    """A consumer, before the goods come and for fourteen days after. Never a company."""
    over = order.delivered_at is not None and timezone.now() > order.delivered_at + WITHDRAW_WITHIN
    ended = order.cancelled_at is not None or order.withdrawn_at is not None or order.state == "unpaid"
    return order.consumer and not ended and not over
