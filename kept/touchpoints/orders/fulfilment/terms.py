"""Until when a consumer may withdraw from a contract, and under which purpose a buyer ends one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kept.core.consent.consent_state import standing
from kept.rights.erasure.steps import RIGHT
from kept.touchpoints.orders.checkout.flows import PURPOSE

WITHDRAW_WITHIN = timedelta(days=14)
"""From the delivery on (Directive 2011/83/EU, Art. 9), and any day before it."""


def may_withdraw(order: Any) -> bool:
    """A consumer, before the goods come and for fourteen days after. Never a company."""
    over = order.delivered_at is not None and timezone.now() > order.delivered_at + WITHDRAW_WITHIN
    ended = order.cancelled_at is not None or order.withdrawn_at is not None or order.state == "unpaid"
    return order.consumer and not ended and not over


def purpose_of_buyer(order: Any) -> str:
    """What a buyer sees an order and ends it under: who restricted this use keeps both as their own right."""
    return RIGHT if PURPOSE in standing(order.person_id).restrictions else PURPOSE
