"""The desk's side: orders that are paid and wait to be sent."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from kept.core.register.hooks.desk import desk_queue
from kept.sentences import sentence
from kept.touchpoints.orders.models import Order


@desk_queue("orders", title=sentence("Orders"), roles=("sales",), url="desk-orders")
def waiting(reader: Any) -> int:
    ready = Q(paid_at__isnull=False) | Q(method=Order.Method.INVOICE)
    return int(Order.objects.filter(ready, entity=reader.entity, closed_at=None).count())
