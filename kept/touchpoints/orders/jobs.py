"""What was put into a basket and not ordered is forgotten; payments are asked about, ended, and paid back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.destroying.erasure_hooks import begins
from kept.core.register.hooks.jobs import job
from kept.core.vault.sealing.sealed_box import reseals
from kept.sentences import sentence
from kept.touchpoints.orders.checkout import answers
from kept.touchpoints.orders.fulfilment import leaving
from kept.touchpoints.orders.models import Basket, Order
from kept.touchpoints.orders.payment import flows as payment
from kept.touchpoints.orders.payment import open_payments


@job("orders.dead_baskets", every=timedelta(hours=1))
def forget_dead_baskets() -> int:
    """How many were forgotten."""
    gone, _ = Basket.objects.dead().delete()
    return int(gone)


@job("orders.asked_payments", every=timedelta(seconds=30))
def ask_about_payments() -> int:
    """How many were settled that nobody had told us of."""
    return payment.ask_processors()


@job("orders.unpaid", every=timedelta(minutes=5))
def end_unpaid() -> int:
    """How many orders ended because nobody paid them."""
    return payment.expire_unpaid()


@job("orders.refunds", every=timedelta(minutes=1))
def pay_back() -> int:
    """How many refunds went to the processor."""
    return payment.refund_due()


@job("orders.open_payments", every=timedelta(minutes=1))
def settle_open_payments() -> int:
    """How many payments of people who were erased were closed at the processor, or paid back."""
    return open_payments.settle_open()


@begins("orders.unsent", leaving.foretell)
def end_before_erasure(subject: UUID, about: str) -> int:
    """How many orders ended because their buyer is erased."""
    return leaving.end_unsent(subject, about)


@ends_with_recovery("orders.placed")
def name_what_was_ordered(user: User, since: datetime) -> Iterator[str]:
    """What was ordered in her name meanwhile, for her to look at."""
    if user.person is not None:
        placed = Order.objects.filter(person=user.person, placed_at__gte=since, cancelled_at=None)
        for order in placed.order_by("placed_at"):
            yield sentence("Order {number}, placed in your name", number=order.number)


@reseals(answers.BOX, table="")
def renew_answers() -> int:
    """Nothing of a check-out is kept here to be moved: a page that is open when the key moves opens for as
    long as the key before is there, and asks again after that.
    """
    return 0
