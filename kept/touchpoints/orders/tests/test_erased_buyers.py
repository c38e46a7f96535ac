"""An erasure while money moves: nothing that was paid is kept for an order that is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.register.destroying import erasing
from kept.core.register.proving import proofs
from kept.rights.choices import flows as choices
from kept.rights.choices import options
from kept.rights.erasure import flows as erasure
from kept.rights.erasure.models import Erasure
from kept.rights.erasure.steps import ERASER
from kept.testing import reader_of
from kept.touchpoints.orders import jobs
from kept.touchpoints.orders.fulfilment import flows as fulfilment
from kept.touchpoints.orders.fulfilment import leaving
from kept.touchpoints.orders.models import (
    Attempt,
    Invoice,
    OpenPayment,
    Order,
    OrderLine,
    PracticeCharge,
    Stock,
)
from kept.touchpoints.orders.payment import flows, practice
from kept.touchpoints.orders.payment.processors import DECLINED, PAID, REFUNDED, Told
from kept.touchpoints.orders.tests.conftest import MODULE, ordered, page, practise

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(hers: Client) -> Order:
    return ordered(hers)


@pytest.fixture
def erased(alice: User) -> Callable[[], None]:
    def erase() -> None:
        assert alice.person is not None
        erasure.ask(
            subject=alice.person.pk, controller="cet-power", reader=reader_of(alice), wait=timedelta(0)
        )
        erasure.work_due()
        assert Erasure.objects.get().destroyed_at and not Order.objects.exists()
        assert not Attempt.objects.exists()

    return erase


def on_hand() -> int:
    return int(Stock.objects.get(product__slug=MODULE).on_hand)


def charge() -> PracticeCharge:
    return PracticeCharge.objects.get()


def sent(order: Order, pieces: int) -> None:
    """So many left, as the desk would have it."""
    OrderLine.objects.filter(order=order).update(dispatched=pieces)
    Order.objects.filter(pk=order.pk).update(dispatched_at=timezone.now())


def test_unpaid_it_can_be_paid_no_more_and_its_pieces_are_back(
    order: Order, erased: Callable[[], None]
) -> None:
    erased()
    assert on_hand() == 20
    assert jobs.settle_open_payments() == 1 and charge().state == practice.CLOSED
    assert not practice.take(charge().key) and not OpenPayment.objects.exists()


@pytest.mark.parametrize("told", [False, True], ids=["asked", "told"])
def test_paid_at_the_processor_after_the_erasure_goes_back(
    order: Order, erased: Callable[[], None], told: bool
) -> None:
    erased()
    assert practice.take(charge().key)
    if told:
        assert flows.settle(charge().key, practice.told_of(charge()))
        assert not flows.settle(charge().key, practice.told_of(charge())), "once"
    assert jobs.settle_open_payments() == 1
    assert charge().refunded == charge().amount and not OpenPayment.objects.exists()


def test_a_refund_that_is_owed_is_paid_after_the_erasure(
    hers: Client, order: Order, erased: Callable[[], None]
) -> None:
    practise(hers, order, "pay")
    sent(order, 5)
    fulfilment.owe(order, Decimal(100))
    erased()
    owed = OpenPayment.objects.get()
    assert (owed.refund_due, owed.currency, charge().refunded) == (Decimal(100), "EUR", 0)
    assert jobs.settle_open_payments() == 1 and charge().refunded == Decimal(100)
    assert not OpenPayment.objects.exists() and jobs.settle_open_payments() == 0


def test_paid_and_not_sent_goes_back_with_a_credit_note(
    hers: Client, order: Order, erased: Callable[[], None]
) -> None:
    practise(hers, order, "pay")
    shown = page(hers.get("/me/erasure/"))
    assert f"Order {order.number}: what has not left by then is cancelled" in shown
    erased()
    assert on_hand() == 20
    assert list(Invoice.objects.order_by("serial").values_list("kind", flat=True)) == ["invoice", "credit"]
    assert jobs.settle_open_payments() == 1 and charge().refunded == order.total


def test_sent_in_part_the_rest_goes_back_and_sent_whole_nothing(
    hers: Client, order: Order, erased: Callable[[], None]
) -> None:
    practise(hers, order, "pay")
    sent(order, 2)
    erased()
    assert on_hand() == 18
    jobs.settle_open_payments()
    assert charge().refunded == (order.total * 3 / 5).quantize(Decimal("0.01"))


def test_sent_whole_nothing_goes_back(hers: Client, order: Order, erased: Callable[[], None]) -> None:
    practise(hers, order, "pay")
    sent(order, 5)
    erased()
    assert on_hand() == 15 and jobs.settle_open_payments() == 0 and charge().refunded == 0


def test_who_restricted_orders_is_paid_back_all_the_same(
    hers: Client, alice: User, order: Order, erased: Callable[[], None]
) -> None:
    practise(hers, order, "pay")
    assert alice.person is not None
    choices.say_for(
        subject=alice.person.pk,
        purpose="orders",
        verb=options.RESTRICT,
        controller="cet-power",
        language="en",
        by=ERASER,
        matter="erasure",
    )
    erased()
    jobs.settle_open_payments()
    assert charge().refunded == order.total and on_hand() == 20


class Killed(BaseException):
    """As by kill -9."""


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (leaving, "end"),
        (erasing, "destroy_rows"),
        (practice.Practice, "refund"),
    ],
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_anywhere_all_of_it_goes_back_once(
    hers: Client,
    alice: User,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
    where: Any,
    name: str,
    after: bool,
) -> None:
    practise(hers, order, "pay")
    real, left = getattr(where, name), [True]

    def step(*args: Any, **named: Any) -> Any:
        first, left[:] = left[:], []
        done = real(*args, **named) if after or not first else None
        if first:
            raise Killed
        return done

    monkeypatch.setattr(where, name, step)
    assert alice.person is not None
    erasure.ask(subject=alice.person.pk, controller="cet-power", reader=reader_of(alice), wait=timedelta(0))
    for _time in range(3):
        for work in (erasure.work_due, jobs.settle_open_payments):
            try:
                work()
            except Killed:
                Erasure.objects.filter(finished_at=None).update(due_at=timezone.now())
    assert Erasure.objects.get().destroyed_at and not OpenPayment.objects.exists()
    assert charge().refunded == order.total and charge().taken == 1 and on_hand() == 20


def test_what_a_processor_says_of_one_counts_once(order: Order, erased: Callable[[], None]) -> None:
    erased()
    key = charge().key
    assert not flows.settle(key, Told("r", REFUNDED, amount=Decimal(1))), "nothing is known to be paid"
    assert flows.settle(key, Told("p", PAID)) and not flows.settle(key, Told("d", DECLINED))
    assert not flows.settle(key, Told("half", REFUNDED, amount=Decimal(1)))
    assert flows.settle(key, Told("all", REFUNDED, amount=order.total)) and not OpenPayment.objects.exists()


def test_a_processor_that_never_answers_keeps_nobody_and_holds_up_no_other(
    hers: Client, order: Order, erased: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    practise(hers, order, "pay")
    erased()
    assert proofs.run("erasure.whole").state != proofs.BROKEN
    later = OpenPayment.objects.create(
        pk=Erasure.objects.get().pk, processor="practice", amount=1, currency="EUR"
    )

    class Down(practice.Practice):
        def refund(self, attempt: Any, total: Decimal) -> None:
            raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("kept.touchpoints.orders.payment.open_payments.PROCESSORS", {"practice": Down()})
        with pytest.raises(OSError):
            jobs.settle_open_payments()
        with pytest.raises(OSError):
            jobs.settle_open_payments()
        assert not OpenPayment.objects.filter(pk=later.pk).exists(), "its turn came"
    assert jobs.settle_open_payments() == 1 and charge().refunded == order.total
