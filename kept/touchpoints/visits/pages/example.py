"""One row as it lies in the published log: of a group so large that it leads to nobody.

Without one, a row made up and called so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from kept.visits_log.dimensions import COLUMNS, TEXTS, TYPES
from kept.visits_log.events import FEWEST
from kept.visits_log.places import Places
from kept.visits_log.storing.engine import EngineStopped, reader
from kept.visits_log.storing.sql import events_in

DAYS = 7

MADE_UP: Mapping[str, str] = {column.name: column.example for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Example:
    """``alike``: how many visitors of its day have a row just like it; 0 where it was made up."""

    row: Mapping[str, str]
    day: date | None
    alike: int


def stored(places: Places) -> Example:
    """From the newest packed day that has one. Looked up once for the days there are."""
    files = sorted(places.days.glob("day=*/*.parquet"), reverse=True)[:DAYS]
    return _stored(tuple((file, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=2)
def _stored(files: tuple[tuple[Path, int], ...]) -> Example:
    for file, _ in files:
        try:
            found = _one(file)
        except (EngineStopped, OSError):
            # A day that was dropped, or packed anew, this moment.
            continue
        if found:
            return found
    return Example(MADE_UP, None, 0)


def _one(file: Path) -> Example | None:
    """By lot, out of the groups of at least ``FEWEST`` visitors; of the chosen group one row, by lot too.

    The four numbers differ for each visitor, all else may be the same for several.
    """
    alike = ", ".join(TEXTS)
    with reader() as connection:
        row = connection.execute(
            f"WITH events AS ({events_in(connection, [file])}), groups"
            f" AS (SELECT {alike}, count(DISTINCT visitor) AS alike FROM events GROUP BY ALL HAVING alike >="
            f" {FEWEST} ORDER BY random() LIMIT 1) SELECT {', '.join(TYPES)}, alike FROM events JOIN groups"
            f" USING ({alike}) ORDER BY random() LIMIT 1"
        ).fetchone()
    if row is None:
        return None
    return Example(
        {name: str(value) for name, value in zip(TYPES, row, strict=False)},
        date.fromisoformat(file.parent.name.removeprefix("day=")),
        int(row[-1]),
    )
