"""Somebody buys one thing, to the end: from the basket to the page of the order, seen by who placed it, and
nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from kept.core.ledger import versions
from kept.core.register.proving.walk_findings import JOURNEYS, Walking
from kept.products.drawings import DRAWINGS
from kept.products.models import Product
from kept.sentences import sentence
from kept.touchpoints.orders.basket.priced import sales_region
from kept.touchpoints.orders.payment import practice
from kept.touchpoints.orders.payment.processors import chosen
from kept.touchpoints.orders.prices.models import Price, Stock

BOUGHT = "bought"
NAME = "Walking shelf"
WHERE = {
    "receiver": "Walker",
    "country": "BE",
    "street": "1 Walking Street",
    "postcode": "4020",
    "city": "Liège",
    "phone": "+32 4 345 00 17",
}
_SIZES = (
    "rated_w",
    "input_nominal",
    "input_min",
    "input_max",
    "output_nominal",
    "width",
    "height",
    "depth",
    "weight",
    "efficiency",
)
_PRODUCT = {
    **dict.fromkeys(_SIZES, 1),
    "name": NAME,
    "line": "Walk",
    "kind": Product.Kind.INVERTER,
    "drawing_name": next(iter(DRAWINGS)),
    "support_until": date(2000, 1, 1),
    "temperature_min": 0,
    "temperature_max": 1,
}
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
_NUMBER = re.compile(r"/orders/([A-Z0-9-]+)/$")


@JOURNEYS.under("orders")
def walk(walking: Walking) -> None:
    """As a customer who buys, and as another one who types the address of her order.

    By card where the processor is the one to practise with, else by invoice: nobody's money moves. A site
    that sells from elsewhere than the invented address is not walked, and says so by its counts.
    """
    company = versions.current().policy.company
    if company.entities[sales_region(company).entity].country != WHERE["country"]:
        return
    her = walking.customer(sentence("a customer who buys"))
    other = walking.customer(sentence("a customer with the address of somebody else's order"))
    if her is None or other is None:
        return
    opened = _buys(walking, her, _for_sale(company))
    if opened:
        _stays_hers(walking, other, opened)


def _for_sale(company: Any) -> str:
    """An invented product with a price here and one piece that lies ready; its slug."""
    product, made = Product.objects.get_or_create(code="WALK-BUY", slug="walk-buy", defaults=_PRODUCT)
    if made:
        for region in {sales_region(company).id, company.region_of(WHERE["country"]).id}:
            Price.objects.create(product=product, region=region, amount=Decimal(120), currency="EUR", pack=1)
        Stock.objects.create(product=product, on_hand=1, lead_days=1)
    return str(product.slug)


def _buys(walking: Walking, browser: Any, slug: str) -> str:
    """The address of the order; "" where it was not placed or not paid, which is found."""
    by_card = chosen() == practice.NAME
    buyer = {"buyer": "myself"} if by_card else {"buyer": "new", "company": "Walk", "vat": "BE0123456749"}
    product = browser.get(reverse("product", args=[slug]))
    basket = browser.follow(_sends(browser, product, "add", {"pieces": "1"}))
    page = browser.follow(_sends(browser, basket, "pieces-walk-buy", {}, button="1"))
    page = _sends(browser, page, "buyer", buyer)
    page = _sends(browser, page, "street", WHERE)
    page = _sends(browser, page, "method", {"method": "card" if by_card else "invoice"})
    page = browser.follow(_sends(browser, page, "total", {}))
    if by_card:
        page = browser.follow(_sends(browser, page, "outcome", {}, button="pay"))
    walking.count("orders bought")
    number = _NUMBER.search(page.path)
    listed = browser.get(reverse("orders")).body
    if number is None or NAME.encode() not in page.body or number[1].encode() not in listed:
        walking.found(
            BOUGHT, f"POST {reverse('checkout')}", browser, sentence("does not get an order to its page")
        )
        return ""
    if b"We pack it" not in page.body and b"we pack it" not in page.body:
        walking.found(BOUGHT, f"GET {page.path}", browser, sentence("is not told that the order is paid"))
    return str(page.path)


def _sends(browser: Any, page: Any, field: str, typed: Mapping[str, str], *, button: str = "") -> Any:
    """The form of this page that has such a field or button; the page itself where none has."""
    form = next((one for one in page.page.forms if field in _names(one)), None)
    return browser.submit(page, form, typed, button) if form is not None else page


def _names(form: Any) -> set[str]:
    return {one.name for one in form.fields} | {one.get("name", "") for one in form.buttons}


def _stays_hers(walking: Walking, browser: Any, opened: str) -> None:
    """Asked for by somebody else, it answers exactly like one that does not exist."""
    number = opened.rstrip("/").rpartition("/")[2]
    nothing = f"{number[:-6]}000000"
    browser.get(opened)
    theirs, none = browser.get(opened), browser.get(opened.replace(number, nothing))
    walking.count("orders refused")
    told = _CSRF.sub(b"", theirs.body).replace(number.encode(), nothing.encode())
    if {theirs.status, none.status} != {404} or told != _CSRF.sub(b"", none.body):
        walking.found(
            BOUGHT, f"GET {opened}", browser, sentence("tells somebody else that there is such an order")
        )
