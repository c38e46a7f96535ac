"""Alice buys, Bob works for sales here, Charlie has no business with her orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.products import demo
from kept.products.models import Product
from kept.rights.asking.guards import bot_guard
from kept.touchpoints.orders.models import Order
from kept.touchpoints.orders.prices.models import Price, Stock

MODULE, SHELF = "m10-48-2k5", "m10-48-10k"


def page(answer: Any) -> str:
    return unescape(answer.content.decode())


def priced(
    slug: str, amount: str, *, pack: int = 1, on_hand: int = 20, lead_days: int | None = 28
) -> Product:
    """A product that can be bought on this site."""
    product = Product.objects.get(slug=slug)
    Price.objects.create(product=product, region="europe", amount=Decimal(amount), currency="EUR", pack=pack)
    Stock.objects.create(product=product, on_hand=on_hand, lead_days=lead_days)
    return product


@pytest.fixture
def shop(policy: Any) -> None:
    """Modules in packs of five, and a shelf."""
    demo.load()
    priced(MODULE, "310.00", pack=5)
    priced(SHELF, "1840.50", on_hand=2, lead_days=None)


@pytest.fixture
def hers(alice: User, client_of: Callable[[User], Client], shop: None) -> Client:
    return client_of(alice)


@pytest.fixture
def guest(shop: None) -> Client:
    return Client()


@pytest.fixture(params=["guest", "with an ID"])
def buyer(request: pytest.FixtureRequest) -> Client:
    client: Client = request.getfixturevalue("guest" if request.param == "guest" else "hers")
    return client


def put(client: Client, slug: str, pieces: Any) -> Any:
    return client.post("/shop/basket/", {"add": slug, "pieces": pieces}, follow=True)


WHO = {"name": "Frank Peeters", "email": "frank@example.org", "website": ""}
WHERE = {
    "receiver": "Frank Peeters",
    "country": "BE",
    "street": "Rue du Laveu 12",
    "postcode": "4000",
    "city": "Liège",
    "area": "",
    "phone": "04 345 00 17",
    "note": "",
}
COMPANY = {"buyer": "new", "company": "Moulin Télécom", "vat": "DE136695976", "purchase_order": "PO 17"}
_SAID = re.compile(r'name="said" value="([^"]+)"')
_TOTAL = re.compile(r'name="total" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _shop_of_a_demo(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are taken by the built-in processor, and people type as fast as tests do."""
    settings.KEPT_PAYMENTS = "practice"
    monkeypatch.setattr(bot_guard, "QUICKEST", -1)


class Checkout:
    """Page by page, as a browser goes: each answer carries what was said before."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answer = client.get("/shop/checkout/")
        self.guest = "Who are you?" in page(self.answer)

    @property
    def shown(self) -> str:
        return page(self.answer)

    def send(self, step: str, **typed: Any) -> Checkout:
        said = _SAID.search(self.shown)
        token = re.search(r'name="token" value="([^"]+)"', self.shown)
        total = _TOTAL.search(self.shown)
        carried = {
            "said": said[1] if said else "",
            "token": token[1] if token else "",
            "total": total[1] if total else "",
        }
        self.answer = self.client.post(f"/shop/checkout/{step}/", {**carried, **typed})
        return self

    def to_the_check(self, *, buyer: Any = None, method: str = "card", **where: Any) -> Checkout:
        if self.guest:
            self.send("you", **WHO)
        self.send("buyer", **(buyer or {"buyer": "myself"}))
        self.send("delivery", **{**WHERE, **where})
        return self.send("payment", method=method)

    def pay(self) -> str:
        """Where it leads."""
        return str(self.send("check").answer.get("Location", ""))


def ordered(client: Client, *, slug: str = MODULE, pieces: int = 5, **answers: Any) -> Order:
    """A whole check-out, up to the processor's page or the order."""
    put(client, slug, pieces)
    went = Checkout(client).to_the_check(**answers)
    assert went.pay(), went.shown
    return Order.objects.latest("placed_at")


def practise(client: Client, order: Order, outcome: str) -> Any:
    """On the page of the processor."""
    attempt = order.attempts.get(ended_at=None)
    return client.post(f"/shop/payments/practice/{attempt.pk}/", {"outcome": outcome})
