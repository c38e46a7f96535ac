"""Every month's sums: what is counted of each day, computed in SQL, and what of it may be told.

A month's file holds the raw counts, which nobody is shown, and beside them ``shown``: the count that may be
told, or 0. Where a key was too rare on a day, the month tells it when the month is over (``suppress.sql``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kept.visits_log.dimensions import BY_VIEWS
from kept.visits_log.places import Places
from kept.visits_log.storing import clock_shifts, day_cells, dropped_days, engine
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.engine import opened, quoted
from kept.visits_log.storing.files import alone, whole
from kept.visits_log.storing.sql import listed, statement

COUNTS = "day, dimension, key, key2, visitors, visits, views, minutes, timed"
ROWS = 8192
"""Rows of a part of the file: a report reads those parts alone that hold its dimension and are told."""


class Unsummed(Exception):
    """A month's sums could not be made.

    The message is a sentence. What is packed stands, and the next run sums it up.
    """


def rollup_months(
    places: Places,
    months: Iterable[str] | None = None,
    *,
    today: date | None = None,
    zone: str = clock_shifts.ZONE,
) -> list[str]:
    """Sum up months ("2026-11") from their packed days; all that have days when none are named.

    Which were written.
    """
    named = sorted(set(months)) if months is not None else sorted({day[:7] for day in packed_days(places)})
    with alone(places), opened(places) as connection:
        return [
            month
            for month in named
            if write_month(connection, places, month, packed_days(places, month), today=today, zone=zone)
        ]


def rollup_day(places: Places, day: str, *, today: date | None = None, zone: str = clock_shifts.ZONE) -> None:
    """One day anew, the month's other days as they are."""
    with alone(places), opened(places) as connection:
        write_month(connection, places, day[:7], [day], today=today, zone=zone)


def close_in(connection: duckdb.DuckDBPyConnection, places: Places, today: date) -> list[str]:
    """Months that are over since they were last summed up: what was too rare for a day is now told by the
    month. Needs ``alone``.
    """
    over = [
        file.stem
        for file in sorted(places.rollups.glob("*.parquet"))
        if is_over(file.stem, today) and not dropped_days.touches(places, file.stem)
    ]
    return [
        month
        for month in over
        if not _closed(connection, places, month) and write_month(connection, places, month, [], today=today)
    ]


def write_month(
    connection: duckdb.DuckDBPyConnection,
    places: Places,
    month: str,
    days: Sequence[str],
    *,
    today: date | None = None,
    zone: str = clock_shifts.ZONE,
) -> bool:
    """Count ``days`` anew and leave the month's other days as its file has them.

    False when nothing is left of the month. Raises Unsummed.
    """
    try:
        return _write_month(
            connection, places, month, days, today=today or datetime.now(ZoneInfo(zone)).date(), zone=zone
        )
    except duckdb.Error as wrong:
        raise Unsummed(
            f"The sums of {month} could not be made: {engine.reason(wrong)}. What is packed stands, and the"
            " next run sums it up, or kept visits pack does."
        ) from None


def _write_month(
    connection: duckdb.DuckDBPyConnection,
    places: Places,
    month: str,
    days: Sequence[str],
    *,
    today: date,
    zone: str,
) -> bool:
    kept = _kept(places, month, days)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE cells AS {kept}")
    day_cells.insert_cells(connection, places, sorted(days), zone)
    found = connection.execute("SELECT count(*) FROM cells").fetchone()
    if not found or not found[0]:
        places.month(month).unlink(missing_ok=True)
        return False
    tell(connection, is_over(month, today) and not dropped_days.touches(places, month))
    write_told(connection, places, month)
    return True


def tell(connection: duckdb.DuckDBPyConnection, whole_month: bool) -> None:
    """`told`: the counts of `cells`, with what may be shown of each, and the month's own block when it is
    over.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE told AS {told_query()}", {"whole": whole_month})


def told_query() -> str:
    return statement("storing/suppress.sql", by_views=listed(BY_VIEWS))


def write_told(connection: duckdb.DuckDBPyConnection, places: Places, month: str) -> None:
    with whole(places.month(month)) as half:
        connection.execute(
            f"COPY (SELECT * FROM told ORDER BY dimension, shown = 0, day, key, key2) TO {quoted(half)} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS})"
        )


def unsummed(places: Places) -> dict[str, list[str]]:
    """The days of each month that were packed since it was last summed up: whoever did so was stopped before
    it came to that.
    """
    found: dict[str, list[str]] = {}
    for day in packed_days(places):
        sums = places.month(day[:7])
        summed = sums.stat().st_mtime_ns if sums.exists() else -1
        if any(file.stat().st_mtime_ns > summed for file in places.day(day).glob("*.parquet")):
            found.setdefault(day[:7], []).append(day)
    return found


def packed_days(places: Places, month: str = "") -> list[str]:
    """The days there is anything of, in order."""
    return sorted(
        folder.name.removeprefix("day=")
        for folder in places.days.glob(f"day={month}*")
        if any(folder.glob("*.parquet"))
    )


def is_over(month: str, today: date) -> bool:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=32)).replace(day=1) <= today


def _kept(places: Places, month: str, days: Sequence[str]) -> str:
    file = places.month(month)
    if not file.exists():
        return f"SELECT * FROM (SELECT {_EMPTY}) WHERE false"
    apart = ", ".join(f"DATE {quoted(day)}" for day in days) or "NULL"
    return (
        f"SELECT {COUNTS} FROM read_parquet({quoted(file)}) WHERE day IS NOT NULL AND coalesce(day NOT IN"
        f" ({apart}), true)"
    )


_EMPTY = ", ".join(
    "CAST(NULL AS"
    f" {'DATE' if name == 'day' else 'VARCHAR' if name in ('dimension', 'key', 'key2') else 'BIGINT'}) AS"
    f" {name}"
    for name in COUNTS.split(", ")
)


def _closed(connection: duckdb.DuckDBPyConnection, places: Places, month: str) -> bool:
    return (
        connection.execute(
            f"SELECT 1 FROM read_parquet({quoted(places.month(month))}) WHERE dimension = 'total' AND day IS"
            " NULL"
        ).fetchone()
        is not None
    )
