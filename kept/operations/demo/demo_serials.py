"""The serial numbers of the demo company, imported as a factory's file would be."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from random import Random

from kept.equipment import imports, serials
from kept.operations.demo.demo_world import PAST, World
from kept.products.models import Product
from kept.terminal import Stop

# Never given to anybody in the demo, so that whoever tries it has something to register. The first is the one
# in the pictures.
TO_TRY = (120488, 120501, 120519)
_FIRST, _LAST = 100_000, 999_999


def deliver(world: World) -> None:
    """Make enough units for everybody, and leave their serial numbers in ``demo_world.serials`` for the apps
    to hand out.
    """
    numbers = world.random.sample(
        [number for number in range(_FIRST, _LAST) if number not in TO_TRY], min(400 + world.persons, 800_000)
    )
    report = imports.apply(io.BytesIO(_file(world, [*TO_TRY, *numbers]).encode()))
    if not report.saved:
        raise Stop(f"The demo's serial numbers were refused: {report.problems[0]}", code=1)
    world.serials = [serials.make(number) for number in numbers]


def _file(world: World, numbers: list[int]) -> str:
    """Made over the last four years, and shipped a few weeks later."""
    codes = sorted(Product.objects.values_list("code", flat=True))
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["serial", "product", "made", "shipped"])
    for number in numbers:
        made, shipped = _days(world.random)
        sheet.writerow(
            [
                serials.make(number),
                world.random.choice(codes),
                world.now.date() - made,
                world.now.date() - shipped,
            ]
        )
    return text.getvalue()


def _days(random: Random) -> tuple[timedelta, timedelta]:
    """How long ago a unit was made and shipped."""
    made = timedelta(days=random.randint(60, 2 * PAST.days))
    return made, made - timedelta(days=random.randint(7, 50))


def to_try() -> list[str]:
    """Serial numbers that nobody holds, as they are printed on the plate."""
    return [serials.display(serials.make(number)) for number in TO_TRY]
