"""The demo company's shop: what its catalogue costs and how much of it lies ready."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from kept.products.models import Product
from kept.touchpoints.orders.prices.models import Price, Stock

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World

EUROS_A_WATT = {"inverter": "0.62", "ups": "0.81", "converter": "0.74", "rectifier": "0.39"}
ON_REQUEST = 50_000
"""Watts from which a product has no price: an engineer makes an offer."""


def make(world: World) -> None:
    """Prices first: what is bought later was for sale then."""
    world.on(days_ago=720, do=_price_list)


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
