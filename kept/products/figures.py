"""The figures of a product in words, in one order everywhere: its page, the comparison, the drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from kept.products.models import Mark, Product
from kept.products.units import in_words
from kept.sentences import counted, sentence


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def figures(product: Product) -> list[tuple[str, str]]:
    """(label, value with its unit) of everything stated about the product.

    Wants ``Product.objects.whole()``.
    """
    return [(label, said) for label, say in _FIGURES if (said := say(product))]


def compare(products: Iterable[Product], *, differences_only: bool = False) -> list[Row]:
    """One row per figure, a value per product (an en dash where a product states none)."""
    products = list(products)
    rows = [Row(label, tuple(say(product) or "–" for product in products)) for label, say in _FIGURES]
    rows = [row for row in rows if set(row.values) != {"–"}]
    return [row for row in rows if row.differs] if differences_only else rows


def voltage(nominal: Decimal, current: str) -> str:
    return f"{in_words(nominal, 'V')} {current}"


def input_range(product: Product) -> str:
    return sentence(
        "{voltage}, takes {least} to {most}",
        voltage=_with_phases(product.input_nominal, product.input_current, product.input_phases),
        least=in_words(product.input_min, ""),
        most=in_words(product.input_max, "V"),
    )


def _output(product: Product) -> str:
    return _with_phases(product.output_nominal, product.output_current, product.output_phases)


def _with_phases(nominal: Decimal, current: str, phases: int | None) -> str:
    said = voltage(nominal, current)
    if phases is None:
        return said
    if phases == 1:
        return sentence("{voltage}, one phase", voltage=said)
    if phases == 3:
        return sentence("{voltage}, three phases", voltage=said)
    return counted("{voltage}, {n} phases", "{voltage}, {n} phases", phases, voltage=said)


def _power(product: Product) -> str:
    return in_words(product.rated_va, "VA") if product.rated_va is not None else ""


def _power_factor(product: Product) -> str:
    if not product.rated_va:
        return ""
    return in_words((product.rated_w / product.rated_va).quantize(Decimal("0.01")), "")


def _temperature(product: Product) -> str:
    return sentence(
        "{least} to {most}",
        least=in_words(product.temperature_min, ""),
        most=in_words(product.temperature_max, "°C"),
    )


def _size(product: Product) -> str:
    return f"{in_words(product.width, '')} × {in_words(product.height, '')} × {in_words(product.depth, 'mm')}"


def _ip(product: Product) -> str:
    return f"IP\u00a0{product.ip}"


def _marks(kind: str) -> Callable[[Product], str]:
    return lambda product: ", ".join(mark.name for mark in product.marks.all() if mark.kind == kind)


_FIGURES: tuple[tuple[str, Callable[[Product], str]], ...] = (
    (sentence("Input"), input_range),
    (sentence("Output"), _output),
    (sentence("Rated power"), lambda product: in_words(product.rated_w, "W")),
    (sentence("Rated apparent power"), _power),
    (sentence("Power factor"), _power_factor),
    (sentence("Efficiency"), lambda product: in_words(product.efficiency, "%")),
    (sentence("Temperature"), _temperature),
    (sentence("Altitude without derating"), lambda product: in_words(product.altitude, "m")),
    (sentence("Protection"), _ip),
    (sentence("Mounting"), lambda product: product.get_mounting_display()),
    (sentence("Width, height, depth"), _size),
    (sentence("Weight"), lambda product: in_words(product.weight, "kg")),
    (sentence("MTBF"), lambda product: in_words(product.mtbf, "h") if product.mtbf else ""),
    (sentence("Interfaces"), _marks(Mark.Kind.INTERFACE)),
    (sentence("Approvals"), _marks(Mark.Kind.APPROVAL)),
    (sentence("Warranty"), lambda product: counted("{n} month", "{n} months", product.warranty_months)),
)


def in_short(product: Product) -> str:
    """One line for a card: ``48 V DC to 230 V AC, 10 kVA``."""
    return sentence(
        "{input} to {output}, {power}",
        input=voltage(product.input_nominal, product.input_current),
        output=_output(product),
        power=_power(product) or in_words(product.rated_w, "W"),
    )
