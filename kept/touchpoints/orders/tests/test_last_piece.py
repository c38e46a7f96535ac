"""The last piece under many hands at once: sold once, and everybody else is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from kept.touchpoints.orders.models import Counter, Invoice, Order, OrderLine, Stock
from kept.touchpoints.orders.tests.conftest import SHELF, Checkout, practise, put

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 6


def _press(went: Checkout) -> str:
    try:
        return went.pay()
    finally:
        connections.close_all()


def test_it_is_sold_once_however_many_press_at_once(shop: None) -> None:
    """On SQLite one writes after the other anyway; on PostgreSQL the lock of the row decides."""
    Stock.objects.filter(product__slug=SHELF).update(on_hand=2)
    journeys = []
    for _hand in range(HANDS):
        client = Client()
        put(client, SHELF, 1)
        journeys.append(Checkout(client).to_the_check())
    if connection.vendor == "sqlite":
        led = [_press(one) for one in journeys]
    else:
        with ThreadPoolExecutor(HANDS) as pool:
            led = list(pool.map(_press, journeys))
    assert sum(map(bool, led)) == 2 and sum(one.answer.status_code == 409 for one in journeys) == HANDS - 2
    assert Stock.objects.get(product__slug=SHELF).on_hand == 0 and OrderLine.objects.count() == 2


def _paid(pair: tuple[Client, Order]) -> None:
    try:
        practise(*pair, "pay")
    finally:
        connections.close_all()


def test_invoice_numbers_have_no_gap_when_many_are_paid_at_once(shop: None) -> None:
    Stock.objects.filter(product__slug=SHELF).update(on_hand=HANDS)
    pairs = []
    for _hand in range(HANDS):
        client = Client()
        put(client, SHELF, 1)
        assert Checkout(client).to_the_check().pay()
        pairs.append((client, Order.objects.latest("placed_at")))
    if connection.vendor == "sqlite":
        for pair in pairs:
            _paid(pair)
    else:
        with ThreadPoolExecutor(HANDS) as pool:
            list(pool.map(_paid, pairs))
    assert sorted(Invoice.objects.values_list("serial", flat=True)) == list(range(1, HANDS + 1))
    assert Counter.objects.get().last == HANDS
