"""The demo company's visitors: a year of pages that nobody read, up to yesterday."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from kept.products.models import Product
from kept.touchpoints.visits import log_folder
from kept.visits_log.storing.examples.invented import invent

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World

YEAR = 365
EVENTS = 150_000
# How often a page is read beside the others, where it is no product's.
PATHS = {
    "/": 60.0,
    "/products/": 45.0,
    "/products/compare/": 9.0,
    "/privacy/": 6.0,
    "/privacy/promises/": 4.0,
    "/privacy/visits/": 2.0,
    "/privacy/recipients/": 1.5,
    "/privacy/record/": 0.6,
    "/privacy/changes/": 0.8,
    "/privacy/controllers/": 0.5,
}


def make(world: World) -> None:
    """Last of all, so that the rest of the story draws the same lots with it and without."""
    world.on(days_ago=0, do=lambda: _year(world))


def _year(world: World) -> int:
    yesterday = timezone.localdate() - timedelta(days=1)
    paths = PATHS | {
        product.get_absolute_url(): 30 / (place + 2)
        for place, product in enumerate(Product.objects.order_by("pk"))
    }
    seed = world.random.randrange(2**31)
    return invent(
        log_folder.places(), yesterday - timedelta(days=YEAR - 1), yesterday, EVENTS, seed, paths=paths
    )
