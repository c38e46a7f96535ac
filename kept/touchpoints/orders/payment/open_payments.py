"""Money that is under way when its buyer is erased: what is left of an attempt without the person.

The row is written by the transaction that destroys the attempt. What can still be paid is closed at the
processor; what was paid there, or is owed, goes back. Then the row goes.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kept.touchpoints.orders.models import Order
from kept.touchpoints.orders.payment.models import Attempt, OpenPayment
from kept.touchpoints.orders.payment.processors import DECLINED, PAID, PROCESSORS, REFUNDED, Told

UNDER_WAY = (
    Q(ended_at=None)
    # Given up here; there it may be paid in this very moment.
    | Q(outcome=Attempt.Outcome.ABANDONED, refund_due=0)
    | Q(refund_due__gt=F("refunded"))
)


def hand_over(subject: UUID, rows: QuerySet[Attempt]) -> int:
    """What an erasure does with attempts: all go, and of those under way an amount stays. How many went."""
    # Whoever settles one locks its order first.
    list(Order.objects.select_for_update(of=("self",)).filter(person=subject).values_list("pk", flat=True))
    OpenPayment.objects.bulk_create(
        (
            OpenPayment(
                pk=one.pk,
                processor=one.processor,
                reference=one.reference,
                amount=one.amount,
                currency=one.currency,
                refund_due=one.refund_due,
            )
            for one in rows.filter(UNDER_WAY)
        ),
        # Erased once more, after a restore.
        ignore_conflicts=True,
    )
    return rows.delete()[0]


def hear(id: UUID, told: Told) -> bool:
    """What a processor says of one. False for what is nothing new, or of nothing we have."""
    ours = OpenPayment.objects.filter(pk=id)
    if told.outcome == PAID:
        return bool(ours.filter(refund_due=0).update(refund_due=F("amount")))
    if told.outcome == DECLINED:
        return bool(ours.filter(refund_due=0).delete()[0])
    if told.outcome == REFUNDED and told.amount is not None:
        return bool(ours.filter(refund_due__gt=0, refund_due__lte=told.amount).delete()[0])
    return False


def settle_open() -> int:
    """Closed at the processor, or paid back, and forgotten. How many."""
    # Whoever was asked about longest ago comes first: a processor that does not answer holds up no other.
    waiting = OpenPayment.objects.order_by("asked_at", "pk")[:50]
    return sum(_settled(one) for one in waiting)


def _settled(one: OpenPayment) -> bool:
    """Every verb of a processor may be called again: whoever dies in between leaves it due."""
    this = OpenPayment.objects.filter(pk=one.pk)
    this.update(asked_at=timezone.now())
    processor = PROCESSORS[one.processor]
    if not one.refund_due and processor.close(one):
        # Unless it was paid before it was closed, and we were told meanwhile.
        return bool(this.filter(refund_due=0).delete()[0])
    this.filter(refund_due=0).update(refund_due=F("amount"))
    processor.refund(one, one.refund_due or one.amount)
    return bool(this.delete()[0])
