"""Which VAT a sale carries: by where the seller is, where the goods go, and whether a business buys.

Directive 2006/112/EC: Art. 31 to 33 (where a supply of goods takes place), 138 (between businesses of two
member states), 146 (export). Money is Decimal, rounded half up to the cent for each rate of an order.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

from kept.sentences import sentence

CENT = Decimal("0.01")
NONE = Decimal(0)
DOMESTIC, DISTANCE, REVERSE, EXPORT, OUTSIDE = "domestic", "distance", "reverse", "export", "outside"
WHY = {
    DOMESTIC: sentence("VAT of the country it is sold from."),
    DISTANCE: sentence("VAT of the country it is delivered to."),
    REVERSE: sentence("No VAT: the buyer accounts for it (Directive 2006/112/EC, Art. 138)."),
    EXPORT: sentence(
        "No VAT: the goods leave the European Union (Directive 2006/112/EC, Art. 146). Import taxes are paid"
        " on arrival."
    ),
    OUTSIDE: sentence("No VAT. Sales tax, where there is one, stands on the invoice."),
}


@dataclass(frozen=True, slots=True)
class Treatment:
    """``rate`` in percent; ``why`` one of the words above; ``country`` whose tax it is, "" for none."""

    why: str
    rate: Decimal
    country: str

    @property
    def words(self) -> str:
        return WHY[self.why]


def treatment(*, seller: str, to: str, vat_number: str = "", on: date | None = None) -> Treatment:
    """``seller`` and ``to`` are ISO 3166 codes; ``vat_number`` that of a business, with its country."""
    day = on or timezone.localdate()
    if not is_member(seller):
        return Treatment(OUTSIDE, NONE, "")
    if to == seller:
        return Treatment(DOMESTIC, rate_in(to, day), to)
    if not is_member(to):
        return Treatment(EXPORT, NONE, "")
    if business_elsewhere(vat_number, seller):
        return Treatment(REVERSE, NONE, "")
    return Treatment(DISTANCE, rate_in(to, day), to)


def business_elsewhere(vat_number: str, seller: str) -> bool:
    """Whether it is the number of a business in another member state than the seller's."""
    country = {"EL": "GR"}.get(vat_number[:2], vat_number[:2])
    return bool(vat_number) and is_member(country) and country != seller


def is_member(country: str) -> bool:
    return country in _table()


def rate_in(country: str, day: date) -> Decimal:
    """The standard rate of a member state on a day, in percent. Raises KeyError for another country."""
    begun = [Decimal(row["rate"]) for row in _table()[country] if row["from"] <= day]
    return begun[-1] if begun else Decimal(_table()[country][0]["rate"])


def of(net: Decimal, rate: Decimal) -> Decimal:
    """The tax on an amount."""
    return (net * rate / 100).quantize(CENT, ROUND_HALF_UP)


@cache
def _table() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "vat_rates.toml").read_text(encoding="utf-8"))
