"""Prices and stock from CSV files, as ``kept import`` takes them; how a file is read: products/csv_files."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify

from kept.core.ledger import versions
from kept.products.cells import Column, Row
from kept.products.csv_files import FILES, Report
from kept.products.models import Product
from kept.touchpoints.orders.prices.models import Price, Stock

CURRENCIES = ("EUR", "USD", "GBP", "CHF")
KNOWN_OTHERWISE = "This is known with other facts. Import with “update” if the file is right."


class _Rows:
    """What both files share: a product by its part number, and one row for each key."""

    columns: tuple[Column, ...] = ()
    model: Any
    key: tuple[str, ...]
    facts: tuple[str, ...]

    def __init__(self, *, update: bool) -> None:
        self._update = update
        self._lines: dict[tuple[Any, ...], int] = {}
        self._products: dict[str, int] = {}
        for id, code, former in Product.objects.values_list("id", "code", "old_codes"):
            self._products.update({slugify(each): id for each in (*former.split(), code)})

    def product(self, row: Row) -> int:
        found = self._products.get(slugify(row.text("part_number", longest=40)))
        if found is None and row.has("part_number"):
            row.wrong("part_number", row.cells["part_number"], "No product has this part number.")
        return found or 0

    def once(self, row: Row, item: Any) -> Any:
        line = self._lines.setdefault(self._key_of(item), row.line)
        if line != row.line:
            row.wrong("part_number", row.cells["part_number"], f"It stands on line {line} already. Keep one.")
        return item

    def _key_of(self, item: Any) -> tuple[Any, ...]:
        return tuple(getattr(item, name) for name in self.key)

    def examine(self, items: list[tuple[Row, Any]], report: Report) -> list[Any]:
        there = self.model.objects.filter(product_id__in={item.product_id for _, item in items})
        known = {self._key_of(one): one for one in there}
        good = []
        for row, item in items:
            before = known.get(self._key_of(item))
            same = before is not None and all(getattr(before, x) == getattr(item, x) for x in self.facts)
            if before is not None and not same and not self._update:
                row.wrong("part_number", row.cells["part_number"], KNOWN_OTHERWISE)
                report.add(row.problems)
                continue
            report.new += before is None
            report.same += same
            report.changed += before is not None and not same
            good.append(item)
        return good

    def save(self, items: list[Any]) -> None:
        self.model.objects.bulk_create(
            items, update_conflicts=True, unique_fields=list(self.key), update_fields=list(self.facts)
        )

    def finish(self, report: Report, *, save: bool) -> None:
        """Everything was saved on the way; a problem at any time took it all back."""


class Prices(_Rows):
    columns: tuple[Column, ...] = (
        Column("part_number", also=("product",)),
        Column("region", also=("market",)),
        Column("group", required=False, also=("customer_group",)),
        Column("price", also=("amount",)),
        Column("currency"),
        Column("pack", required=False),
        Column("since", required=False, also=("from",)),
    )
    model = Price
    key = ("product_id", "region", "group", "since")
    facts = ("amount", "currency", "pack")

    def read(self, row: Row) -> Price:
        regions = versions.current().policy.company.regions
        price = Price(
            product_id=self.product(row),
            region=row.choice("region", regions),
            group=row.text("group", longest=40, optional=True),
            amount=row.number("price", least=0, most=10_000_000),
            currency=row.choice("currency", CURRENCIES),
            pack=int(row.number("pack", least=1, most=10_000, whole=True, optional=True)) or 1,
        )
        if row.has("since"):
            price.since = row.date("since")
        if not price.amount and not row.problems:
            row.wrong("price", row.cells["price"], "Leave the row out where the price is on request.")
        elif price.amount != price.amount.quantize(price.amount.__class__("0.01")):
            row.wrong("price", row.cells["price"], "A price has two decimals at most.")
        return self.once(row, price)


class Stocks(_Rows):
    columns: tuple[Column, ...] = (
        Column("part_number", also=("product",)),
        Column("on_hand", also=("stock", "quantity")),
        Column("lead_days", required=False, also=("lead_time",)),
    )
    model = Stock
    key = ("product_id",)
    facts = ("on_hand", "lead_days")

    def read(self, row: Row) -> Stock:
        days = int(row.number("lead_days", least=0, most=999, whole=True, optional=True))
        stock = Stock(
            product_id=self.product(row),
            on_hand=int(row.number("on_hand", least=0, most=1_000_000, whole=True)),
            lead_days=days if row.has("lead_days") else None,
        )
        return self.once(row, stock)


FILES.add("prices", Prices)
FILES.add("stock", Stocks)
