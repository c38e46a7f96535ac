"""Somebody who has everything that is told of a month, and can add, subtract and solve.

Knows nothing else: not on which days an untold key was counted.

A group of untold counts is found out when its size follows from what is told, whatever the rest may be: then
it must be nothing, or ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import product

import duckdb

from kept.visits_log.events import FEWEST
from kept.visits_log.storing.rollups import told_query

DAYS = [date(2026, 11, n) for n in range(1, 5)]
Counts = Sequence[Sequence[int]]
"""By day, by key: how often."""


@dataclass(frozen=True)
class Told:
    """``total`` by day; ``cells`` by (day, key); ``blocks`` by key; ``low`` the month's own block of the
    total. What is missing is not told.
    """

    total: Mapping[int, int]
    cells: Mapping[tuple[int, int], int]
    blocks: Mapping[int, int]
    low: int | None


def tell(
    connection: duckdb.DuckDBPyConnection, counts: Counts, *, whole: bool = True, sql: str | None = None
) -> Told:
    """One dimension (countries: visits) through the program's own SQL; each visit is another visitor's."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cells (day DATE, dimension VARCHAR, key VARCHAR, key2 VARCHAR, visitors"
        " BIGINT, visits BIGINT, views BIGINT, minutes BIGINT, timed BIGINT)"
    )
    rows = [(DAYS[d], "total", "", sum(row)) for d, row in enumerate(counts) if sum(row)]
    rows += [
        (DAYS[d], "country", str(k), count)
        for d, row in enumerate(counts)
        for k, count in enumerate(row)
        if count
    ]
    if not rows:
        return Told({}, {}, {}, None)
    connection.executemany(
        "INSERT INTO cells VALUES (?, ?, ?, '', ?, ?, ?, 0, 0)", [(*row, row[3], row[3]) for row in rows]
    )
    found = connection.execute(sql or told_query(), {"whole": whole}).fetchall()
    shown = [(day, dimension, key, count) for day, dimension, key, *_, count in found if count]
    return Told(
        {DAYS.index(day): count for day, dimension, _, count in shown if dimension == "total" and day},
        {
            (DAYS.index(day), int(key)): count
            for day, dimension, key, count in shown
            if dimension == "country" and day
        },
        {int(key): count for day, dimension, key, count in shown if dimension == "country" and not day},
        next((count for day, dimension, _, count in shown if dimension == "total" and not day), None),
    )


def found_out(counts: Counts, told: Told) -> list[tuple[int, list[tuple[int, int]]]]:
    """Groups of 1 to 9 whose size follows from what is told, with their cells (day, key)."""
    days, keys = range(len(counts)), range(len(counts[0]))
    rest = {d: told.total[d] - sum(told.cells.get((d, k), 0) for k in keys) for d in told.total}
    unknown = [(d, k) for d, k in product(days, keys) if (d, k) not in told.cells and rest.get(d) != 0]
    equations = [[int(d == day) for d, _ in unknown] for day in told.total]
    if told.low is not None:
        equations.append([int(d not in told.total) for d, _ in unknown])
    equations += [
        [int(k == key and _in_block(counts, told, d, k)) for d, k in unknown] for key in told.blocks
    ]
    free = _null_space(equations, len(unknown))
    found = [(size, [cell]) for cell, size in told.cells.items() if size < FEWEST]
    for chosen in _subsets(free, len(unknown)):
        size = sum(counts[d][k] for (d, k), taken in zip(unknown, chosen, strict=True) if taken)
        if 0 < size < FEWEST:
            found.append((size, [cell for cell, taken in zip(unknown, chosen, strict=True) if taken]))
    return found


def _in_block(counts: Counts, told: Told, d: int, k: int) -> bool:
    """Which days a month's block is made of: he is told that too, by the published method."""
    wide = {
        key
        for key in range(len(counts[0]))
        if not any((day, key) in told.cells for day in range(len(counts)))
    }
    return d in told.total and (k in wide or sum(counts[d][key] for key in wide) >= FEWEST)


def _subsets(free: list[list[Fraction]], many: int) -> Iterator[tuple[int, ...]]:
    """All groups of cells whose sum no freedom changes."""
    for chosen in product((0, 1), repeat=many):
        if all(
            not sum(value for value, taken in zip(vector, chosen, strict=True) if taken) for vector in free
        ):
            yield chosen


def _null_space(equations: list[list[int]], many: int) -> list[list[Fraction]]:
    rows = [[Fraction(value) for value in row] for row in equations]
    pivots: list[int] = []
    for column in range(many):
        place = len(pivots)
        pivot = next((n for n in range(place, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][column] for value in rows[place]]
        for n, row in enumerate(rows):
            if n != place and row[column]:
                rows[n] = [a - row[column] * b for a, b in zip(row, rows[place], strict=True)]
        pivots.append(column)
    basis = []
    for column in (column for column in range(many) if column not in pivots):
        vector = [Fraction(0)] * many
        vector[column] = Fraction(1)
        for n, pivot in enumerate(pivots):
            vector[pivot] = -rows[n][column]
        basis.append(vector)
    return basis
