"""The people of the walk: invented for it alone, with words that stand nowhere else, so that each is found
wherever it should not be.
"""

from __future__ import annotations

import secrets
from datetime import date

from kept.core.policy.model import Policy
from kept.equipment import serials
from kept.equipment.models import Unit
from kept.operations.setting_up import ids
from kept.operations.walk.response_checks import Invented
from kept.products.drawings import DRAWINGS
from kept.products.models import Product

SYLLABLES = ("ba", "do", "fe", "gi", "ku", "lo", "ma", "ne", "pi", "ro", "su", "ta", "vi", "wo", "xe", "zu")
HOST = "walk.example.com"


def invented(who: str) -> Invented:
    """Somebody new. The words are random, so that no page of anybody's can hold them by chance."""
    first, last = _word(), _word()
    number = f"470{secrets.randbelow(10**6):06d}"
    return Invented(
        who=who,
        first_name=first,
        name=f"{first} {last}",
        email=f"{_word().casefold()}@{HOST}",
        phone=f"+32{number}",
        password=f"{_word()} {_word()} {_word()}",
    )


def _word() -> str:
    return "".join(secrets.choice(SYLLABLES) for _ in range(5)).capitalize()


def customer(one: Invented) -> None:
    """An ID, made through the flow of the sign-up page."""
    ids.welcome(email=one.email, name=one.name, password=one.password)


def member_of_staff(one: Invented, policy: Policy, role: str) -> None:
    """A post at the desk of the company the site belongs to."""
    ids.hire(
        email=one.email,
        name=one.name,
        role=role,
        entity=next(iter(policy.company.entities)),
        password=one.password,
    )


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
    "name": "Walk",
    "line": "Walk",
    "kind": Product.Kind.INVERTER,
    "drawing_name": next(iter(DRAWINGS)),
    "support_until": date(2000, 1, 1),
    "temperature_min": 0,
    "temperature_max": 1,
}


def free_machine() -> str:
    """A machine of an invented product that nobody holds; its serial number."""
    product, _ = Product.objects.get_or_create(code="WALK", slug="walk", defaults=_PRODUCT)
    number = Unit.objects.count() + 1
    return Unit.objects.produce(serial=serials.make(900_000 + number), product=product).serial
