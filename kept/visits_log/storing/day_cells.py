"""What is counted of days, in memory that is bounded whatever a month or a day holds: small days together,
big ones by their visitors.

A visitor is in one share of a day alone, so the counts of the shares add up to those of the day
(``cells.sql``, ``day_sums.sql``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kept.visits_log.dimensions import EFFECTS, OF_VISITS
from kept.visits_log.places import Places
from kept.visits_log.storing import clock_shifts
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.sql import events_in, listed, statement

SHARE = 200_000
"""Events that are counted together: their steps and visits take some 200 MB."""
_SHARES = (
    "CREATE OR REPLACE TEMP TABLE shares (day DATE, dimension VARCHAR, key VARCHAR, key2 VARCHAR, {counts})"
).format(counts=", ".join(f"{name} BIGINT" for name in ("visitors", "visits", "views", "minutes", "timed")))


@dataclass(frozen=True, slots=True)
class Batch:
    """``files`` of days that are counted together, in so many ``shares`` of their visitors."""

    days: list[str]
    files: list[Path]
    shares: int


def insert_cells(
    connection: duckdb.DuckDBPyConnection, places: Places, days: Sequence[str], zone: str
) -> None:
    """Count days, in order, into the table `cells` of the connection. Raises duckdb.Error."""
    for batch in _batches(connection, places, days):
        clock_shifts.offer(
            connection, date.fromisoformat(batch.days[0]), date.fromisoformat(batch.days[-1]), zone
        )
        connection.execute(_SHARES)
        for share in range(batch.shares):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE events AS {_events(connection, batch, share)}")
            connection.execute(f"INSERT INTO shares {_cells()}")
        connection.execute("DROP TABLE IF EXISTS events")
        connection.execute(f"INSERT INTO cells {statement('storing/day_sums.sql')}")
        connection.execute("DROP TABLE shares")


def _batches(connection: duckdb.DuckDBPyConnection, places: Places, days: Sequence[str]) -> Iterator[Batch]:
    """Days that fit together are counted together: to begin costs more than a quiet day."""
    together = Batch([], [], 1)
    filled = 0
    for day in days:
        files = sorted(places.day(day).glob("*.parquet"))
        many = _events_in(connection, files)
        if together.days and filled + many > SHARE:
            yield together
            together, filled = Batch([], [], 1), 0
        if many > SHARE:
            yield Batch([day], files, -(-many // SHARE))
        elif files:
            together.days.append(day)
            together.files.extend(files)
            filled += many
    if together.days:
        yield together


def _events_in(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> int:
    """As the ends of the files say; nothing else of them is read."""
    if not files:
        return 0
    found = connection.execute(
        f"SELECT sum(num_rows) FROM parquet_file_metadata([{listed(files)}])"
    ).fetchone()
    return int(found[0]) if found else 0


def _events(connection: duckdb.DuckDBPyConnection, batch: Batch, share: int) -> str:
    which = f" WHERE visitor % {batch.shares} = {share}" if batch.shares > 1 else ""
    return f"SELECT * FROM ({events_in(connection, batch.files)}){which}"


def _cells() -> str:
    keys = {"entry": "entry", "exit": '"exit"', **{name: name for name in OF_VISITS}}
    visited = (
        f"SELECT day, '{dimension}' AS dimension, {key} AS key, visitor, count(*) AS visits,"
        f" sum(pages_read) AS pages_read FROM visits GROUP BY day, {key}, visitor"
        for dimension, key in keys.items()
    )
    return statement(
        "storing/cells.sql",
        came=", ".join(f"came.{name}" for name in OF_VISITS),
        visited="\n    UNION ALL ".join(visited),
        effects=listed(EFFECTS),
    )
