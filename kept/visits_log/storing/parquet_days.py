"""Events of a finished day into one Parquet file per day and source.

Rows are shuffled and visitors numbered anew by chance, so that neither the order nor the number tells
anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kept.visits_log.dimensions import TYPES
from kept.visits_log.places import Places
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.engine import quoted
from kept.visits_log.storing.files import whole
from kept.visits_log.storing.sql import columns

SOURCE = re.compile(r"[a-z0-9-]{1,40}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 6"


def write_day(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    places: Places,
    day: str,
    source: str,
    *,
    marks: Sequence[str] = (),
    sure: Callable[[], None] = lambda: None,
) -> int:
    """Write a day's file, in place of one that is there; how many events are in it.

    ``relation`` is the name of a table or view, or a query in brackets, with the columns of the log (any
    order, others are left aside). ``visitor`` may be any number that is the same for one visitor: it is
    replaced by a dense one, shuffled, that goes on from the other sources of the day. ``marks`` stand in the
    file's notes (``marks_of``). Hold ``files.alone(places)`` meanwhile, and call ``rollups.rollup_months``
    when all days are written. Raises ValueError for a day or source that is none.
    """
    if not SOURCE.fullmatch(source) or not DAY.fullmatch(day):
        raise ValueError(f"{day} {source} names no day and source.")
    target = places.packed(day, source)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE packing AS SELECT {columns()} FROM {relation}")
    base = _others(connection, places, day, source)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE numbers AS SELECT visitor AS old, {base} + row_number() OVER (ORDER BY"
        " luck) AS new FROM (SELECT visitor, random() AS luck FROM packing GROUP BY visitor)"
    )
    shuffled = ", ".join(
        "numbers.new AS visitor" if name == "visitor" else f"packing.{name}" for name in TYPES
    )
    noted = f", KV_METADATA {{logs: {quoted(' '.join(marks))}}}" if marks else ""
    with whole(target, sure=sure) as half:
        connection.execute(
            f"COPY (SELECT {shuffled} FROM packing JOIN numbers ON packing.visitor = numbers.old ORDER BY"
            f" random()) TO {quoted(half)} ({PARQUET}{noted})"
        )
    counted = connection.execute("SELECT count(*) FROM packing").fetchone()
    connection.execute("DROP TABLE packing")
    connection.execute("DROP TABLE numbers")
    return int(counted[0]) if counted else 0


def marks_of(connection: duckdb.DuckDBPyConnection, places: Places, day: str, source: str) -> tuple[str, ...]:
    """What stands in the notes of a day's file; () where there is none."""
    file = places.packed(day, source)
    if not file.exists():
        return ()
    found = connection.execute(
        f"SELECT value FROM parquet_kv_metadata({quoted(file)}) WHERE key = 'logs'"
    ).fetchone()
    return tuple(bytes(found[0]).decode().split()) if found else ()


def _others(connection: duckdb.DuckDBPyConnection, places: Places, day: str, source: str) -> int:
    """The highest visitor of the day's other sources: two visitors of a day never share a number."""
    files = [str(file) for file in places.day(day).glob("*.parquet") if file != places.packed(day, source)]
    if not files:
        return 0
    found = connection.execute(
        f"SELECT coalesce(max(visitor), 0) FROM read_parquet([{', '.join(map(quoted, files))}])"
    ).fetchone()
    return int(found[0]) if found else 0
