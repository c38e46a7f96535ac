"""What a visitor may ask of the catalogue: each filter knows its words, its place in the URL and which
products pass it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kept.products.figures import voltage
from kept.products.markets import THE_SEVEN
from kept.products.models import Mark, Product
from kept.products.units import Quantity, QuantityError, in_words, parse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_SEARCH = 100
MOST_VALUES = 20
_UNITS = "[kmµ]?v|[km]?va|[km]?w|k?hz|m?a|ah|kg|mm|%|°c"


@dataclass(frozen=True, slots=True)
class Facet:
    """A figure to choose from: which values a product has for it, as (value in the URL, words)."""

    param: str
    title: StrOrPromise
    of: Callable[[Product], Iterable[tuple[str, str]]]
    order: Callable[[tuple[str, str]], tuple] = lambda choice: (choice[1],)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure to type, with its unit. ``passes`` says whether a product meets what was typed."""

    param: str
    title: StrOrPromise
    hint: StrOrPromise
    units: tuple[str, ...]
    example: str
    words: StrOrPromise
    passes: Callable[[Product, Quantity], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter in force: the parameter, its values as (value, words), and its test."""

    param: str
    title: StrOrPromise
    values: tuple[tuple[str, str], ...]
    passes: Callable[[Product], bool]
    quantity: str = ""
    """What was typed, read as a quantity; "" where there is none."""

    @property
    def words(self) -> str:
        return _either([words for _value, words in self.values])


def _either(words: list[str]) -> str:
    """ "a or b or c"."""
    said = words[0] if words else ""
    for word in words[1:]:
        said = gettext("{some} or {other}").format(some=said, other=word)
    return said


def _quoted(words: str) -> str:
    return gettext("“{words}”").format(words=words)


def _slug(nominal: Decimal, current: str) -> str:
    return f"{nominal.normalize():f}-{current.lower()}"


def _volts(choice: tuple[str, str]) -> tuple:
    nominal, current = choice[0].split("-")
    return current, Decimal(nominal)


def _input(product: Product) -> list[tuple[str, str]]:
    return [
        (
            _slug(product.input_nominal, product.input_current),
            voltage(product.input_nominal, product.input_current),
        )
    ]


def _output(product: Product) -> list[tuple[str, str]]:
    return [
        (
            _slug(product.output_nominal, product.output_current),
            voltage(product.output_nominal, product.output_current),
        )
    ]


def _phases(product: Product) -> list[tuple[str, str]]:
    words = {1: gettext("One phase"), 3: gettext("Three phases")}
    return [
        (
            str(count),
            words.get(count) or ngettext("{n} phases", "{n} phases", count).format(n=count),
        )
        for count in {product.input_phases, product.output_phases}
        if count
    ]


def _marks(kind: str) -> Callable[[Product], list[tuple[str, str]]]:
    return lambda product: [(mark.slug, mark.name) for mark in product.marks.all() if mark.kind == kind]


_MARKET_ORDER = {market.slug: order for order, market in enumerate(THE_SEVEN)}
_LIFE_ORDER = {value: order for order, value in enumerate(Product.Lifecycle.values)}

FACETS: tuple[Facet, ...] = (
    Facet(
        "market",
        _("Market"),
        lambda product: [(market.slug, gettext(market.name)) for market in product.markets.all()],
        lambda choice: (_MARKET_ORDER.get(choice[0], 99),),
    ),
    Facet("kind", _("Kind"), lambda product: [(product.kind, product.get_kind_display())]),
    Facet("input", _("Input"), _input, _volts),
    Facet("output", _("Output"), _output, _volts),
    Facet("phases", _("AC phases"), _phases, lambda choice: (int(choice[0]),)),
    Facet("mounting", _("Mounting"), lambda product: [(product.mounting, product.get_mounting_display())]),
    Facet("ip", _("Protection"), lambda product: [(product.ip, f"IP\u00a0{product.ip}")]),
    Facet("approval", _("Approval"), _marks(Mark.Kind.APPROVAL)),
    Facet("interface", _("Interface"), _marks(Mark.Kind.INTERFACE)),
    Facet(
        "lifecycle",
        _("Lifecycle"),
        lambda product: [(product.lifecycle, product.get_lifecycle_display())],
        lambda choice: (_LIFE_ORDER.get(choice[0], 9),),
    ),
)


def _takes(product: Product, asked: Quantity) -> bool:
    return asked.kind in {"", product.input_current} and product.input_min <= asked.value <= product.input_max


def _delivers(product: Product, asked: Quantity) -> bool:
    rated = product.rated_w if asked.unit == "W" else product.rated_va
    return rated is not None and rated >= asked.value


def _works_at(product: Product, asked: Quantity) -> bool:
    return product.temperature_min <= asked.value <= product.temperature_max


def _efficient(product: Product, asked: Quantity) -> bool:
    return product.efficiency >= asked.value


MEASURES: tuple[Measure, ...] = (
    Measure(
        "takes",
        _("Input voltage"),
        _("Like 48 V DC or 400 V AC"),
        ("V",),
        "48 V DC",
        _("takes {quantity}"),
        _takes,
    ),
    Measure(
        "power",
        _("Rated power, at least"),
        _("Like 10 kVA or 8 kW"),
        ("VA", "W"),
        "10 kVA",
        _("{quantity} or more"),
        _delivers,
    ),
    Measure(
        "at",
        _("Works at"),
        _("Like 55 °C or −20 °C"),
        ("°C",),
        "55 °C",
        _("works at {quantity}"),
        _works_at,
    ),
    Measure(
        "efficiency",
        _("Efficiency, at least"),
        _("Like 95 %"),
        ("%",),
        "95 %",
        _("{quantity} or better"),
        _efficient,
    ),
)


def read(asked: Mapping[str, list[str]], products: Iterable[Product]) -> tuple[list[Filter], dict[str, str]]:
    """Filters in the order of the page, and for each parameter that makes no sense one sentence.

    Never raises.
    """
    filters: list[Filter] = []
    problems: dict[str, str] = {}
    words = " ".join(" ".join(asked.get("q", [])[:1]).split())
    if len(words) > LONGEST_SEARCH or not words.isprintable():
        problems["q"] = gettext("Search for {most} characters or fewer, without control characters").format(
            most=LONGEST_SEARCH
        )
    elif words:
        filters.append(Filter("q", _("Search"), ((words, _quoted(words)),), finds(words)))
    products = list(products)
    for facet in FACETS:
        known = {value: said for product in products for value, said in facet.of(product)}
        chosen = list(dict.fromkeys(value for value in asked.get(facet.param, []) if value))[:MOST_VALUES]
        if any(value not in known for value in chosen):
            problems[facet.param] = gettext(
                "{facet}: choose from the list. Another value was left out"
            ).format(facet=facet.title)
        values = tuple((value, known[value]) for value in chosen if value in known)
        if values:
            filters.append(
                Filter(facet.param, facet.title, values, _one_of(facet, {value for value, _ in values}))
            )
    for measure in MEASURES:
        typed = " ".join(asked.get(measure.param, [])[:1]).strip()
        if not typed:
            continue
        try:
            quantity = parse(typed, units=measure.units, example=measure.example)
        except QuantityError as wrong:
            problems[measure.param] = str(wrong)
        else:
            filters.append(
                Filter(
                    measure.param,
                    measure.title,
                    ((typed, measure.words.format(quantity=quantity)),),
                    _meets(measure, quantity),
                    str(quantity),
                )
            )
    return filters, problems


def still_made() -> Filter:
    """In force when nobody asked for a part number or a lifecycle: what is no longer built is not offered."""
    return Filter("lifecycle", _("Lifecycle"), (), lambda product: product.buyable)


def plain(text: str) -> str:
    """A part number without marks: ``inv-10/48`` and ``INV 1048`` are the same."""
    return re.sub(r"[\W_]+", "", text).upper()


def searched(product: Product) -> str:
    """Everything of a product in which words are looked for, with its figures, each number beside its
    unit.
    """
    volts = " ".join(
        voltage(*side)
        for side in (
            (product.input_nominal, product.input_current),
            (product.output_nominal, product.output_current),
        )
    )
    power = " ".join(
        in_words(rated, unit) for rated, unit in ((product.rated_w, "W"), (product.rated_va, "VA")) if rated
    )
    return _joined(
        f"{product.name} {product.line} {product.kind} {product.get_kind_display()} {product.summary}"
        f" {product.code} {volts} {power}"
    )


def _joined(text: str) -> str:
    """Small letters, and no space between a number and its unit: ``48V`` and ``48 V`` are one, and ``48VDC``
    is ``48 V DC``; and a comma for the dot: ``1,5 kVA`` is found by whoever reads ``1.5 kVA``.
    """
    said = re.sub(r"(?<=\d),(?=\d)", ".", unicodedata.normalize("NFKC", text).casefold())
    said = re.sub(rf"(\d)\s+(?=(?:{_UNITS})\b)", r"\1", re.sub(r"(\d)\s*v\s*(ac|dc)\b", r"\1v \2", said))
    return " ".join(said.split())


def finds(words: str) -> Callable[[Product], bool]:
    """Whether a product is one that is looked for: by a part number, or with every word in what is said of
    it.
    """
    number = plain(words)
    each = _joined(words).split()

    def passes(product: Product) -> bool:
        if number and any(number in plain(code) for code in (product.code, *product.old_codes.split())):
            return True
        said = searched(product)
        return all(word in said for word in each)

    return passes


def _one_of(facet: Facet, wanted: set[str]) -> Callable[[Product], bool]:
    return lambda product: any(value in wanted for value, _ in facet.of(product))


def _meets(measure: Measure, quantity: Quantity) -> Callable[[Product], bool]:
    return lambda product: measure.passes(product, quantity)


def power_note(filters: list[Filter]) -> str:
    """VA and W are two figures. Which one was compared is said whenever power was asked for."""
    asked = next((each for each in filters if each.param == "power"), None)
    if asked is None:
        return ""
    if asked.quantity.partition("\u00a0")[2].startswith(("W", "kW")):
        return gettext(
            "{words}: compared with the W each product states. A load in VA needs its power factor to"
            " become W."
        ).format(words=asked.words)
    return gettext(
        "{words}: compared with the VA each product states; a DC output has none. A load in W needs its power"
        " factor to become VA."
    ).format(words=asked.words)
