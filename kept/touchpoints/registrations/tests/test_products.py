"""Her products: her own and her organisation's, and how they came to be."""

from __future__ import annotations

from typing import Any

import pytest

from kept.core.vault import gate
from kept.outbox.handing_over.corrections import correct
from kept.people import phones
from kept.testing import reader_of
from kept.touchpoints.registrations.models import Registration
from kept.touchpoints.registrations.tests.conftest import OTHER, register

pytestmark = pytest.mark.django_db
ADDRESS = "/me/products/"


def test_empty_it_says_what_to_do(hers: Any) -> None:
    page = hers.get(ADDRESS).content.decode()
    assert "No products yet" in page and "/me/products/register/" in page


def test_it_shows_model_serial_warranty_and_reference(hers: Any) -> None:
    made = register(hers)
    page = hers.get(ADDRESS).content.decode()
    for said in ("1204-88-2", made.reference, "3 May 2025", made.holding.unit.product.name, "Warranty"):
        assert said in page


def test_it_shows_nothing_of_anybody_else(hers: Any, his: Any) -> None:
    register(hers)
    assert "1204-88-2" not in his.get(ADDRESS).content.decode()


def test_however_many_products_the_queries_stay_the_same(hers: Any, django_assert_num_queries: Any) -> None:
    register(hers)
    hers.get(ADDRESS)
    with django_assert_num_queries(12):
        hers.get(ADDRESS)
    register(hers, machine={"serial": OTHER})
    with django_assert_num_queries(12):
        hers.get(ADDRESS)


def test_a_registration_follows_the_phone_and_address_it_was_given_and_keeps_another(
    hers: Any, alice: Any
) -> None:
    made, other = (
        register(hers),
        register(hers, machine={"serial": OTHER}, you={"phone": "02 555 99 99", "keep": "once"}),
    )
    home = {"street": "Rue Neuve 2", "postcode": "4000", "city": "Liège"}
    with gate.purpose("account", reader=reader_of(alice), about=alice.person, source="your profile"):
        correct(alice.person, {"phone": phones.parse("02 555 77 77"), "address": home})
    with gate.purpose("registration", reader=reader_of(alice), about=alice.person):
        first, second = (Registration.objects.get(pk=one.pk) for one in (made, other))
        assert first.contact_phone == "02 555 77 77" and first.contact_address == {**home, "country": "BE"}
        assert second.contact_phone == "02 555 99 99"
