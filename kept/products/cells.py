"""The cells of one row of an imported file, read as what they should be.

Each wrong one becomes a Problem, not an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kept import dates
from kept.products.units import Quantity, QuantityError, number, parse

_TWO_WAYS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, other headings that mean the same, and whether the file must have it."""

    name: str
    required: bool = True
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    column: str
    value: str
    sentence: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column “{self.column}”" if self.column else "")
        return f"{place}: {self.sentence}" + (
            f" (“{self.value}”)" if self.value and self.value not in self.sentence else ""
        )


@dataclass(slots=True)
class Row:
    """``line`` is the line of the file the row begins on, the heading being line 1."""

    line: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    dates: str = ""

    def wrong(self, column: str, value: str, sentence: str) -> None:
        self.problems.append(Problem(self.line, column, value[:80], sentence))

    def text(self, column: str, *, longest: int, optional: bool = False) -> str:
        value = self.cells.get(column, "")
        if not value and not optional:
            self.wrong(column, "", f"Enter the {column.replace('_', ' ')}.")
        elif len(value) > longest:
            self.wrong(column, value, f"This text has {len(value)} characters, the limit is {longest}.")
        elif not value.isprintable():
            self.wrong(column, value, "This text holds control characters. Type it anew.")
        return value

    def words(self, column: str, *, known: Iterable[str] | None = None, mark: str = "|") -> list[str]:
        """Several values in one cell, divided by ``|``."""
        values = [word.strip() for word in self.cells.get(column, "").split(mark) if word.strip()]
        for word in values:
            if known is not None and word not in known:
                self.wrong(column, word, f"“{word[:80]}” is not known. Use: {', '.join(known)}.")
        return values

    def choice(self, column: str, choices: Iterable[str], *, default: str = "") -> str:
        value = self.cells.get(column, "") or default
        known = list(choices)
        if value not in known:
            self.wrong(column, value, f"Use one of: {', '.join(known)}.")
        return value

    def date_or_none(self, column: str) -> date | None:
        return self.date(column) if self.has(column) else None

    def date(self, column: str) -> date:
        """``2024-03-31``, ``31.3.2024``, ``31-mrt-2024`` or a spreadsheet's count of days.

        A date with strokes may mean two days, and is asked for anew where the file does not say which comes
        first.

        The first day there is stands for a wrong one, which the row remembers.
        """
        value = self.cells.get(column, "")
        try:
            return dates.read(value, order=self.dates)
        except dates.TwoDays as two:
            self.wrong(
                column,
                value,
                f"{two} Write it as year-month-day, like 2024-03-31, or import with --dates day-first or"
                " month-first.",
            )
        except dates.DateError as wrong:
            self.wrong(column, value, str(wrong))
        return date.min

    def number(
        self, column: str, *, least: int, most: int, optional: bool = False, whole: bool = False
    ) -> Decimal:
        """A plain number in the unit its column names.

        Returns 0 where there is none or a wrong one (see ``has``).
        """
        value = self.cells.get(column, "")
        if not value and optional:
            return Decimal(0)
        if _TWO_WAYS.fullmatch(value):
            self.wrong(
                column,
                value,
                "This can be read as thousands or as decimals. Write it without the mark, or with one"
                " decimal.",
            )
            return Decimal(0)
        try:
            read = number(value, thousands=False)
        except QuantityError:
            self.wrong(column, value, f"Enter a number from {least} to {most}.")
            return Decimal(0)
        if not least <= read <= most or (whole and read != read.to_integral_value()):
            self.wrong(column, value, f"Enter a {'whole ' if whole else ''}number from {least} to {most}.")
            return Decimal(0)
        return read

    def quantity(self, column: str, *, units: tuple[str, ...], example: str) -> Quantity:
        """A number with its unit and kind, like ``48 V DC``."""
        value = self.cells.get(column, "")
        try:
            read = parse(value, units=units, example=example)
        except QuantityError as wrong:
            self.wrong(column, value, f"{wrong}.")
            return Quantity(Decimal(0), units[0], "DC")
        if not read.kind:
            self.wrong(column, value, f"Say AC or DC, like {example}.")
        return read

    def has(self, column: str) -> bool:
        return bool(self.cells.get(column, ""))
