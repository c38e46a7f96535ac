"""Documents from a CSV file: what is written about which product, in which language, at which issue."""

from __future__ import annotations

from typing import BinaryIO

from django.utils.text import slugify

from kept.products.cells import Column, Row
from kept.products.csv_files import Report, run
from kept.products.models import LANGUAGES, Document, Product


def check(stream: BinaryIO) -> Report:
    """A dry run. Saves nothing."""
    return run(stream, _Documents(), save=False)


def apply(stream: BinaryIO) -> Report:
    """Save every document of the file, or, after any problem, none."""
    return run(stream, _Documents(), save=True)


class _Documents:
    columns: tuple[Column, ...] = tuple(
        Column(name) for name in ("part_number", "kind", "language", "title", "issue", "issued")
    )

    def __init__(self) -> None:
        self._products = dict(Product.objects.values_list("slug", "id"))

    def read(self, row: Row) -> Document:
        slug = slugify(row.text("part_number", longest=32))
        if slug and slug not in self._products:
            row.wrong(
                "part_number",
                row.cells["part_number"],
                "No product has this part number. Import products first.",
            )
        return Document(
            product_id=self._products.get(slug, 0),
            kind=row.choice("kind", Document.Kind.values),
            language=row.choice("language", LANGUAGES),
            title=row.text("title", longest=120),
            issue=row.text("issue", longest=4),
            issued=row.date("issued"),
        )

    def examine(self, items: list[tuple[Row, Document]], report: Report) -> list[Document]:
        report.new += len(items)
        return [document for _, document in items]

    def save(self, items: list[Document]) -> None:
        Document.objects.bulk_create(
            items,
            update_conflicts=True,
            unique_fields=["product", "kind", "language", "title"],
            update_fields=["issue", "issued"],
        )

    def finish(self, report: Report, *, save: bool) -> None:
        """Every document stands alone; nothing to do at the end."""
