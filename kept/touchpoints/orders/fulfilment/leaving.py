"""Before its buyer is erased, what has not left of an order ends: what was paid for it goes back.

Under the person's own right, which no restriction of another use stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.readers import Job
from kept.rights.erasure.steps import RIGHT
from kept.sentences import sentence
from kept.touchpoints.orders.checkout.flows import give_back
from kept.touchpoints.orders.fulfilment.flows import end, locked
from kept.touchpoints.orders.invoices.flows import credit
from kept.touchpoints.orders.models import Order, OrderLine, Step
from kept.touchpoints.orders.payment.flows import CASHIER, owe
from kept.touchpoints.orders.prices import vat


def _unsent(subject: UUID) -> QuerySet[Order]:
    waiting = OrderLine.objects.filter(order=OuterRef("pk"), dispatched__lt=F("quantity"))
    found: QuerySet[Order] = Order.objects.of(subject).filter(
        Exists(waiting), closed_at=None, withdrawn_at=None
    )
    return found


def foretell(subject: UUID) -> Iterator[str]:
    """What ends, by number."""
    for number in _unsent(subject).values_list("number", flat=True):
        yield sentence(
            "Order {number}: what has not left by then is cancelled, and what you paid for it goes back.",
            number=number,
        )


def end_unsent(subject: UUID, about: str) -> int:
    """Each in an act and a transaction of its own. How many were ended."""
    return sum(_ended(order, about) for order in _unsent(subject))


def _ended(order: Order, about: str) -> bool:
    with (
        gate.purpose(RIGHT, reader=CASHIER, about=Job(about), source="erasure") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        order = locked(order)
        if order.closed_at or order.withdrawn_at:
            return False
        if order.dispatched_at is None:
            end(order, Step.Kind.CANCELLED)
        else:
            _end_rest(order)
        act.touch(order.person_id, what=sentence("Order {number} was cancelled", number=order.number))
    return True


def _end_rest(order: Order) -> None:
    """Its share of what was paid goes back; what has left is theirs."""
    net = sum((one.price * one.waiting for one in order.ordered_lines.all()), vat.NONE)
    rest = (order.total * net / order.net).quantize(vat.CENT) if order.net else vat.NONE
    order.closed_at = timezone.now()
    order.save(update_fields=["closed_at"])
    give_back(order)
    owe(order, rest)
    credit(order, rest)
