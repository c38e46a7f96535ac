"""The demo company's shop: what its catalogue costs, how much of it lies ready, and a year of orders in four
languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.render import recipient_state
from kept.products.models import Product
from kept.touchpoints.orders.basket.contents import Contents, Wanted
from kept.touchpoints.orders.basket.priced import price_it, sales_region
from kept.touchpoints.orders.checkout import flows
from kept.touchpoints.orders.checkout.forms import CARD, INVOICE, MYSELF, NEW
from kept.touchpoints.orders.checkout.recipients import who_gets
from kept.touchpoints.orders.fulfilment import flows as fulfilment
from kept.touchpoints.orders.models import Order, PracticeCharge
from kept.touchpoints.orders.payment import flows as payment
from kept.touchpoints.orders.payment import practice
from kept.touchpoints.orders.prices.models import Price, Stock
from kept.touchpoints.orders.prices.price_list import prices_of

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World

EUROS_A_WATT = {"inverter": "0.62", "ups": "0.81", "converter": "0.74", "rectifier": "0.39"}
ON_REQUEST = 50_000
"""Watts from which a product has no price: an engineer makes an offer."""


@dataclass(frozen=True, slots=True)
class Story:
    """``who``: "alice", or the name of a guest; ``nth``: which product of those for sale, and how many packs.

    ``then``: (days after, what happens).
    """

    days_ago: float
    who: str
    nth: int
    packs: int = 1
    language: str = "en"
    country: str = "BE"
    town: tuple[str, str, str] = ("Rue du Laveu 12", "4000", "Liège")
    phone: str = "+32 4 345 00 17"
    company: tuple[str, str] = ("", "")
    then: tuple[tuple[float, str], ...] = ()


ARRIVED = ((2, "sent"), (5, "arrived"))
COLOGNE: dict[str, Any] = {"language": "de", "country": "DE", "town": ("Domstraße 4", "50668", "Köln")}
GHENT: dict[str, Any] = {
    "language": "nl",
    "town": ("Veldstraat 21", "9000", "Gent"),
    "phone": "+32 9 345 00 17",
}
LILLE: dict[str, Any] = {"language": "fr", "country": "FR", "town": ("Rue Nationale 40", "59800", "Lille")}
STORIES = (
    Story(320, "alice", 0, then=ARRIVED),
    Story(290, "Atelier Lille", 1, **LILLE, phone="+33 3 20 00 00 17", then=ARRIVED),
    Story(
        255,
        "Leitstand Köln",
        2,
        2,
        **COLOGNE,
        phone="+49 221 345 0017",
        company=("Leitstand Köln", "DE136695976"),
        then=ARRIVED,
    ),
    Story(230, "Techniek Gent", 3, **GHENT, then=((1, "cancelled"),)),
    Story(200, "Charging point Liège", 1, 2, then=ARRIVED),
    Story(160, "alice", 2, company=("Moulin Télécom", "BE0123456749"), then=ARRIVED),
    Story(130, "Techniek Gent", 0, **GHENT, then=(*ARRIVED, (9, "withdrawn"), (14, "back"))),
    Story(
        95,
        "Atelier Lille",
        4,
        **LILLE,
        phone="+33 3 20 00 00 17",
        then=((2, "sent"), (4, "goodwill"), (5, "arrived")),
    ),
    Story(60, "Werkstatt Köln", 3, **COLOGNE, phone="+49 221 345 0018", then=ARRIVED),
    Story(22, "alice", 1, 2, then=((3, "sent"),)),
    Story(6, "Techniek Gent", 2, **GHENT, then=((1, "sent"), (4, "withdrawn"))),
    Story(2, "Atelier Lille", 0, **LILLE, phone="+33 3 20 00 00 17"),
    Story(
        1,
        "Leitstand Köln",
        4,
        **COLOGNE,
        phone="+49 221 345 0017",
        company=("Leitstand Köln", "DE136695976"),
    ),
    Story(0.4, "alice", 3),
)


def make(world: World) -> None:
    """Prices first: what is bought later was for sale then."""
    world.on(days_ago=720, do=_price_list)
    for story in STORIES:
        world.on(days_ago=story.days_ago, do=partial(_ordered, world, story))


def _price_list() -> None:
    """Smaller modules come in packs, cabinets are made to order; two years of one price list."""
    for product in Product.objects.current():
        if product.rated_w >= ON_REQUEST:
            continue
        amount = (product.rated_w * Decimal(EUROS_A_WATT[product.kind]) + 90).quantize(Decimal("0.01"))
        module = product.drawing_name == "module"
        Price.objects.create(
            product=product, region="europe", amount=amount, currency="EUR", pack=5 if module else 1
        )
        Price.objects.create(product=product, region="world", amount=amount, currency="EUR")
        Stock.objects.create(
            product=product,
            on_hand=240 if module else int(30_000 / product.rated_w),
            lead_days=None if product.lifecycle == Product.Lifecycle.LAST_BUY else 28,
        )


def _ordered(world: World, story: Story) -> None:
    """As the check-out does it. Not where a recipient of it has no contract yet: nothing would reach it."""
    wish = _wish(story)
    if any(recipient_state(one.recipient, timezone.localdate()) for one in wish.gets):
        return
    if story.who == "alice":
        person = world.alice.person
        assert person is not None
        order = flows.place(reader=world.reader(world.alice), person=person, wish=wish)
    else:
        address = f"{story.who.split()[-1].lower().replace('ö', 'oe').replace('è', 'e')}@example.org"
        order = flows.place(reader=flows.CLERK, person=flows.Newcomer(story.who, address), wish=wish)
    if order.method == CARD:
        _pays(order)
    for days, what in story.then:
        world.on(days_ago=max(story.days_ago - days, 0), do=partial(_HAPPENS[what], world, order.pk))


def _wish(story: Story) -> flows.Wish:
    policy = versions.current().policy
    here, there = sales_region(policy.company), policy.company.region_of(story.country).id
    for_sale = Product.objects.filter(prices__region=there, rated_w__lt=8_000).order_by("rated_w", "pk")
    product = list(for_sale.distinct())[story.nth]
    price = prices_of([product.pk], region=there)[product.pk]
    basket = uuid5(NAMESPACE_URL, f"demo order {story.who} {story.days_ago}")
    wanted = Wanted(product.pk, price.pack * story.packs, price.amount)
    company, vat = story.company
    seen = price_it(
        Contents(basket, (wanted,)), policy.company, region=there, to=story.country, vat_number=vat
    )
    street, postcode, city = story.town
    said = {
        "buyer": NEW if company else MYSELF,
        "company": company,
        "vat": vat,
        "purchase_order": "",
        "receiver": "Alice Lambert" if story.who == "alice" else story.who,
        "phone": story.phone,
        "note": "",
        "address": {"street": street, "postcode": postcode, "city": city, "country": story.country},
        "method": INVOICE if company else CARD,
    }
    return flows.Wish(
        basket=basket,
        seen=seen,
        said=said,
        gets=who_gets(policy, card=not company, country=story.country),
        entity=here.entity,
        seller_country=policy.company.entities[here.entity].country,
        language=story.language,
    )


def _pays(order: Order) -> None:
    attempt = payment.begin(order, processor=practice.NAME)
    practice.take(attempt.pk)
    payment.settle(attempt.pk, practice.told_of(PracticeCharge.objects.get(key=attempt.pk)))


def _now(id: Any) -> Order:
    """As it stands at that time."""
    found: Order = Order.objects.select_related("person").get(pk=id)
    return found


def _sent(world: World, id: Any) -> None:
    order = _now(id)
    pieces = {one.pk: one.waiting for one in order.ordered_lines.all()}
    tracking = f"CE {order.number[-6:]}"
    fulfilment.dispatch(
        reader=world.staff(world.sales), order=order, pieces=pieces, serials={}, tracking=tracking
    )


def _arrived(world: World, id: Any) -> None:
    fulfilment.deliver(reader=world.staff(world.sales), order=_now(id))


def _cancelled(world: World, id: Any) -> None:
    fulfilment.cancel(reader=world.staff(world.sales), order=_now(id))
    payment.refund_due()


def _withdrawn(world: World, id: Any) -> None:
    fulfilment.withdraw(reader=flows.CLERK, order=_now(id))


def _back(world: World, id: Any) -> None:
    fulfilment.take_back(reader=world.staff(world.sales), order=_now(id))
    payment.refund_due()


def _goodwill(world: World, id: Any) -> None:
    """A scratch on the cover: part of it goes back."""
    fulfilment.pay_back(reader=world.staff(world.sales), order=_now(id), amount=Decimal(25))
    payment.refund_due()


_HAPPENS = {
    "sent": _sent,
    "arrived": _arrived,
    "cancelled": _cancelled,
    "withdrawn": _withdrawn,
    "back": _back,
    "goodwill": _goodwill,
}
