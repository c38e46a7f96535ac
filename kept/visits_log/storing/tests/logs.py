"""Logs as the collector writes them, for tests: real files, real lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

import duckdb

from kept.visits_log.dimensions import FIELDS
from kept.visits_log.events import Event
from kept.visits_log.places import Places

DAY = "2026-11-20"
NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) // 60


def visit(
    visitor: int, *paths: str, day: str = DAY, minute: int = NOON, number: int = 1, **told: str
) -> list[Event]:
    """One visit: a page a minute."""
    return [
        event(day, minute + n, visitor, number, n + 1, "page", path, **told) for n, path in enumerate(paths)
    ]


def event(*values: int | str, **told: str) -> Event:
    """An event by the order of its fields, or by their names; what is not told is ""."""
    return {**dict.fromkeys(FIELDS, ""), **dict(zip(FIELDS, values, strict=False)), **told}


def written(places: Places, events: Iterable[Event], *, source: str = "web-1", tail: bytes = b"") -> None:
    """Appended to the log of the events' day, as they come."""
    places.logs.mkdir(parents=True, exist_ok=True)
    for one in events:
        with places.log(str(one["day"]), source).open("ab") as log:
            log.write(json.dumps(one, separators=(",", ":")).encode() + b"\n")
    if tail:
        with places.log(DAY, source).open("ab") as log:
            log.write(tail)


def packed(places: Places, sql: str, day: str = "*") -> list[tuple[object, ...]]:
    """Ask the packed files themselves: {days}."""
    files = f"read_parquet('{places.days}/day={day}/*.parquet', hive_partitioning = false)"
    with duckdb.connect() as connection:
        return connection.execute(sql.format(days=files)).fetchall()


def sums(places: Places, sql: str) -> list[tuple[object, ...]]:
    """Ask the months' sums: {rollups}."""
    with duckdb.connect() as connection:
        return connection.execute(
            sql.format(rollups=f"read_parquet('{places.rollups}/*.parquet')")
        ).fetchall()
