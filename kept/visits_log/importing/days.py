"""The days that are still open: their salts, their rows, and how a day is closed and packed.

A row holds no address and no agent, only the day's own number for both. As long as a day is of usual size its
rows stay in memory; a bigger day's go to a folder for the while, as they may be kept for good: to the minute,
and scrubbed.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kept.visits_log import scrub
from kept.visits_log.collecting.salt import Salt
from kept.visits_log.events import FEWEST, PAUSE
from kept.visits_log.importing.judging.line_classes import EVENTS, TYPED, Judge
from kept.visits_log.importing.judging.timestamps import written
from kept.visits_log.places import Places
from kept.visits_log.storing import engine, files, packer
from kept.visits_log.storing.duckdb_library import duckdb

MOST_ROWS = 300_000
"""Rows of a day in memory."""
MOST_TOGETHER = 900_000
"""Rows of all open days in memory. More are open where lines are out of order."""
SPILL = ".import-"

# Words somebody typed stay where they are ours, or where as many visitors typed them on one day as a group
# must have to be shown.
_RARE = "SELECT kind, text FROM ({typed}) GROUP BY ALL HAVING ? OR count(DISTINCT visitor) < ?"
_RID = """
SELECT rows.* REPLACE (CASE WHEN ours.kind = 'not-found' THEN ours.clean ELSE path END AS path,
    CASE WHEN ours.kind = 'search' THEN ours.clean ELSE target END AS target)
FROM ({rows}) AS rows LEFT JOIN ours ON rows.kind = ours.kind
    AND ours.text = CASE rows.kind WHEN 'search' THEN target ELSE path END
"""
# On numbers alone, before any word is joined to them.
_VISITS = f"""
(SELECT *, row_number() OVER (PARTITION BY visitor, visit ORDER BY minute, line) AS seq
FROM (SELECT *, 1 + count(*) FILTER (WHERE pause >= {PAUSE})
        OVER (PARTITION BY visitor ORDER BY minute, line ROWS UNBOUNDED PRECEDING) AS visit
    FROM (SELECT *, minute - lag(minute) OVER (PARTITION BY visitor ORDER BY minute, line) AS pause
        FROM {{rows}})))
"""
# Within a minute, a visitor's lines keep their order; against those of others they have none.
_PART = (
    "SELECT * REPLACE ({number}::BIGINT * 4294967296 + row_number() OVER (PARTITION BY visitor, minute ORDER"
    " BY line) AS line) FROM {rows}"
)

Known = Callable[[str], str]


@dataclass(slots=True)
class Day:
    """``log`` and ``begin``: the log and the byte it is read from again when this run does not come to the
    day's end; ``latest`` were its clocks then.
    """

    number: int
    source: str
    log: str
    begin: int
    latest: list[int]
    salt: Salt = field(default_factory=Salt)
    rows: int = 0
    parts: list[Path] = field(default_factory=list)

    @property
    def table(self) -> str:
        return f"day_{self.number}"


class Days:
    """Open days by number. What is not closed in the end is not packed."""

    def __init__(self, judge: Judge, places: Places, known: Known, folder: Path) -> None:
        self.judge, self.places, self.known, self.folder = judge, places, known, folder
        self.open: dict[int, Day] = {}

    def add(self, number: int, rows: int, base: int) -> None:
        """The rows of the piece the judge has just judged."""
        day = self.open[number]
        self.judge.add(number, base, day.table)
        day.rows += rows
        if day.rows > MOST_ROWS:
            self._spill(self.judge.base, day)
        while sum(one.rows for one in self.open.values()) > MOST_TOGETHER:
            self._spill(self.judge.base, max(self.open.values(), key=lambda one: one.rows))

    def let_go_of_known(self) -> None:
        """Write every open day out as far as it is, so that the judge may forget what its rows refer to."""
        for day in self.open.values():
            self._spill(self.judge.base, day)
        self.judge.forget_known()

    def close(self, number: int) -> Day:
        """It takes no more, and its salt is overwritten: nobody makes its numbers again."""
        day = self.open.pop(number)
        day.salt.destroy()
        return day

    def pack(self, day: Day) -> None:
        """Write a closed day's file, in place of one of the same source. May run in another thread."""
        with self.judge.base.cursor() as connection:
            if day.parts:
                self._write_parts(connection, day)
            else:
                self._write(connection, day)
            connection.execute(f"DROP TABLE IF EXISTS {day.table}")
        for part in day.parts:
            part.unlink(missing_ok=True)

    def _write_parts(self, connection: duckdb.DuckDBPyConnection, day: Day) -> None:
        self._spill(connection, day)
        names = ", ".join(engine.quoted(part) for part in day.parts)
        with engine.opened(self.places) as spilling:
            self._pack(spilling, _VISITS.format(rows=f"read_parquet([{names}])"), day)

    def _write(self, connection: duckdb.DuckDBPyConnection, day: Day) -> None:
        self._rid(connection, day, always=False)
        rows = EVENTS.format(rows=_VISITS.format(rows=day.table))
        self._pack(connection, f"({_RID.format(rows=rows)})", day)

    def _pack(self, connection: duckdb.DuckDBPyConnection, rows: str, day: Day) -> None:
        with files.alone(self.places):
            packer.write_day(connection, rows, self.places, written(day.number), day.source)

    def _rid(self, connection: duckdb.DuckDBPyConnection, day: Day, *, always: bool) -> None:
        """`ours`, a table of this connection alone: what is left of typed words."""
        typed = TYPED.format(rows=day.table)
        found = connection.execute(_RARE.format(typed=typed), [always, FEWEST]).fetchall()
        clean = [
            scrub.words(self.known(text)) if kind == "search" else scrub.path(self.known(text))
            for kind, text in found
        ]
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE ours AS SELECT unnest(?::VARCHAR[]) AS kind, unnest(?::VARCHAR[])"
            " AS text, unnest(?::VARCHAR[]) AS clean",
            [[kind for kind, _ in found], [text for _, text in found], clean],
        )

    def _spill(self, connection: duckdb.DuckDBPyConnection, day: Day) -> None:
        """Rows go to a part of the day, with nothing in them that might not stay."""
        if not day.rows:
            return
        self._rid(connection, day, always=True)
        part = self.folder / f"{day.number}-{len(day.parts)}.parquet"
        rows = _PART.format(
            number=len(day.parts), rows=f"({_RID.format(rows=EVENTS.format(rows=day.table))})"
        )
        connection.execute(
            f"COPY ({rows}) TO {engine.quoted(part)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        connection.execute(f"DROP TABLE {day.table}")
        day.parts.append(part)
        day.rows = 0


@contextmanager
def folder(places: Places) -> Iterator[Path]:
    """For parts of big days, gone afterwards; and so is what a run that was killed left behind."""
    places.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in places.root.glob(f"{SPILL}*"):
        shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=SPILL, dir=places.root))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
