"""Products from a CSV file: new part numbers are added, known ones brought up to date.

See sheets.py for how a file is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from django.db import models
from django.utils.text import slugify

from kept.products.cells import Column, Row
from kept.products.csv_files import Report, Written, run
from kept.products.drawings import DRAWINGS
from kept.products.markets import THE_SEVEN
from kept.products.models import Mark, Market, Product

_OPTIONAL = (
    "former_part_numbers",
    "last_buy",
    "replacement",
    "input_phases",
    "output_phases",
    "rated_va",
    "mtbf_h",
    "interfaces",
    "approvals",
    "altitude_m",
)
_NEEDED = (
    *(
        "part_number",
        "name",
        "line",
        "kind",
        "summary",
        "markets",
        "drawing",
        "lifecycle",
        "support_until",
        "warranty_months",
    ),
    *(
        "input",
        "input_min_v",
        "input_max_v",
        "output",
        "rated_w",
        "efficiency",
        "temperature_min_c",
        "temperature_max_c",
    ),
    *("ip", "mounting", "width_mm", "height_mm", "depth_mm", "weight_kg"),
)
COLUMNS = tuple(Column(name) for name in _NEEDED) + tuple(Column(name, required=False) for name in _OPTIONAL)
FIELDS = tuple(
    field.name for field in Product._meta.concrete_fields if field.name not in {"id", "code", "replacement"}
)


def check(stream: BinaryIO, *, written: Written | None = None) -> Report:
    """A dry run: what is ready, what needs attention. Saves nothing."""
    return run(stream, _Products(), save=False, written=written)


def apply(stream: BinaryIO, *, written: Written | None = None) -> Report:
    """Save every row of the file, or, after any problem, none. ``report.saved`` says which."""
    return run(stream, _Products(), save=True, written=written)


@dataclass(slots=True)
class _Item:
    product: Product
    markets: list[str]
    marks: list[tuple[str, str]]
    replacement: str


class _Products:
    columns: tuple[Column, ...] = COLUMNS

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}
        self._replaced: dict[str, tuple[Row, str]] = {}

    def read(self, row: Row) -> _Item:
        product = _product(row)
        slug = product.slug
        if slug and slug in self._lines:
            row.wrong(
                "part_number",
                product.code,
                f"This part number stands on line {self._lines[slug]} already. Keep one.",
            )
        self._lines.setdefault(slug, row.line)
        markets = row.words("markets", known=[market.slug for market in THE_SEVEN])
        if not row.has("markets"):
            row.wrong("markets", "", "Name at least one market.")
        marks = [(word, Mark.Kind.INTERFACE) for word in row.words("interfaces")] + [
            (word, Mark.Kind.APPROVAL) for word in row.words("approvals")
        ]
        for word, kind in marks:
            if not slugify(word) or len(word) > 50:
                row.wrong(f"{kind}s", word, "Use letters and figures, 50 characters at most.")
        return _Item(
            product,
            markets,
            [(word, str(kind)) for word, kind in marks],
            row.text("replacement", longest=32, optional=True).upper(),
        )

    def examine(self, items: list[tuple[Row, _Item]], report: Report) -> list[_Item]:
        known = dict(
            Product.objects.filter(slug__in=[item.product.slug for _, item in items]).values_list(
                "slug", "code"
            )
        )
        good = []
        for row, item in items:
            before = known.get(item.product.slug)
            if before is not None and before != item.product.code:
                row.wrong(
                    "part_number",
                    item.product.code,
                    f"This is too much like {before}, which exists. Write {before}, or choose another part"
                    " number.",
                )
                report.add(row.problems)
                continue
            report.new, report.changed = report.new + (before is None), report.changed + (before is not None)
            if item.replacement:
                self._replaced[item.product.code] = (row, item.replacement)
            good.append(item)
        return good

    def save(self, items: list[_Item]) -> None:
        Market.objects.ensure_the_seven()
        Product.objects.bulk_create(
            [item.product for item in items],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=FIELDS,
        )
        marks = {(slugify(word), word, kind) for item in items for word, kind in item.marks}
        Mark.objects.bulk_create(
            [Mark(slug=slug, name=name, kind=kind) for slug, name, kind in marks], ignore_conflicts=True
        )
        ids = dict(
            Product.objects.filter(code__in=[item.product.code for item in items]).values_list("code", "id")
        )
        _link(
            Product.markets.through,
            "market_id",
            [(ids[item.product.code], slug) for item in items for slug in dict.fromkeys(item.markets)],
            ids.values(),
        )
        _link(
            Product.marks.through,
            "mark_id",
            [(ids[item.product.code], slugify(word)) for item in items for word, _ in item.marks],
            ids.values(),
        )

    def finish(self, report: Report, *, save: bool) -> None:
        """Replacements may stand further down in the file, so they are looked up last."""
        codes = {code for _, code in self._replaced.values()}
        ids = dict(Product.objects.filter(code__in=codes).values_list("code", "id"))
        named = {slugify(code) for code in codes} & set(self._lines)
        for row, code in self._replaced.values():
            if code not in ids and slugify(code) not in named:
                row.wrong(
                    "replacement", code, "No product has this part number, in the file or in the catalogue."
                )
                report.add(row.problems)
                report.ready -= 1
        if save and not report.problem_rows:
            products = list(Product.objects.filter(code__in=self._replaced))
            for product in products:
                product.replacement_id = ids[self._replaced[product.code][1]]
            Product.objects.bulk_update(products, ["replacement"], batch_size=500)


def _link(
    through: type[models.Model], column: str, pairs: Iterable[tuple[int, str]], products: Iterable[int]
) -> None:
    rows = through._default_manager
    rows.filter(product_id__in=list(products)).delete()
    rows.bulk_create(
        [through(product_id=product, **{column: slug}) for product, slug in dict.fromkeys(pairs)]
    )


def _product(row: Row) -> Product:
    """The product of one row. Nonsense is noted on the row; what is returned then is not to be saved."""
    code = row.text("part_number", longest=32).upper()
    if code and not slugify(code):
        row.wrong("part_number", code, "A part number has letters or figures.")
    lifecycle = row.choice("lifecycle", Product.Lifecycle.values, default=Product.Lifecycle.ACTIVE)
    product = Product(
        code=code,
        slug=slugify(code),
        old_codes=" ".join(row.words("former_part_numbers")).upper(),
        name=row.text("name", longest=80),
        line=row.text("line", longest=40),
        kind=row.choice("kind", Product.Kind.values),
        summary=row.text("summary", longest=200),
        drawing_name=row.choice("drawing", DRAWINGS),
        lifecycle=lifecycle,
        last_buy=(
            row.date("last_buy") if lifecycle == Product.Lifecycle.LAST_BUY else row.date_or_none("last_buy")
        ),
        support_until=row.date("support_until"),
        warranty_months=int(row.number("warranty_months", least=1, most=240, whole=True)),
        mounting=row.choice("mounting", Product.Mounting.values),
        ip=row.text("ip", longest=2),
    )
    if len(product.ip) != 2 or not product.ip.isdigit():
        row.wrong("ip", product.ip, "Enter the two figures of the IP code, like 54.")
    _electrical(row, product)
    _mechanical(row, product)
    return product


def _electrical(row: Row, product: Product) -> None:
    taken = row.quantity("input", units=("V",), example="48 V DC")
    given = row.quantity("output", units=("V",), example="230 V AC")
    product.input_nominal, product.input_current = taken.value, taken.kind
    product.output_nominal, product.output_current = given.value, given.kind
    product.input_min = row.number("input_min_v", least=0, most=100_000)
    product.input_max = row.number("input_max_v", least=0, most=100_000)
    if not row.problems and not product.input_min <= taken.value <= product.input_max:
        row.wrong(
            "input",
            row.cells["input"],
            f"The input lies outside its own range, {product.input_min} to {product.input_max} V.",
        )
    for side, kind in (("input", taken.kind), ("output", given.kind)):
        phases = row.number(f"{side}_phases", least=1, most=3, whole=True, optional=kind != "AC")
        setattr(product, f"{side}_phases", int(phases) or None)
    product.rated_w = row.number("rated_w", least=1, most=100_000_000)
    product.rated_va = row.number("rated_va", least=1, most=100_000_000, optional=given.kind != "AC") or None
    if not row.problems and product.rated_va and product.rated_w > product.rated_va:
        row.wrong(
            "rated_w", row.cells["rated_w"], "W cannot be more than VA. Check both, or the power factor."
        )
    product.efficiency = row.number("efficiency", least=1, most=100)


def _mechanical(row: Row, product: Product) -> None:
    product.temperature_min = int(row.number("temperature_min_c", least=-100, most=100, whole=True))
    product.temperature_max = int(row.number("temperature_max_c", least=-100, most=200, whole=True))
    if not row.problems and product.temperature_min >= product.temperature_max:
        row.wrong(
            "temperature_min_c",
            row.cells["temperature_min_c"],
            "The lowest temperature must be below the highest.",
        )
    product.altitude = int(row.number("altitude_m", least=0, most=9000, whole=True, optional=True)) or 1000
    product.width = row.number("width_mm", least=1, most=10_000)
    product.height = row.number("height_mm", least=1, most=10_000)
    product.depth = row.number("depth_mm", least=1, most=10_000)
    product.weight = row.number("weight_kg", least=0, most=10_000)
    product.mtbf = int(row.number("mtbf_h", least=1, most=100_000_000, whole=True, optional=True)) or None
