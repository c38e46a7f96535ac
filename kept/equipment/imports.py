"""Serial numbers from a CSV file: the serial master as the factory keeps it.

See kept/products/csv_files.py for how a file is read.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import BinaryIO

from django.utils import timezone
from django.utils.text import slugify

from kept.equipment import serials
from kept.equipment.models import Unit, UnitEvent
from kept.products.cells import Column, Row
from kept.products.csv_files import Report, Written, run
from kept.products.models import Product

# A long number as a spreadsheet shows it.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)


def check(stream: BinaryIO, *, update: bool = False, written: Written | None = None) -> Report:
    """A dry run: what is ready, what needs attention. Saves nothing."""
    return run(stream, _Serials(update=update), save=False, written=written)


def apply(stream: BinaryIO, *, update: bool = False, written: Written | None = None) -> Report:
    """Save every row of the file, or, after any problem, none.

    A row that is there already, and the same, is left as it is; one that differs is a problem unless
    ``update`` says that the file is right.
    """
    return run(stream, _Serials(update=update), save=True, written=written)


class _Serials:
    columns: tuple[Column, ...] = (
        Column("serial", also=("serial_number", "serial_no", "sn", "s/n")),
        Column("product", also=("part_number", "model")),
        Column("made", required=False, also=("produced", "manufactured")),
        Column("shipped", required=False),
    )

    def __init__(self, *, update: bool) -> None:
        self._update = update
        self._lines: dict[str, int] = {}
        self._today = timezone.localdate()
        self._products: dict[str, int] = {}
        for id, code, former in Product.objects.values_list("id", "code", "old_codes"):
            self._products.update({slugify(each): id for each in (*former.split(), code)})

    def read(self, row: Row) -> Unit:
        text = row.cells["serial"]
        reading = serials.read(_counted(text))
        if _SHORTENED.fullmatch(text) and reading.problem:
            row.wrong(
                "serial",
                text,
                "A spreadsheet shortened this number. Give the column the format “text”, and export it"
                " again.",
            )
        elif reading.problem and (zeros := _with_zeros(text)):
            row.wrong(
                "serial", text, f"A spreadsheet may have dropped zeros here. Write {zeros}, if that is right."
            )
        elif reading.problem or reading.suggestion:
            row.wrong(
                "serial", text, reading.problem or f"{reading.suggestion} Write it so, if that is right."
            )
        elif reading.serial in self._lines:
            row.wrong(
                "serial", text, f"This serial number stands on line {self._lines[reading.serial]} already."
            )
        else:
            self._lines[reading.serial] = row.line
        product = self._products.get(slugify(row.text("product", longest=40)))
        if product is None and row.has("product"):
            row.wrong(
                "product", row.cells["product"], "No product has this part number. Import products first."
            )
        unit = Unit(
            serial=reading.serial,
            product_id=product or 0,
            made=row.date_or_none("made"),
            shipped=row.date_or_none("shipped"),
        )
        for column, day in (("made", unit.made), ("shipped", unit.shipped)):
            if day and day > self._today:
                row.wrong(
                    column,
                    row.cells[column],
                    "This day is still to come. Write the day it happened, or leave the cell empty.",
                )
        if unit.made and unit.shipped and unit.shipped < unit.made:
            row.wrong("shipped", row.cells["shipped"], "A unit cannot be shipped before it is made.")
        return unit

    def examine(self, items: list[tuple[Row, Unit]], report: Report) -> list[Unit]:
        known = {
            unit.serial: unit for unit in Unit.objects.filter(serial__in=[unit.serial for _, unit in items])
        }
        good: list[Unit] = []
        for row, unit in items:
            there = known.get(unit.serial)
            if there is None:
                report.new += 1
                good.append(unit)
            elif _same(there, unit):
                report.same += 1
                good.append(there)
            elif self._update:
                report.changed += 1
                there.product_id, there.made, there.shipped = (
                    unit.product_id,
                    unit.made or there.made,
                    unit.shipped or there.shipped,
                )
                good.append(there)
            else:
                row.wrong(
                    "serial",
                    row.cells["serial"],
                    "This serial number is known with other facts. Import with “update” if the file is"
                    " right.",
                )
                report.add(row.problems)
        return good

    def save(self, items: list[Unit]) -> None:
        fresh = [unit for unit in items if unit.pk is None]
        known = [unit for unit in items if unit.pk is not None]
        Unit.objects.bulk_create(fresh)
        UnitEvent.objects.bulk_create([event for unit in fresh for event in unit.first_events()])
        if self._update:
            Unit.objects.bulk_update(known, ["product", "made", "shipped"])

    def finish(self, report: Report, *, save: bool) -> None:
        """Everything was saved on the way; a problem at any time took it all back."""


def _counted(text: str) -> str:
    """The figures of a number that a spreadsheet took for a quantity: ``1204882.0``, ``1.204882E+06``; else
    as it is.
    """
    if not _SHORTENED.fullmatch(text) and not re.fullmatch(r"\d+[.,]0+", text):
        return text
    value = Decimal(text.replace(",", "."))
    # The figures that are written must be all there are: 1.2E+06 may have been anything.
    told = len(value.as_tuple().digits) >= serials.LENGTH or "E" not in text.upper()
    return str(int(value)) if told and value == value.to_integral_value() else text


def _with_zeros(text: str) -> str:
    """How a number reads with the zeros it may have lost; "" where that is no serial number either."""
    if not text.isdigit() or not serials.LENGTH - 3 <= len(text) < serials.LENGTH:
        return ""
    reading = serials.read(text.zfill(serials.LENGTH))
    return serials.display(reading.serial) if reading.serial and not reading.suggestion else ""


def _same(there: Unit, unit: Unit) -> bool:
    return (
        there.product_id == unit.product_id
        and unit.made in {None, there.made}
        and unit.shipped in {None, there.shipped}
    )
