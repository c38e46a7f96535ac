"""The site's clock beside the one the minutes count by: how far it is ahead, from when until when.

Days of 23 and 25 hours need nothing else.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kept.environment import TIME_ZONE
from kept.visits_log.storing.duckdb_library import duckdb

ZONE = TIME_ZONE


def offsets(first: date, last: date, zone: str = ZONE) -> list[tuple[int, int, int]]:
    """(since, until, minutes ahead), in minutes since 1970-01-01T00:00Z, for all of these days."""
    there = ZoneInfo(zone)
    at = datetime.combine(first, time(), UTC) - timedelta(days=2)
    end = datetime.combine(last, time(), UTC) + timedelta(days=3)
    found: list[tuple[int, int, int]] = []
    while at < end:
        ahead = int((at.astimezone(there).utcoffset() or timedelta()).total_seconds()) // 60
        minute = int(at.timestamp()) // 60
        if found and found[-1][2] == ahead:
            found[-1] = (found[-1][0], minute + 60, ahead)
        else:
            found.append((minute, minute + 60, ahead))
        at += timedelta(hours=1)
    return found


def offer(connection: duckdb.DuckDBPyConnection, first: date, last: date, zone: str = ZONE) -> None:
    """As the view `offsets` of a connection."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW offsets AS {values(offsets(first, last, zone))}")


def values(rows: list[tuple[int, int, int]]) -> str:
    """As a query that every engine reads."""
    return " UNION ALL ".join(
        f"SELECT CAST({a} AS BIGINT) AS since, CAST({b} AS BIGINT) AS until, CAST({c} AS BIGINT) AS minutes"
        for a, b, c in rows
    )
