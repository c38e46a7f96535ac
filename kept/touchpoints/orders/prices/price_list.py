"""Which price counts for whom today."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from kept.touchpoints.orders.prices.models import EVERYBODY, Price


def prices_of(products: Iterable[Any], *, region: str, group: str = EVERYBODY) -> dict[int, Price]:
    """The price of each product that has one: the group's own before everybody's, the newest that has come.

    One query, however many products.
    """
    found: dict[int, Price] = {}
    rows = Price.objects.filter(
        product__in=list(products),
        region=region,
        group__in={group, EVERYBODY},
        since__lte=timezone.localdate(),
    )
    for row in rows.order_by("since"):
        before = found.get(row.product_id)
        if before is None or row.group == group or before.group != group:
            found[row.product_id] = row
    return found
