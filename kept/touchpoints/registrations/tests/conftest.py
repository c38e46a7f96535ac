"""Units to register, and Alice on her way through the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kept.accounts.models import User
from kept.equipment import serials
from kept.equipment.models import Unit
from kept.products import demo
from kept.products.models import Product
from kept.touchpoints.registrations.models import Registration

ADDRESS = "/me/products/register/"
FREE, OTHER, UNKNOWN = serials.make(120488), serials.make(120501), serials.make(700001)
MACHINE = {"serial": FREE, "purchased_day": "3", "purchased_month": "5", "purchased_year": "2025"}
YOU = {
    "holder": "myself",
    "phone": "02 555 01 23",
    "country": "BE",
    "street": "Rue Exemple 1",
    "postcode": "4020",
    "city": "Liège",
    "keep": "profile",
}


@pytest.fixture
def catalogue(policy: Any) -> Product:
    demo.load()
    return Product.objects.get(code="M10-48-10K")


@pytest.fixture
def units(catalogue: Product) -> list[Unit]:
    """Two units that nobody holds, made in March 2024."""
    return [
        Unit.objects.produce(
            serial=serial, product=catalogue, made=date(2024, 3, 1), shipped=date(2024, 4, 2)
        )
        for serial in (FREE, OTHER)
    ]


@pytest.fixture
def hers(alice: User, client_of: Callable[[User], Client], units: list[Unit]) -> Client:
    return client_of(alice)


@pytest.fixture
def his(charlie: User, client_of: Callable[[User], Client], units: list[Unit]) -> Client:
    return client_of(charlie)


def register(
    client: Client, *, machine: dict[str, str] | None = None, you: dict[str, str] | None = None
) -> Registration:
    """All the way through the pages."""
    first = client.post(ADDRESS, {**MACHINE, **(machine or {})})
    assert first.status_code == 302, first.content.decode()
    second = client.post(first["Location"], {**YOU, **(you or {})})
    assert second.status_code == 302, second.content.decode()
    third = client.post(second["Location"])
    assert third.status_code == 302
    return Registration.objects.get(reference=third["Location"].strip("/").split("/")[-1])


def started(client: Client, serial: str) -> str:
    """The address where a serial number leads."""
    answer = client.post(ADDRESS, {**MACHINE, "serial": serial})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])
