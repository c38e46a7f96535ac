"""A basket as it counts today: prices, packs, stock, tax, and what has changed since it was last seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.core.policy.places import Company, Region
from kept.portal.regions import places
from kept.products.models import Product
from kept.touchpoints.orders.basket.contents import MOST_PIECES, Contents, Wanted
from kept.touchpoints.orders.prices import vat
from kept.touchpoints.orders.prices.models import EVERYBODY, Price, Stock
from kept.touchpoints.orders.prices.price_list import prices_of
from kept.touchpoints.orders.prices.vat import Treatment


@dataclass(frozen=True, slots=True)
class Line:
    """``trouble``: why it cannot be ordered so, and how to mend it; "" where it can."""

    product: Product
    quantity: int
    price: Price
    shown: Decimal
    stock: Stock | None
    trouble: str

    @property
    def net(self) -> Decimal:
        return self.price.amount * self.quantity

    @property
    def changed(self) -> bool:
        return self.shown != self.price.amount

    @property
    def ready(self) -> date | None:
        """The day it can leave; None: it lies here."""
        if self.stock is None or self.quantity <= self.stock.on_hand:
            return None
        return timezone.localdate() + timedelta(days=self.stock.lead_days or 0)


@dataclass(frozen=True, slots=True)
class Priced:
    """``gone``: products that were in it and can no longer be ordered."""

    id: object
    lines: tuple[Line, ...]
    gone: tuple[Product, ...]
    treatment: Treatment

    @property
    def currency(self) -> str:
        return self.lines[0].price.currency if self.lines else ""

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return vat.of(self.net, self.treatment.rate)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def changed(self) -> bool:
        return any(one.changed for one in self.lines)

    @property
    def orderable(self) -> bool:
        return bool(self.lines) and not self.changed and not any(one.trouble for one in self.lines)


def sales_region(company: Company) -> Region:
    """The region whose prices count on this site."""
    return places.here(company, settings.KEPT_SITE)


def price_it(
    contents: Contents, company: Company, *, region: str = "", to: str = "", vat_number: str = ""
) -> Priced:
    """``to``: the country it goes to, by default the seller's own; ``region``: whose prices count."""
    here = sales_region(company)
    seller = company.entities[here.entity].country
    wanted = {one.product: one for one in contents.lines}
    products = Product.objects.filter(pk__in=wanted).in_bulk()
    prices = prices_of(products, region=region or here.id, group=EVERYBODY)
    stock = Stock.objects.of(products)
    lines, gone = [], []
    for id, one in wanted.items():
        product = products.get(id)
        if product is None:
            continue
        if id not in prices or not product.buyable:
            gone.append(product)
            continue
        trouble = problem_with(one.quantity, prices[id], stock.get(id))
        lines.append(Line(product, one.quantity, prices[id], one.shown, stock.get(id), trouble))
    treatment = vat.treatment(seller=seller, to=to or seller, vat_number=vat_number)
    return Priced(contents.id, tuple(lines), tuple(gone), treatment)


def accepted(contents: Contents, seen: Priced) -> Contents:
    """With today's prices in the place of those that were shown; what is gone is gone."""
    lines = tuple(Wanted(one.product.pk, one.quantity, one.price.amount) for one in seen.lines)
    return Contents(contents.id, lines)


def problem_with(quantity: int, price: Price, stock: Stock | None) -> str:
    """What is wrong with so many pieces, and how to mend it; "" for nothing."""
    if quantity < 1:
        return _("Enter a whole number, like {n}").format(n=price.pack)
    if quantity > MOST_PIECES:
        return _("Enter {most} or fewer. For more, ask for an offer").format(most=MOST_PIECES)
    if quantity % price.pack:
        below = max(quantity // price.pack, 1) * price.pack
        return _("This item is sold in packs of {pack}. Enter {below} or {above}.").format(
            pack=price.pack, below=below, above=below + price.pack
        )
    if stock is None or stock.can_give(quantity):
        return ""
    left = stock.on_hand // price.pack * price.pack
    if not left:
        return _("It is sold out, and no more are made. Take it out of the basket to go on.")
    return ngettext(
        "Only {n} is left, and no more are made. Enter {n}.",
        "Only {n} are left, and no more are made. Enter {n} or fewer.",
        left,
    ).format(n=left)
