"""Paying: every outcome, whatever comes twice, late or never; and killed at every step, nobody pays twice and
no paid order is lost.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.core.vault import gate
from kept.outbox.models import Disclosure
from kept.touchpoints.orders import jobs
from kept.touchpoints.orders.checkout import flows as checkout
from kept.touchpoints.orders.checkout.flows import CLERK, about
from kept.touchpoints.orders.models import Attempt, Basket, Invoice, Order, PracticeCharge, Signal, Stock
from kept.touchpoints.orders.payment import flows, practice
from kept.touchpoints.orders.payment.processors import PAID, REFUNDED, Told
from kept.touchpoints.orders.tests.conftest import MODULE, Checkout, ordered, page, practise, put

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=2)


@pytest.fixture
def order(guest: Client) -> Order:
    return ordered(guest)


def now(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("outcome", ["pay", "twice"])
def test_paid_once_however_often_it_is_told(guest: Client, order: Order, outcome: str) -> None:
    practise(guest, order, outcome)
    assert now(order).paid_at and Signal.objects.count() == 1 and Invoice.objects.count() == 1
    kinds = list(order.steps.values_list("kind", flat=True))
    assert kinds == ["placed", "paid"]
    with gate.purpose("orders", reader=CLERK, about=about(CLERK, order)):
        assert Attempt.objects.get().card == practice.CARD
    shown = page(guest.get(f"/orders/{order.number}/"))
    assert "Visa •••• 4242, 09/28" in shown and "4242424242424242" not in shown


def test_three_d_secure_asks_first_and_may_be_left(guest: Client, order: Order) -> None:
    assert "Your bank asks whether it is you." in page(practise(guest, order, "secure"))
    practise(guest, order, "leave")
    shown = page(guest.get(f"/orders/{order.number}/"))
    assert "Payment not finished. Your basket is kept." in shown and "Try again" in shown
    assert guest.post(f"/orders/{order.number}/payment/")["Location"] == Attempt.objects.get().address


def test_declined_says_so_and_another_card_is_another_attempt(guest: Client, order: Order) -> None:
    practise(guest, order, "decline")
    shown = page(guest.get(f"/orders/{order.number}/"))
    assert "Your bank declined the payment. Nothing was charged. Try another card." in shown
    guest.post(f"/orders/{order.number}/payment/")
    practise(guest, order, "pay")
    assert now(order).paid_at and Attempt.objects.count() == 2
    assert sum(PracticeCharge.objects.values_list("taken", flat=True)) == 1


@pytest.mark.parametrize("outcome", ["late", "silent"])
def test_a_message_that_comes_late_or_never_loses_no_order(guest: Client, order: Order, outcome: str) -> None:
    practise(guest, order, outcome)
    assert "Payment not finished" in page(guest.get(f"/orders/{order.number}/"))
    assert jobs.ask_about_payments() == 0, "not at once: it may be on its way"
    Attempt.objects.update(opened_at=timezone.now() - LATER)
    assert jobs.ask_about_payments() == 1 and now(order).paid_at
    assert jobs.ask_about_payments() == 0
    body, signature = practice.message(
        Attempt.objects.get().pk, practice.told_of(PracticeCharge.objects.get())
    )
    answer = guest.post(
        "/shop/payments/practice/webhook/",
        body,
        content_type="application/json",
        headers={"Practice-Signature": signature},
    )
    assert answer.json() == {"heard": False}, "the late message counts no second time"


@pytest.mark.parametrize("signature", ["", "0" * 32])
def test_a_message_nobody_signed_pays_nothing(guest: Client, order: Order, signature: str) -> None:
    body, _right = practice.message(Attempt.objects.get().pk, Told("forged", PAID, practice.CARD))
    answer = guest.post(
        "/shop/payments/practice/webhook/",
        body,
        content_type="application/json",
        headers={"Practice-Signature": signature},
    )
    assert answer.status_code == 400 and not now(order).paid_at


def test_too_little_buys_nothing_and_goes_back(guest: Client, order: Order) -> None:
    attempt = order.attempts.get()
    practice.take(attempt.pk)
    assert flows.settle(attempt.pk, Told("short", PAID, practice.CARD, Decimal("0.01")))
    attempt.refresh_from_db()
    assert now(order).state == "unpaid" and not now(order).paid_at
    assert (attempt.outcome, attempt.refund_due) == ("abandoned", Decimal("0.01"))
    assert flows.settle(attempt.pk, Told("whole", PAID, practice.CARD, attempt.amount))
    attempt.refresh_from_db()
    assert not now(order).paid_at and attempt.refund_due == attempt.amount, "a part of it is on its way back"
    guest.post(f"/orders/{order.number}/payment/")
    practise(guest, order, "pay")
    assert now(order).paid_at and Attempt.objects.count() == 2


def test_the_processor_has_what_it_was_told_once_it_answered(
    guest: Client, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the record before it leaves, and acknowledged by its answer alone."""
    told = Disclosure.objects.get(pk=order.attempts.get().pk)
    assert told.sent_at and told.acknowledged_at and told.sent_at <= told.acknowledged_at
    practise(guest, order, "decline")

    def away(*_: Any, **__: Any) -> Any:
        raise OSError("nobody answers")

    monkeypatch.setattr(practice.Practice, "open", away)
    with pytest.raises(OSError):
        flows.begin(now(order))
    told = Disclosure.objects.exclude(pk=told.pk).get()
    assert told.sent_at and told.acknowledged_at is None


