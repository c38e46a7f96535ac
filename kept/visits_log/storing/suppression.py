"""Which of some counts may be told, for whoever counts something else than visits by the same rule: nothing
under ten, nor anything from which it follows (``suppress.sql``). Importable without Django.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from kept.visits_log.events import FEWEST
from kept.visits_log.storing.engine import reader
from kept.visits_log.storing.rollups import COUNTS, told_query

__all__ = ["FEWEST", "Cell", "told"]


class Cell(NamedTuple):
    """So many of a period that have this key, in a table in which each has one."""

    since: date
    table: str
    key: str
    n: int


def told(cells: Iterable[Cell], total: str) -> frozenset[tuple[date, str, str]]:
    """Period, table and key of those that may be told. Raises EngineStopped.

    ``total``: the table whose sum of a period is how many there were at all. Each period stands by itself, so
    it has to be told once, when it is over, and never anew.
    """
    rows = list(cells)
    sums: Counter[date] = Counter()
    for cell in rows:
        sums[cell.since] += cell.n if cell.table == total else 0
    counted = [*rows, *(Cell(day, "total", "", n) for day, n in sums.items() if n)]
    if not counted:
        return frozenset()
    with reader() as connection:
        values = ", ".join(["(CAST(? AS DATE), ?, ?, '', ?, ?, ?, 0, 0)"] * len(counted))
        given = [value for day, table, key, n in counted for value in (day, table, key, n, n, n)]
        connection.execute(
            f"CREATE TEMP TABLE cells AS SELECT * FROM (VALUES {values}) AS given({COUNTS})", given
        )
        found = connection.execute(told_query(), {"whole": False}).fetchall()
    return frozenset(
        (day, table, key) for day, table, key, *_counts, shown in found if shown and table != "total"
    )
