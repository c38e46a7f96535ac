"""From a basket to an order: page by page, with an ID and without one, for oneself and for a company."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.outbox.models import Message as Mailed
from kept.people.models import Organisation, Person
from kept.testing import reader_of
from kept.touchpoints.orders.checkout import answers
from kept.touchpoints.orders.checkout.flows import CLERK, about
from kept.touchpoints.orders.models import Attempt, Basket, Order, OrderLine, Price, Stock
from kept.touchpoints.orders.tests.conftest import (
    COMPANY,
    MODULE,
    SHELF,
    WHERE,
    WHO,
    Checkout,
    ordered,
    page,
    practise,
    put,
)

pytestmark = pytest.mark.django_db


def test_nothing_is_kept_before_the_button_is_pressed(guest: Client) -> None:
    put(guest, MODULE, 5)
    people = Person.objects.count()
    went = Checkout(guest).to_the_check()
    assert "Check your order" in went.shown and "Frank Peeters" in went.shown
    assert (
        Person.objects.count() == people
        and not Order.objects.exists()
        and "frank" not in str(dict(guest.session))
    )


def test_a_guest_orders_and_opens_the_order_with_number_and_code(guest: Client) -> None:
    order = ordered(guest)
    practise(guest, order, "pay")
    order.refresh_from_db()
    assert order.paid_at and order.number.startswith("OBE-") and order.consumer
    assert "Thank you. It is paid" in page(guest.get(f"/orders/{order.number}/"))
    with gate.purpose("orders", reader=CLERK, about=about(CLERK, order)):
        body = Mailed.objects.get(subject=order.person_id).body
        assert order.name == "Frank Peeters" and order.delivery["city"] == "Liège"
    code = body.partition("nobody else has it: ")[2].split()[0]
    stranger = Client()
    assert stranger.get(f"/orders/{order.number}/").status_code == 404
    assert stranger.post("/orders/", {"number": order.number, "code": "0000-0000-0000"}).status_code == 422
    assert stranger.post("/orders/", {"number": order.number, "code": code.lower()}).status_code == 302
    assert "Liège" in page(stranger.get(f"/orders/{order.number}/"))


def test_somebody_elses_order_answers_like_one_that_does_not_exist(
    guest: Client, alice: User, client_of: Any
) -> None:
    order = ordered(guest)
    other = client_of(alice)
    nothing = order.number[:-6] + "000000"
    theirs, none = other.get(f"/orders/{order.number}/"), other.get(f"/orders/{nothing}/")
    assert theirs.status_code == none.status_code == 404
    assert other.post(f"/orders/{order.number}/payment/").status_code == 404


def test_with_an_id_what_is_known_stands_there_and_says_where_from(hers: Client, alice: User) -> None:
    put(hers, MODULE, 5)
    went = Checkout(hers)
    assert "Who buys it?" in went.shown
    assert 'value="Alice Lambert"' in went.send("buyer", buyer="myself").shown
    assert "From sign-up" in went.shown
    order = ordered(hers)
    assert order.person == alice.person
    practise(hers, order, "pay")
    assert not Basket.objects.exists() and order.number in page(hers.get("/orders/"))


def test_a_company_elsewhere_in_the_union_accounts_for_the_vat(hers: Client) -> None:
    put(hers, MODULE, 5)
    went = Checkout(hers).to_the_check(
        buyer=COMPANY, country="DE", postcode="50667", city="Köln", method="invoice"
    )
    assert "the buyer accounts for it" in went.shown and "Moulin Télécom" in went.shown
    assert "Credit office (demo)" in went.shown
    assert "We check" not in went.shown, "nothing is promised that nobody does"
    went.pay()
    order = Order.objects.get()
    assert (order.vat, order.method, order.consumer) == (0, "invoice", False) and not Attempt.objects.exists()
    assert not Basket.objects.exists()


def test_who_will_get_what_is_the_policys_own(guest: Client) -> None:
    put(guest, MODULE, 5)
    shown = Checkout(guest).to_the_check().shown.partition('who-gets">')[2].partition("</dl>")[0]
    assert "Card processor (demo)" in shown and "the order number and the amount" in shown
    assert "Carrier, Europe (demo)" in shown and "Carrier, North America" not in shown
    assert "Credit office" not in shown and "the number of your card" in shown


def test_where_a_sister_company_sells_it_is_named(guest: Client) -> None:
    put(guest, MODULE, 5)
    went = Checkout(guest).send("you", **WHO).send("buyer", buyer="myself")
    went.send("delivery", **{**WHERE, "country": "US", "area": "TX", "postcode": "73301", "city": "Austin"})
    assert "CE+T Energy Solutions sells and delivers" in went.shown and went.answer.status_code == 422
    assert "https://northamerica.example.com" in went.shown and 'value="Rue du Laveu 12"' in went.shown
    went.send("delivery", **{**WHERE, "country": "NZ", "postcode": "6011", "city": "Wellington"})
    assert "We have no price for delivery there. Ask for an offer" in went.shown


@pytest.mark.parametrize(
    ("step", "typed", "sentence"),
    [
        ("you", {**WHO, "email": "frank"}, "Enter an e-mail address in the correct format"),
        ("buyer", {}, "Choose who buys it"),
        ("buyer", {**COMPANY, "company": ""}, "Enter the name of the company"),
        ("buyer", {**COMPANY, "vat": "BE12"}, "A Belgian VAT number has BE and 10 digits, like BE0123456749"),
        ("delivery", {**WHERE, "phone": "call me"}, "Enter a phone number"),
        ("delivery", {**WHERE, "country": ""}, "Choose a country"),
        ("payment", {"method": "invoice"}, "Choose how you pay from the list"),
    ],
)
def test_what_is_wrong_is_said_and_stays_on_its_page(
    guest: Client, step: str, typed: dict[str, str], sentence: str
) -> None:
    put(guest, MODULE, 5)
    went, before = Checkout(guest), {"you": WHO, "buyer": {"buyer": "myself"}, "delivery": WHERE}
    for name, said in before.items():
        if name == step:
            break
        went.send(name, **said)
    answer = went.send(step, **typed).answer
    assert answer.status_code == 422 and sentence in went.shown and not Order.objects.exists()


def test_a_price_that_changes_under_the_button_is_shown_and_asked_about(guest: Client) -> None:
    put(guest, MODULE, 5)
    went = Checkout(guest).to_the_check()
    Price.objects.filter(product__slug=MODULE).update(amount=Decimal("345.00"))
    assert went.pay() == "" and went.answer.status_code == 409 and not Order.objects.exists()
    assert "€310.00" in went.shown and "€345.00" in went.shown
    assert went.pay() and Order.objects.get().net == 1725


def test_the_last_piece_is_sold_once(guest: Client, hers: Client) -> None:
    Stock.objects.filter(product__slug=SHELF).update(on_hand=1)
    first, second = [], []
    for client, journey in ((guest, first), (hers, second)):
        put(client, SHELF, 1)
        journey.append(Checkout(client).to_the_check())
    assert first[0].pay()
    assert not second[0].pay() and second[0].answer.status_code == 409
    assert "It is sold out" in second[0].shown and OrderLine.objects.get().from_stock == 1
    assert Stock.objects.get(product__slug=SHELF).on_hand == 0


def test_two_tabs_refresh_and_back_make_one_order(guest: Client) -> None:
    put(guest, MODULE, 5)
    one, two = Checkout(guest).to_the_check(), Checkout(guest).to_the_check()
    again = one.shown
    assert one.pay() == two.pay(), "the same page of the processor"
    order = Order.objects.get()
    practise(guest, order, "pay")
    assert two.answer is not None and "said" in again
    assert guest.post("/shop/checkout/check/", {"said": "x"}).status_code == 302
    assert Order.objects.count() == 1 and Attempt.objects.count() == 1


def test_what_was_changed_before_paying_is_another_order_and_the_first_one_ends(guest: Client) -> None:
    put(guest, MODULE, 5)
    Checkout(guest).to_the_check().pay()
    put(guest, SHELF, 1)
    Checkout(guest).to_the_check().pay()
    first, second = Order.objects.order_by("placed_at")
    assert first.cancelled_at and not second.cancelled_at and second.ordered_lines.count() == 2
    assert Stock.objects.get(product__slug=MODULE).on_hand == 15, "taken once"


def test_what_a_page_carries_is_of_this_basket_and_a_day_old_at_most(
    guest: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(guest, MODULE, 5)
    went = Checkout(guest).send("you", **WHO)
    monkeypatch.setattr(answers, "LIVES", timedelta(seconds=-1))
    answer = went.send("buyer", buyer="myself").answer
    assert answer.status_code == 302 and answer["Location"] == "/shop/checkout/"


def test_an_empty_basket_orders_nothing(buyer: Client) -> None:
    assert buyer.get("/shop/checkout/")["Location"] == "/shop/basket/"


def test_an_organisation_she_buys_for_is_on_the_list(hers: Client, alice: User) -> None:
    founded = uuid4()
    reader = reader_of(alice).founding(founded)
    with gate.purpose("registration", reader=reader, about=alice.person, source="product registration"):
        Organisation.objects.found(id=founded, by=alice.person, name="Moulin Télécom", vat="BE0123456749")
    order = ordered(hers, buyer={"buyer": str(founded)}, method="invoice")
    assert order.organisation_id == founded and not order.consumer
    assert "BE0123456749" in page(hers.get(f"/orders/{order.number}/"))


def test_it_is_recorded_as_hers(hers: Client, alice: User) -> None:
    placed = ordered(hers).placed_at
    assert timezone.now() - placed < timedelta(minutes=5)
    assert "You ordered OBE-" in page(hers.get("/me/timeline/"))
