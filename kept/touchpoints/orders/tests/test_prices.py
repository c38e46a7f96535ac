"""Prices and stock from files, which price counts, and which VAT."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from kept.products.csv_files import FILES, Report, run
from kept.products.models import Product
from kept.touchpoints.orders.models import Price, Stock
from kept.touchpoints.orders.prices import vat
from kept.touchpoints.orders.prices.price_list import prices_of
from kept.touchpoints.orders.tests.conftest import MODULE, SHELF

pytestmark = pytest.mark.django_db
PRICES = "part_number,region,group,price,currency,pack,since\n"


def taken(kind: str, text: str, *, save: bool = True, update: bool = False) -> Report:
    return run(io.BytesIO(text.encode()), FILES[kind](update=update), save=save)


def test_a_file_of_prices_is_checked_then_saved_whole(shop: None) -> None:
    rows = PRICES + "M10-48-2K5,world,,299.50,EUR,5,2026-01-01\nM10-48-10K;world"
    assert taken("prices", rows).problems and Price.objects.filter(region="world").count() == 0
    good = PRICES + "M10-48-2K5,world,,299.50,EUR,5,2026-01-01\nINV-10-48,world,dealers,1700,EUR,,\n"
    assert taken("prices", good, save=False).summary.endswith("Nothing is saved yet.")
    assert taken("prices", good).new == 2 and Price.objects.filter(region="world").count() == 2
    assert taken("prices", good).same == 2


def test_another_price_of_the_same_day_asks_for_update(shop: None) -> None:
    first = PRICES + "M10-48-2K5,world,,299.50,EUR,5,2026-01-01\n"
    taken("prices", first)
    other = first.replace("299.50", "305")
    assert "update" in str(taken("prices", other).problems[0])
    assert taken("prices", other, update=True).changed == 1
    assert Price.objects.get(region="world").amount == Decimal(305)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("XX,europe,,1,EUR,,", "No product has this part number"),
        ("M10-48-2K5,mars,,1,EUR,,", "Use one of: europe, world, north-america"),
        ("M10-48-2K5,europe,,0,EUR,,", "Leave the row out where the price is on request"),
        ("M10-48-2K5,europe,,1.0051,EUR,,", "two decimals at most"),
        ("M10-48-2K5,europe,,1,BEF,,", "Use one of: EUR"),
        ("M10-48-2K5,europe,,1,EUR,0,", "Enter a whole number from 1"),
    ],
)
def test_a_wrong_row_says_how_to_mend_it(shop: None, row: str, sentence: str) -> None:
    (problem,) = taken("prices", PRICES + row + "\n").problems
    assert sentence in str(problem) and "line 2" in str(problem)


def test_stock_is_brought_up_to_date(shop: None) -> None:
    rows = "part_number,on_hand,lead_days\nM10-48-2K5,40,\nM20-W-5K,3,14\n"
    assert taken("stock", rows).problems, "what stands changes only where that is said"
    assert taken("stock", rows, update=True).saved
    assert Stock.objects.get(product__slug=MODULE).lead_days is None
    assert Stock.objects.get(product__slug="m20-w-5k").lead_days == 14


def test_the_groups_own_price_and_the_newest_that_has_come(shop: None) -> None:
    product, today = Product.objects.get(slug=SHELF), timezone.localdate()
    more: dict[str, Any] = {"product": product, "region": "europe", "currency": "EUR"}
    Price.objects.create(**more, amount=1700, group="dealers", since=today - timedelta(days=9))
    Price.objects.create(**more, amount=1, since=today + timedelta(days=1))
    assert prices_of([product.pk], region="europe")[product.pk].amount == Decimal("1840.50")
    assert prices_of([product.pk], region="europe", group="dealers")[product.pk].amount == 1700
    assert prices_of([product.pk], region="north-america") == {}


@pytest.mark.parametrize(
    ("to", "number", "why", "rate"),
    [
        ("BE", "", vat.DOMESTIC, "21"),
        ("BE", "DE136695976", vat.DOMESTIC, "21"),
        ("DE", "", vat.DISTANCE, "19"),
        ("DE", "DE136695976", vat.REVERSE, "0"),
        ("DE", "BE0123456749", vat.DISTANCE, "19"),
        ("GR", "EL094259216", vat.REVERSE, "0"),
        ("CH", "CHE107787577", vat.EXPORT, "0"),
        ("GB", "", vat.EXPORT, "0"),
    ],
)
def test_vat_by_where_it_goes_and_who_buys(to: str, number: str, why: str, rate: str) -> None:
    found = vat.treatment(seller="BE", to=to, vat_number=number)
    assert (found.why, found.rate) == (why, Decimal(rate)) and str(found.words)


def test_rates_are_dated_and_tax_is_rounded_half_up() -> None:
    assert vat.rate_in("FI", date(2024, 8, 31)) == 24 and vat.rate_in("FI", date(2024, 9, 1)) == Decimal(
        "25.5"
    )
    assert vat.of(Decimal("10.50"), Decimal(21)) == Decimal("2.21")
    assert vat.treatment(seller="US", to="US").why == vat.OUTSIDE
