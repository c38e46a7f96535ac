"""Quantities as engineers type them: ``10kVA``, ``10 000 VA`` and ``10.000 VA`` are one and the same.

Values are Decimals in the base unit of their dimension: V, VA, W, °C, %.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import get_format
from django.utils.translation import gettext as _

# unit as typed, small letters and without spaces -> (base unit, factor). V means volts and never
# volt-amperes.
UNITS: dict[str, tuple[str, Decimal]] = {
    "mv": ("V", Decimal("0.001")),
    "v": ("V", Decimal(1)),
    "volt": ("V", Decimal(1)),
    "volts": ("V", Decimal(1)),
    "kv": ("V", Decimal(1000)),
    "va": ("VA", Decimal(1)),
    "kva": ("VA", Decimal(1000)),
    "mva": ("VA", Decimal(1_000_000)),
    "w": ("W", Decimal(1)),
    "watt": ("W", Decimal(1)),
    "watts": ("W", Decimal(1)),
    "kw": ("W", Decimal(1000)),
    "mw": ("W", Decimal(1_000_000)),
    "%": ("%", Decimal(1)),
    "°c": ("°C", Decimal(1)),
    "c": ("°C", Decimal(1)),
    "celsius": ("°C", Decimal(1)),
}
# Longer than any quantity a person types; keeps hostile input away from the regular expression.
LONGEST = 40
_SHAPE = re.compile(
    r"(?P<number>[+-]?\d[\d .,'_]*)\s*(?P<unit>[^\d\s.,'~=⎓]+)?\s*(?P<kind>ac|dc|~|=|⎓)?", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"[+-]?\d([.,]\d+)?E[+-]?\d{1,2}", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?P<mark>[ .,'_])\d{3}(?:(?P=mark)\d{3})*")


class QuantityError(ValueError):
    """What was typed is not a quantity. The message says how to write one."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in the base unit; ``kind`` is AC, DC or "" when it was not said."""

    value: Decimal
    unit: str
    kind: str = ""

    def __str__(self) -> str:
        return f"{in_words(self.value, self.unit)}{' ' + self.kind if self.kind else ''}"


def parse(text: str, *, units: tuple[str, ...], example: str) -> Quantity:
    """Read one quantity.

    ``units`` are the base units that make sense here; the first is meant when none is typed.

    Raises QuantityError with a sentence that ends in ``example``.
    """
    said = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("–", "-")
    match = _SHAPE.fullmatch(said) if len(said) <= LONGEST else None
    if match is None:
        raise QuantityError(_("Enter a number with its unit, like {example}").format(example=example))
    typed = (match["unit"] or "").lower()
    kind = _kind(match["kind"])
    if typed in {"vac", "vdc"}:
        typed, kind = "v", typed[1:].upper()
    if typed and typed not in UNITS:
        raise QuantityError(
            _("“{unit}” is not a unit we know here. Enter a number with its unit, like {example}").format(
                unit=match["unit"], example=example
            )
        )
    unit, factor = UNITS[typed] if typed else (units[0], Decimal(1))
    if unit not in units:
        raise QuantityError(_misfit(match["unit"], units, example))
    return Quantity(number(match["number"], thousands=factor == 1) * factor, unit, kind)


def _misfit(unit: str, units: tuple[str, ...], example: str) -> str:
    if len(units) == 1:
        said = _("{unit} does not fit here. Enter {fits}, like {example}")
        return said.format(unit=unit, fits=units[0], example=example)
    said = _("{unit} does not fit here. Enter {one} or {other}, like {example}")
    return said.format(unit=unit, one=units[0], other=units[1], example=example)


def number(text: str, *, thousands: bool = True) -> Decimal:
    """A number with a dot or a comma, and groups of three marked by space, dot, comma or apostrophe.

    One dot or comma before exactly three figures is read as thousands (``10.000 VA``), except after a leading
    zero or, with ``thousands`` False, in a unit that already counts in thousands (``1.250 kVA`` is 1,250 VA).
    Raises QuantityError.
    """
    said = text.strip().replace("\u202f", " ").replace("\xa0", " ")
    if _SCIENTIFIC.fullmatch(said):
        # As a spreadsheet writes a long number.
        return Decimal(said.replace(",", "."))
    grouped = _GROUPED.fullmatch(said)
    marks = {mark for mark in said if mark in ".,"}
    if grouped and (thousands or grouped["mark"] in " '_" or said.count(grouped["mark"]) > 1):
        plain = said.replace(grouped["mark"], "")
    elif len(marks) == 2:
        decimal = max(marks, key=said.rfind)
        whole, _mark, fraction = said.rpartition(decimal)
        plain = re.sub(r"[ .,'_]", "", whole) + "." + fraction
    else:
        plain = re.sub(r"[ '_]", "", said).replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", plain):
        raise QuantityError(_("“{text}” is not a number").format(text=text.strip()))
    return Decimal(plain)


def in_words(value: Decimal | float | int, unit: str) -> str:
    """``10 kVA``, ``482.6 mm``, ``−20 °C``: the unit a person would choose, a real minus, thin groups of
    three.
    """
    amount = Decimal(str(value))
    if unit in {"VA", "W"} and abs(amount) >= 1000:
        amount, unit = amount / 1000, "k" + unit
    said = f"{amount.normalize():f}"
    whole, dot, fraction = said.lstrip("-").partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", "\u202f")
    dot = dot and get_format("DECIMAL_SEPARATOR")
    return f"{'−' if amount < 0 else ''}{whole}{dot}{fraction}\u00a0{unit}".rstrip("\u00a0")


def _kind(mark: str | None) -> str:
    return {"~": "AC", "=": "DC", "⎓": "DC"}.get(mark or "", (mark or "").upper())
