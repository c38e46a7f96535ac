"""A basket, a guest's and a person's: packs, stock, changed prices, what is no longer for sale."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kept.products.models import Product
from kept.touchpoints.orders.jobs import forget_dead_baskets
from kept.touchpoints.orders.models import Basket, Item, Price, Stock
from kept.touchpoints.orders.tests.conftest import MODULE, SHELF, page, put

pytestmark = pytest.mark.django_db
BASKET = "/shop/basket/"


def test_the_page_of_a_product_says_what_it_costs_and_how_it_is_sold(guest: Client) -> None:
    shown = page(guest.get(f"/products/{MODULE}/"))
    assert "€310.00" in shown and "€375.10 with 21" in shown and "Packs of 5" in shown and "In stock" in shown
    assert "on request" in page(guest.get("/products/m20-w-5k/"))


def test_it_is_put_in_and_counted(buyer: Client) -> None:
    put(buyer, MODULE, 5)
    shown = page(put(buyer, SHELF, 1))
    assert "€1,550.00" in shown and "€1,840.50" in shown
    assert "€3,390.50" in shown and "€712.01" in shown and "€4,102.51" in shown
    assert 'value="5"' in page(buyer.get(BASKET))


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ("7", "This item is sold in packs of 5. Enter 5 or 10."),
        ("3", "This item is sold in packs of 5. Enter 5 or 10."),
        ("12", "This item is sold in packs of 5. Enter 10 or 15."),
        ("1,5", "Enter a whole number, like 5"),
        ("-5", "Enter a whole number, like 5"),
        ("many", "Enter a whole number, like 5"),
        ("99999", "Enter 9999 or fewer. For more, ask for an offer"),
    ],
)
def test_what_cannot_be_is_said_with_the_mend_and_stands_there_again(
    buyer: Client, pieces: str, sentence: str
) -> None:
    assert sentence in page(put(buyer, MODULE, pieces))
    put(buyer, MODULE, 5)
    answer = buyer.post(BASKET, {f"pieces-{MODULE}": pieces})
    assert answer.status_code == 422 and sentence in page(answer) and f'value="{pieces}"' in page(answer)
    assert 'value="5"' in page(buyer.get(BASKET)), "nothing was changed"


def test_no_more_than_lie_there_where_no_more_are_made(buyer: Client) -> None:
    assert "Only 2 are left, and no more are made. Enter 2 or fewer." in page(put(buyer, SHELF, 3))
    Stock.objects.filter(product__slug=SHELF).update(on_hand=0)
    assert "It is sold out" in page(put(buyer, SHELF, 1))


def test_what_is_made_to_order_says_when_it_leaves(buyer: Client) -> None:
    Stock.objects.filter(product__slug=MODULE).update(on_hand=0)
    assert "leaves by" in page(put(buyer, MODULE, 5))


def test_none_takes_it_out_and_so_does_the_button(buyer: Client) -> None:
    put(buyer, MODULE, 5)
    put(buyer, SHELF, 1)
    buyer.post(BASKET, {f"pieces-{MODULE}": "0", f"pieces-{SHELF}": "1"})
    assert MODULE not in page(buyer.get(BASKET))
    buyer.post(BASKET, {"remove": SHELF})
    assert "Nothing is in it yet." in page(buyer.get(BASKET))


def test_a_changed_price_is_shown_old_and_new_and_asks(buyer: Client) -> None:
    put(buyer, MODULE, 5)
    Price.objects.filter(product__slug=MODULE).update(amount=Decimal("345.00"))
    shown = page(buyer.get(BASKET))
    assert "€310.00" in shown and "€345.00" in shown and "Accept the new price" in shown
    assert 'name="go"' not in shown
    assert buyer.post(BASKET, {"go": "1"})["Location"] == BASKET, "not before it was agreed to"
    buyer.post(BASKET, {"accept": "1"})
    assert "A price has changed" not in page(buyer.get(BASKET))


def test_what_is_no_longer_for_sale_is_said(buyer: Client) -> None:
    put(buyer, MODULE, 5)
    Product.objects.filter(slug=MODULE).update(lifecycle="obsolete")
    assert "No longer for sale" in page(buyer.get(BASKET))
    assert "cannot be ordered here" in page(put(buyer, "m20-w-5k", 1))


def test_a_guests_lies_in_their_browser_alone(guest: Client) -> None:
    put(guest, MODULE, 5)
    assert not Basket.objects.exists() and not Item.objects.exists()
    cookie = guest.cookies["kept_basket"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie.value.endswith("x5x31000")


@pytest.mark.parametrize("cookie", ["", "x", "0" * 32 + ".9x9x9", "0" * 32 + ".1x-1x1.axbxc", "é.1x1x1"])
def test_a_cookie_that_is_none_of_ours_is_an_empty_basket(guest: Client, cookie: str) -> None:
    guest.cookies["kept_basket"] = cookie
    assert guest.get(BASKET).status_code == 200


def test_whoever_signs_in_finds_what_they_had_put_in_as_a_guest(
    hers: Client, guest: Client, alice: Any
) -> None:
    put(guest, SHELF, 1)
    put(hers, MODULE, 5)
    hers.cookies["kept_basket"] = guest.cookies["kept_basket"].value
    shown = page(hers.get(BASKET))
    assert "Model 10 inverter module" in shown and "Model 10 inverter shelf" in shown
    hers.post(BASKET, {f"pieces-{SHELF}": "2"})
    kept = Basket.objects.get(person=alice.person).basket_items.order_by("product__slug")
    assert [one.quantity for one in kept] == [2, 5] and not hers.cookies["kept_basket"].value


def test_it_is_forgotten_after_thirty_days(hers: Client) -> None:
    put(hers, MODULE, 5)
    assert forget_dead_baskets() == 0
    Basket.objects.update(touched_at=timezone.now() - timedelta(days=30, minutes=1))
    assert forget_dead_baskets() and not Item.objects.exists()
