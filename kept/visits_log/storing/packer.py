"""The collector's logs of finished days, packed.

Killed at any point and run again, nothing is counted twice or by halves.

A day's file holds, in its own notes, the digests of the logs that went into it; a log goes only when its day
is packed and summed up. Today's log stays until the day is over: today is on no report.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from kept.visits_log.dimensions import TYPES
from kept.visits_log.events import KINDS
from kept.visits_log.places import Places
from kept.visits_log.storing import clock_shifts, dropped_days
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.engine import opened, quoted
from kept.visits_log.storing.files import alone, step, tidy
from kept.visits_log.storing.parquet_days import DAY, SOURCE, marks_of, write_day
from kept.visits_log.storing.rollups import close_in, unsummed, write_month
from kept.visits_log.storing.sql import columns, listed, statement

NAME = re.compile(rf"({DAY.pattern})\.({SOURCE.pattern})\.log")
LONGEST = 1 << 20
"""Bytes of a line. The collector's are under a tenth of it; one that is longer is broken."""
log = logging.getLogger("kept.visits")


class Grew(Exception):
    """Somebody still writes to a day that is over. It is packed when that has ended."""


@dataclass(slots=True)
class Packed:
    """``events`` that were packed now, ``broken`` lines that were none, the ``days`` that have new events,
    the logs that still grew.
    """

    days: list[str] = field(default_factory=list)
    events: int = 0
    broken: int = 0
    waiting: list[str] = field(default_factory=list)


def pack(places: Places, today: date, *, zone: str = clock_shifts.ZONE) -> Packed:
    """Pack the logs of every day before ``today``, sum up their months, and let the logs go.

    Raises Unsummed, EngineStopped.
    """
    done = Packed()
    with alone(places), opened(places) as connection:
        tidy(places)
        for month, logs in groupby(finished(places, today), key=lambda one: one[0][:7]):
            _pack_month(connection, places, month, list(logs), done, today=today, zone=zone)
        for month, days in unsummed(places).items():
            write_month(connection, places, month, days, today=today, zone=zone)
        close_in(connection, places, today)
    return done


def finished(places: Places, today: date) -> list[tuple[str, str]]:
    """(day, source) of the logs whose day is over, in order."""
    names = [NAME.fullmatch(file.name) for file in places.logs.glob("*.log")]
    return sorted((found[1], found[2]) for found in names if found and found[1] < today.isoformat())


def _pack_month(
    connection: duckdb.DuckDBPyConnection,
    places: Places,
    month: str,
    logs: list[tuple[str, str]],
    done: Packed,
    *,
    today: date,
    zone: str,
) -> None:
    ready: list[tuple[str, str]] = []
    for day, source in logs:
        if day <= dropped_days.last(places):
            # Its term was over before it was packed.
            places.log(day, source).unlink(missing_ok=True)
            continue
        try:
            events, broken = _pack_log(connection, places, day, source)
        except Grew:
            done.waiting.append(places.log(day, source).name)
            continue
        done.events, done.broken = done.events + events, done.broken + broken
        ready.append((day, source))
    if not ready:
        return
    days = sorted({day for day, _ in ready})
    write_month(connection, places, month, days, today=today, zone=zone)
    done.days += days
    step("summed up")
    for day, source in ready:
        places.log(day, source).unlink(missing_ok=True)
        step("let go")


def _pack_log(
    connection: duckdb.DuckDBPyConnection, places: Places, day: str, source: str
) -> tuple[int, int]:
    """(events, broken lines) that were new. Raises Grew."""
    path = places.log(day, source)
    size, digest, lines = _read(path)
    before = marks_of(connection, places, day, source)
    if digest in before:
        return 0, 0
    found = _events(connection, path, day)
    relation = "logged"
    if before or places.packed(day, source).exists():
        # A second log of the day: those who are packed already keep apart from those who come now.
        file = quoted(places.packed(day, source))
        relation = (
            f"(SELECT * REPLACE (-visitor AS visitor) FROM read_parquet({file}, hive_partitioning = false)"
            " UNION ALL BY NAME FROM logged)"
        )

    def still() -> None:
        if path.stat().st_size != size:
            raise Grew

    if found:
        write_day(connection, relation, places, day, source, marks=[*before, digest], sure=still)
    else:
        still()
    return found, lines - found


def _events(connection: duckdb.DuckDBPyConnection, path: Path, day: str) -> int:
    """Into the table `logged`."""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW lines AS SELECT line FROM read_csv({quoted(path)}, columns = {{'line':"
        " 'VARCHAR'}, header = false, auto_detect = false, delim = '\x01', quote = '', escape = '',"
        f" ignore_errors = true, max_line_size = {LONGEST}, strict_mode = false)"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE logged AS {_log_lines()}", {"day": day})
    found = connection.execute("SELECT count(*) FROM logged").fetchone()
    return int(found[0]) if found else 0


def _log_lines() -> str:
    shape = json.dumps({"day": "VARCHAR", **TYPES})
    return statement(
        "storing/log_lines.sql", shape=quoted(shape), columns=columns("event."), kinds=listed(KINDS)
    )


def _read(path: Path) -> tuple[int, str, int]:
    """(bytes, digest, lines) of a log."""
    size, digest, lines, last = 0, hashlib.sha256(), 0, b"\n"
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            size, lines, last = size + len(piece), lines + piece.count(b"\n"), piece[-1:]
            digest.update(piece)
    return size, digest.hexdigest()[:32], lines + (last != b"\n")