def test_disputed_and_half_of_it_paid_back(guest: Client, order: Order) -> None:
    attempt = order.attempts.get()
    practise(guest, order, "pay")
    for outcome in ("dispute", "half", "half"):
        guest.post(f"/shop/payments/practice/{attempt.pk}/", {"outcome": outcome})
    attempt.refresh_from_db()
    assert attempt.disputed_at and attempt.refunded == Decimal("937.75")
    assert [one.kind for one in order.steps.all()] == ["placed", "paid", "disputed", "refunded"]
    assert "€937.75 paid back" in page(guest.get(f"/orders/{order.number}/"))


def test_unpaid_it_ends_after_an_hour_and_others_may_buy(guest: Client, order: Order) -> None:
    assert Stock.objects.get(product__slug=MODULE).on_hand == 15
    assert jobs.end_unpaid() == 0
    Order.objects.update(placed_at=timezone.now() - timedelta(hours=1, minutes=1))
    assert jobs.end_unpaid() == 1 and now(order).cancelled_at
    assert Stock.objects.get(product__slug=MODULE).on_hand == 20
    assert not practice.take(Attempt.objects.get().pk), "and nobody can pay it at the processor any more"


def test_paid_there_while_it_ended_here_goes_back(guest: Client, order: Order) -> None:
    attempt = order.attempts.get()
    checkout.cancel_unpaid(order)
    assert practice.take(attempt.pk)
    assert jobs.ask_about_payments() == 1 and jobs.pay_back() == 1
    charge = PracticeCharge.objects.get()
    assert charge.refunded == charge.amount == order.total and not now(order).paid_at
    assert jobs.pay_back() == 0 and jobs.ask_about_payments() == 0


def test_paid_back_is_never_more_than_was_paid(guest: Client, order: Order) -> None:
    practise(guest, order, "pay")
    attempt = order.attempts.get()
    flows.settle(attempt.pk, Told("much", REFUNDED, amount=Decimal(99_999)))
    attempt.refresh_from_db()
    assert attempt.refunded == order.total


def test_the_processor_was_told_what_was_said_and_nothing_else(guest: Client, order: Order) -> None:
    charge, row = PracticeCharge.objects.get(), Disclosure.objects.get()
    assert charge.told == {"number": order.number, "amount": str(order.total)}
    assert row.recipient == "card-processor" and row.sent_at and row.values is None
    assert [row.recipient, ["orders_order.number", "orders_order.net"]] in order.told
    assert set(row.fields) == {"orders_order.number", "orders_order.net"}


class Killed(BaseException):
    """As by kill -9: nothing that catches exceptions catches it."""


STEPS = [
    (checkout, "_take"),
    (flows, "_opened"),
    (flows, "_tell"),
    (practice.Practice, "open"),
    (flows, "settle"),
    (flows, "issue"),
    (flows, "confirm"),
]


def _killing(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, *, after: bool) -> None:
    """The first time that step is taken, the process dies: before it, or right after it."""
    real, left = getattr(where, name), [True]

    def step(*args: Any, **named: Any) -> Any:
        first, left[:] = left[:], []
        if first and not after:
            raise Killed
        done = real(*args, **named)
        if first:
            raise Killed
        return done

    monkeypatch.setattr(where, name, step)


def _walk(client: Client) -> None:
    """What a customer does who finds a dead page: go back, and press again."""
    put(client, MODULE, 5)
    for _time in range(4):
        with suppress(Killed):
            if Order.objects.filter(paid_at__isnull=False).exists():
                return
            Checkout(client).to_the_check().pay()
            order = Order.objects.get(cancelled_at=None)
            practise(client, order, "pay")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("where", "name"), STEPS, ids=[name for _, name in STEPS])
def test_killed_at_any_step_nobody_pays_twice_and_no_paid_order_is_lost(
    guest: Client, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, after: bool
) -> None:
    _killing(monkeypatch, where, name, after=after)
    _walk(guest)
    Attempt.objects.update(opened_at=timezone.now() - LATER)
    for _time in range(2):
        jobs.ask_about_payments()
    order = Order.objects.get(cancelled_at=None)
    assert sum(PracticeCharge.objects.values_list("taken", flat=True)) == 1
    assert order.paid_at and Invoice.objects.count() == 1 and not Basket.objects.exists()
    assert list(order.steps.values_list("kind", flat=True)) == ["placed", "paid"]
    assert Stock.objects.get(product__slug=MODULE).on_hand == 15
