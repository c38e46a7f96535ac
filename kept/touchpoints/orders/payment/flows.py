"""Paying an order: begun, settled, paid back. Each step may be cut off anywhere and is done again safely.

An order has one open attempt, and is paid once: the database holds both. Whatever is paid besides (an order
that was cancelled meanwhile) goes back by itself.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from kept.core.vault import gate
from kept.core.vault.errors import NotAllowed
from kept.core.vault.readers import Job, SystemReader
from kept.disclosures.flows import disclose
from kept.outbox.models import Disclosure
from kept.sentences import sentence
from kept.touchpoints.orders.checkout.flows import PURPOSE, address_of, cancel_unpaid, confirm
from kept.touchpoints.orders.checkout.recipients import CHARGES, FIELDS, NUMBER, TOTAL
from kept.touchpoints.orders.invoices.flows import issue
from kept.touchpoints.orders.models import Attempt, Basket, Order, Signal, Step
from kept.touchpoints.orders.payment import open_payments
from kept.touchpoints.orders.payment.processors import (
    DECLINED,
    DISPUTED,
    PAID,
    PROCESSORS,
    REFUNDED,
    Told,
    chosen,
)

CASHIER = SystemReader(job="orders.payment")
SOURCE = "card processor"
ASKED_AFTER, EXPIRES = timedelta(minutes=1), timedelta(hours=1)


class NotPayable(Exception):
    """The order is paid, or ended, or nobody takes cards."""


def begin(order: Order, *, processor: str = "") -> Attempt:
    """The one open attempt, with a page to pay on, at the processor of the settings or a named one.

    Raises NotPayable.
    """
    attempt = _opened(order, processor or chosen())
    if not attempt.address:
        _tell(order, attempt)
        attempt.reference, attempt.address = PROCESSORS[attempt.processor].open(
            attempt, number=order.number, back=address_of(order)
        )
        Attempt.objects.filter(pk=attempt.pk).update(reference=attempt.reference, address=attempt.address)
        # It answered with a page to pay on: it has what it was told.
        if (row := Disclosure.objects.filter(pk=attempt.pk).first()) is not None:
            row.acknowledge(timezone.now())
    return attempt


def _opened(order: Order, processor: str) -> Attempt:
    try:
        with transaction.atomic():
            row = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
            there: Attempt | None = row.attempts.filter(ended_at=None).first()
            if row.state != "unpaid" or not (there or processor):
                raise NotPayable
            return there or Attempt.objects.create(
                pk=uuid4(),
                order=row,
                keeper=row.person_id,
                processor=processor,
                amount=row.total,
                currency=row.currency,
                opened_at=timezone.now(),
            )
    except IntegrityError:
        return Attempt.objects.get(order=order, ended_at=None)


def _tell(order: Order, attempt: Attempt) -> None:
    """Amount and number are on the record as handed over, before the processor has them."""
    recipient = next((id for id, fields in order.told if fields == list(FIELDS[CHARGES])), None)
    if recipient is None:
        return
    # It goes by the processor's own way, in the next moment: no carrier takes it a second time, and its entry
    # is the one of this very row, as a carrier would write it.
    about = Job(f"transfer {attempt.pk}")
    with gate.purpose(PURPOSE, reader=CASHIER, about=about) as act, transaction.atomic():
        told = disclose(
            subject=order.person_id,
            recipient=recipient,
            purpose=PURPOSE,
            values={NUMBER: order.number, TOTAL: str(attempt.amount)},
            reason=sentence("To take the payment of order {number}", number=order.number),
            key=f"order-{order.pk}/payment/{attempt.pk}",
            row_id=attempt.pk,
        )
        if told.again:
            return
        act.kind = "disclosed"
        told.row.opened_by_hand()
        told.row.arrived(acknowledged=False)
        act.touch(
            order.person_id,
            what=sentence("Handed over to be paid, order {number}", number=order.number),
            recipient=recipient,
            fields_told=[NUMBER, TOTAL],
        )


def settle(attempt_id: UUID, told: Told) -> bool:
    """What a processor told us. False for what was known, or is of nothing we have.

    Money of somebody who restricted this use meanwhile goes back: nothing may be delivered for it.
    """
    attempt = Attempt.objects.filter(pk=attempt_id).select_related("order").first()
    if attempt is None:
        return open_payments.hear(attempt_id, told)
    about = Job(attempt.order.matter_ref)
    try:
        with gate.purpose(PURPOSE, reader=CASHIER, about=about, source=SOURCE) as act, transaction.atomic():
            if not _is_news(attempt, told):
                return False
            order, attempt = _locked(attempt)
            act.kind = "changed"
            _SETTLES[told.outcome](order, attempt, told)
            act.touch(order.person_id, what=sentence("A payment of order {number}", number=order.number))
    except NotAllowed:
        return _settled_unopened(attempt, told)
    return True


def _is_news(attempt: Attempt, told: Told) -> bool:
    """Joins the transaction: what fails is news again."""
    signal = {"processor": attempt.processor, "event": told.event}
    return bool(Signal.objects.get_or_create(**signal, defaults={"at": timezone.now()})[1])


def _locked(attempt: Attempt) -> tuple[Order, Attempt]:
    """Always the order first: whoever locks both does so in this order."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=attempt.order_id)
    return order, Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)


