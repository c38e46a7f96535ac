"""Sent in parts with serial numbers, cancelled, paid back, withdrawn from; and whom each of it is not for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.equipment import serials
from kept.equipment.models import Holding, Unit
from kept.outbox.models import Disclosure
from kept.products.models import Product
from kept.testing import staff
from kept.touchpoints.orders import jobs
from kept.touchpoints.orders.models import Invoice, Order, Parcel, PracticeCharge, Stock
from kept.touchpoints.orders.tests.conftest import COMPANY, MODULE, WHERE, ordered, page, practise

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(shop: None, client_of: Any) -> Client:
    client: Client = client_of(staff("Bob Sales", "bob.sales@example.com", "sales"))
    return client


@pytest.fixture
def paid(hers: Client) -> Order:
    order = ordered(hers)
    practise(hers, order, "pay")
    return Order.objects.get(pk=order.pk)


def unit() -> Unit:
    return Unit.objects.create(serial=serials.make(4711), product=Product.objects.get(slug=MODULE))


def send(sales: Client, order: Order, pieces: int, numbers: str = "") -> Any:
    line = order.ordered_lines.get().pk
    typed = {f"pieces-{line}": pieces, f"serials-{line}": numbers, "tracking": "CE 17"}
    return sales.post(f"/desk/orders/{order.number}/parcel/", typed)


def test_it_waits_at_the_desk_and_is_sent_in_parts(sales: Client, hers: Client, paid: Order) -> None:
    assert paid.number in page(sales.get("/desk/orders/"))
    assert "Rue du Laveu 12" in page(sales.get(f"/desk/orders/{paid.number}/"))
    assert send(sales, paid, 2).status_code == 302 and send(sales, paid, 3).status_code == 302
    assert Parcel.objects.count() == 2 and Disclosure.objects.filter(recipient="carrier-europe").count() == 2
    assert "CE 17" in page(hers.get(f"/orders/{paid.number}/"))
    sales.post(f"/desk/orders/{paid.number}/delivery/")
    assert Order.objects.get(pk=paid.pk).closed_at and "is over" in page(
        sales.get(f"/desk/orders/{paid.number}/")
    )


@pytest.mark.parametrize(
    ("pieces", "numbers", "sentence"),
    [
        (6, "", "Enter 5 or fewer"),
        (0, "", "Enter how many pieces are in the parcel"),
        (1, serials.display(serials.make(99)), "Check the number on the label"),
    ],
)
def test_what_cannot_be_sent_says_why(
    sales: Client, paid: Order, pieces: int, numbers: str, sentence: str
) -> None:
    answer = send(sales, paid, pieces, numbers)
    assert answer.status_code == 422 and sentence in page(answer) and not Parcel.objects.exists()


def test_the_bought_machine_registers_itself_with_one_click(
    sales: Client, hers: Client, alice: User, paid: Order
) -> None:
    machine = unit()
    assert send(sales, paid, 1, machine.number).status_code == 302
    assert machine.number in page(hers.get(f"/orders/{paid.number}/"))
    hers.post(f"/orders/{paid.number}/machines/{machine.pk}/")
    holding = Holding.objects.get()
    assert holding.person == alice.person and holding.unit == machine


def test_support_sees_no_order(paid: Order, bob: User, client_of: Any) -> None:
    assert client_of(bob).get(f"/desk/orders/{paid.number}/").status_code in (403, 404)


def test_a_consumer_withdraws_in_two_steps_without_signing_in(guest: Client) -> None:
    order = ordered(guest)
    practise(guest, order, "pay")
    first = f"/orders/{order.number}/withdrawal/"
    assert "Withdraw from contract here" in page(guest.get(f"/orders/{order.number}/"))
    assert "Confirm the withdrawal" in page(guest.get(first))
    assert "You withdrew from this contract" in page(guest.post(first))
    assert jobs.pay_back() == 1
    charge, papers = PracticeCharge.objects.get(), Invoice.objects.order_by("serial")
    assert charge.refunded == charge.amount
    assert [(one.kind, one.serial) for one in papers] == [("invoice", 1), ("credit", 2)]
    assert Stock.objects.get(product__slug=MODULE).on_hand == 20
    assert Client().get(first).status_code == 302, "nobody else's"


def test_what_has_left_is_paid_back_when_the_goods_are_back(guest: Client, sales: Client) -> None:
    order = ordered(guest)
    practise(guest, order, "pay")
    send(sales, order, 2)
    back = f"/desk/orders/{order.number}/return/"
    assert sales.post(back).status_code == 302 and jobs.pay_back() == 0, "nobody withdrew"
    receipt = page(guest.post(f"/orders/{order.number}/withdrawal/"))
    assert "as soon as they are here" in receipt and jobs.pay_back() == 0
    assert Stock.objects.get(product__slug=MODULE).on_hand == 18, "what did not leave is for others"
    assert send(sales, order, 1).status_code == 422, "nothing more leaves"
    sales.post(f"/desk/orders/{order.number}/delivery/")
    at_the_desk = page(sales.get(f"/desk/orders/{order.number}/"))
    assert "The goods are back" in at_the_desk, "still open"
    assert "The buyer withdrew from the contract" in at_the_desk and "You withdrew" not in at_the_desk
    sales.post(f"/desk/orders/{order.number}/refund/", {"amount": "100.00"})
    assert (
        sales.post(back).status_code == 302 and jobs.pay_back() == 1 and sales.post(back).status_code == 302
    )
    charge, over = PracticeCharge.objects.get(), Order.objects.get(pk=order.pk)
    assert charge.refunded == charge.amount and over.closed_at and jobs.pay_back() == 0
    with gate.purpose("accounting", reader=SystemReader(job="books"), about=Job("books")):
        assert sum(Decimal(one.content["total"]) for one in Invoice.objects.all()) == 0, "no more than once"


def test_after_fourteen_days_and_for_a_company_it_is_not_offered(hers: Client, guest: Client) -> None:
    company = ordered(hers, buyer=COMPANY, method="invoice")
    assert "Withdraw" not in page(hers.get(f"/orders/{company.number}/"))
    assert hers.get(f"/orders/{company.number}/withdrawal/").status_code == 404
    hers.post(f"/orders/{company.number}/withdrawal/")
    assert Order.objects.get(pk=company.pk).withdrawn_at is None
    late = ordered(guest)
    practise(guest, late, "pay")
    Order.objects.filter(pk=late.pk).update(delivered_at=timezone.now() - timedelta(days=14, minutes=1))
    assert guest.get(f"/orders/{late.number}/withdrawal/").status_code == 404


def test_cancelled_before_it_leaves_and_not_after(hers: Client, sales: Client, paid: Order) -> None:
    send(sales, paid, 1)
    hers.post(f"/orders/{paid.number}/cancelling/")
    assert Order.objects.get(pk=paid.pk).cancelled_at is None
    other = ordered(hers)
    practise(hers, other, "pay")
    hers.post(f"/orders/{other.number}/cancelling/")
    assert Order.objects.get(pk=other.pk).cancelled_at and jobs.pay_back() == 1


def test_the_address_is_corrected_until_it_leaves(hers: Client, sales: Client, paid: Order) -> None:
    typed = {**WHERE, "street": "Rue du Laveu 14"}
    assert hers.post(f"/orders/{paid.number}/address/", typed).status_code == 302
    assert "Rue du Laveu 14" in page(hers.get(f"/orders/{paid.number}/"))
    abroad = {**typed, "country": "DE", "postcode": "50667", "city": "Köln"}
    assert "To another country the price is another one" in page(
        hers.post(f"/orders/{paid.number}/address/", abroad)
    )
    send(sales, paid, 5)
    assert "has left already" in page(hers.post(f"/orders/{paid.number}/address/", typed))


def test_part_of_it_is_paid_back_with_a_credit_note_and_never_more(sales: Client, paid: Order) -> None:
    address = f"/desk/orders/{paid.number}/refund/"
    assert sales.post(address, {"amount": "100.00"}).status_code == 302 and jobs.pay_back() == 1
    assert PracticeCharge.objects.get().refunded == Decimal(100)
    left = Order.objects.get(pk=paid.pk).total - 100
    refused = sales.post(address, {"amount": "99999"})
    assert refused.status_code == 422 and f"At most €{left:,} can be paid back." in page(refused)
    assert list(Invoice.objects.values_list("kind", flat=True)) == ["invoice", "credit"]