def _settled_unopened(attempt: Attempt, told: Told) -> bool:
    """The amounts alone: nothing of the person is opened, written or sent."""
    with transaction.atomic():
        if not _is_news(attempt, told):
            return False
        order, attempt = _locked(attempt)
        if told.outcome != PAID:
            _SETTLES[told.outcome](order, attempt, told)
        elif attempt.outcome != Attempt.Outcome.PAID:
            attempt.ended_at, attempt.outcome = timezone.now(), Attempt.Outcome.ABANDONED
            attempt.refund_due = _came(attempt, told)
            attempt.save(update_fields=["ended_at", "outcome", "refund_due"])
            cancel_unpaid(order)
    return True


def _came(attempt: Attempt, told: Told) -> Decimal:
    """How much was paid: as much as was asked for, where a processor names nothing else."""
    return attempt.amount if told.amount is None else min(told.amount, attempt.amount)


def _paid(order: Order, attempt: Attempt, told: Told) -> None:
    if attempt.outcome == Attempt.Outcome.PAID:
        # The same payment under another number of theirs: it is no second one.
        return
    attempt.card = dict(told.card) if told.card else None
    attempt.ended_at = timezone.now()
    paid = _came(attempt, told)
    if order.cancelled_at or order.paid_at or attempt.refund_due or paid < attempt.amount:
        # Too late, a second time, too little, or the rest of what goes back already: nobody pays for nothing,
        # and nothing leaves for less.
        attempt.outcome, attempt.refund_due = Attempt.Outcome.ABANDONED, max(attempt.refund_due, paid)
        attempt.save(update_fields=["card", "ended_at", "outcome", "refund_due"])
        return
    attempt.outcome = Attempt.Outcome.PAID
    attempt.save(update_fields=["card", "ended_at", "outcome"])
    order.paid_at = attempt.ended_at
    order.save(update_fields=["paid_at"])
    order.step(Step.Kind.PAID)
    Basket.objects.filter(pk=order.basket).delete()
    issue(order)
    confirm(order)


def _declined(order: Order, attempt: Attempt, told: Told) -> None:
    if attempt.ended_at is None:
        attempt.ended_at, attempt.outcome = timezone.now(), Attempt.Outcome.DECLINED
        attempt.save(update_fields=["ended_at", "outcome"])
        order.step(Step.Kind.DECLINED)


def _disputed(order: Order, attempt: Attempt, told: Told) -> None:
    attempt.disputed_at = timezone.now()
    attempt.save(update_fields=["disputed_at"])
    order.step(Step.Kind.DISPUTED)


def _refunded(order: Order, attempt: Attempt, told: Told) -> None:
    """At the processor, all told: never less than we knew."""
    total = min(told.amount or attempt.amount, attempt.amount)
    if total > attempt.refunded:
        attempt.refunded, attempt.refund_due = total, max(attempt.refund_due, total)
        attempt.save(update_fields=["refunded", "refund_due"])
        order.step(Step.Kind.REFUNDED)


_SETTLES = {PAID: _paid, DECLINED: _declined, DISPUTED: _disputed, REFUNDED: _refunded}


def ask_processors() -> int:
    """What nobody told us is asked: a message that was lost loses no paid order. How many were settled."""
    settled = 0
    waiting = Attempt.objects.filter(opened_at__lt=timezone.now() - ASKED_AFTER, ended_at=None)
    # One that was given up here may have been paid there in that very moment.
    late = Attempt.objects.filter(outcome="abandoned", ended_at__gt=timezone.now() - EXPIRES, refund_due=0)
    # All of them: those that nobody finishes would else stand before the one that was paid.
    for attempt in [*waiting, *late]:
        told = PROCESSORS[attempt.processor].state(attempt)
        if told is not None:
            settled += settle(attempt.pk, told)
    return settled


def expire_unpaid() -> int:
    """Orders that nobody paid within an hour end, and their pieces are for others. How many."""
    ended = 0
    due = Order.objects.filter(
        placed_at__lt=timezone.now() - EXPIRES, method=Order.Method.CARD, paid_at=None, cancelled_at=None
    )
    for order in due[:50]:
        attempt = order.attempts.filter(ended_at=None).first()
        # First at the processor: after that nobody can pay what is no longer there.
        if attempt is None or PROCESSORS[attempt.processor].close(attempt):
            ended += cancel_unpaid(order)
    return ended


def refund_due() -> int:
    """What is owed goes back. Asked twice, it goes once. How many."""
    done = 0
    owed = Attempt.objects.filter(refund_due__gt=F("refunded")).select_related("order")
    for attempt in owed[:50]:
        PROCESSORS[attempt.processor].refund(attempt, attempt.refund_due)
        event = f"{attempt.pk.hex}.refunded.{attempt.refund_due}"
        done += settle(attempt.pk, Told(event, REFUNDED, amount=attempt.refund_due))
    return done


def owe(order: Order, amount: Decimal) -> None:
    """So much more of what was paid goes back. Joins the transaction, under the order's lock."""
    paid = order.attempts.select_for_update().filter(outcome="paid").first()
    if paid is not None:
        paid.refund_due = min(paid.refund_due + amount, paid.amount)
        paid.save(update_fields=["refund_due"])
