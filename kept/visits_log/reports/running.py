"""Run a report by its name: from the months' sums, which anybody may see, or exact over the packed days, for
who runs the site.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kept.visits_log.dimensions import BY_VIEWS, REPORTS, Report
from kept.visits_log.events import FEWEST
from kept.visits_log.places import Places
from kept.visits_log.reports import statements
from kept.visits_log.storing import clock_shifts
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.engine import quoted, reader
from kept.visits_log.storing.rollups import is_over, packed_days
from kept.visits_log.storing.sql import events_in, listed, statement

COLUMNS = {
    "day": "DATE",
    "dimension": "VARCHAR",
    "key": "VARCHAR",
    "key2": "VARCHAR",
    "visitors": "BIGINT",
    "visits": "BIGINT",
    "views": "BIGINT",
    "minutes": "BIGINT",
    "timed": "BIGINT",
    "shown": "BIGINT",
}
"""Of a month's sums."""
EXACTLY = "2GB"
"""Memory for an exact report: it reads every event of the range."""


@dataclass(frozen=True, slots=True)
class Row:
    """``shown`` None: fewer than ten.

    ``share`` of all that is shown, 0 to 1. ``minutes_mean``: minutes on the page, where ten or more were
    timed.

    ``pages_mean``: pages of a visit that came by a campaign.
    """

    key: str
    shown: int | None
    key2: str = ""
    share: float | None = None
    minutes_mean: float | None = None
    pages_mean: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` heads ``key`` (``key2``) and ``shown``; ``total`` sums up what is shown (None for the
    totals themselves).

    ``others``: something is not listed, since it was counted fewer than ten times or would give such a count
    away: say "Others: <10 each". ``since`` and ``until`` are the days that were really there; ``said`` is
    what the reader must be told about them.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[Row]
    total: int | None
    others: bool
    since: date | None
    until: date | None
    said: list[str] = field(default_factory=list)


def names() -> tuple[str, ...]:
    """In the order of a page."""
    return tuple(REPORTS)


def span(places: Places) -> tuple[date, date] | None:
    """The first and the last day there is anything of; None for an empty store."""
    days = sorted(folder.name.removeprefix("day=") for folder in places.days.glob("day=*"))
    edges = [
        next((day for day in way if any(places.day(day).glob("*.parquet"))), "")
        for way in (days, reversed(days))
    ]
    return (date.fromisoformat(edges[0]), date.fromisoformat(edges[1])) if edges[0] else None


def report(
    places: Places, name: str, since: date, until: date, *, exact: bool = False, zone: str = clock_shifts.ZONE
) -> Table:
    """Raises KeyError for a name there is no report of, ValueError with one sentence for a range that is
    none, EngineStopped.
    """
    asked = REPORTS[name]
    first, last, said = clipped(places, since, until)
    if first is None or last is None:
        return _empty(asked, said)
    with _events(places, first, last, zone) if exact else _told(places, first, last) as connection:
        return _table(
            connection, name, None if exact else _more(connection, asked.dimension), first, last, said
        )


def everything(
    places: Places, since: date, until: date
) -> tuple[dict[str, Table], list[tuple[date, int | None, int | None]]]:
    """Every report of a range by its name, and its days: what a page of all of them shows, for the price of
    one reading.
    """
    first, last, said = clipped(places, since, until)
    if first is None or last is None:
        return {name: _empty(asked, said) for name, asked in REPORTS.items()}, []
    with _told(places, first, last, kept=True) as connection:
        more = _more(connection)
        return {name: _table(connection, name, more, first, last, said) for name in REPORTS}, _days(
            connection, first, last
        )


def daily(places: Places, since: date, until: date) -> list[tuple[date, int | None, int | None]]:
    """(day, visits, views) for every day of the range, clipped to what is there; None where fewer than ten, 0
    where nobody came.
    """
    first, last, _ = clipped(places, since, until)
    if first is None or last is None:
        return []
    with _told(places, first, last) as connection:
        return _days(connection, first, last)


def clipped(places: Places, since: date, until: date) -> tuple[date | None, date | None, list[str]]:
    """The part of a range there is anything of, and the sentences about the rest.

    Raises ValueError for a range that ends before it begins.
    """
    if until < since:
        raise ValueError(f"The range ends ({until}) before it begins ({since}). Turn the two dates around.")
    there = span(places)
    if there is None:
        return None, None, ["No visits are stored yet. A day is counted when it is over."]
    first, last = max(since, there[0]), min(until, there[1])
    if first > last:
        return (
            None,
            None,
            [f"Nothing is stored of these days. There are visits from {there[0]} to {there[1]}."],
        )
    said = []
    if since < there[0]:
        said.append(f"The first day there is anything of is {there[0]}, so the report begins there.")
    if until > there[1]:
        said.append(f"The last day that is counted is {there[1]}, so the report ends there.")
    return first, last, said


def whole_months(places: Places, first: date, last: date) -> list[str]:
    """The months whose own block counts: the range takes in all of their days that there are."""
    there = span(places)
    found = []
    for file in sorted(places.rollups.glob("*.parquet")):
        begins = date.fromisoformat(f"{file.stem}-01")
        ends = (begins + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        if (
            there
            and is_over(file.stem, last + timedelta(days=1))
            and max(begins, there[0]) >= first
            and ends <= last
        ):
            found.append(file.stem)
    return found


@contextmanager
def _told(
    places: Places, first: date, last: date, *, kept: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """`period`: the rows of the months' sums that make it up.

    `told`: those of them that may be told, and what is untold of whole months.

    ``kept`` reads what may be told once, for many questions.
    """
    files = [
        file
        for file in sorted(places.rollups.glob("*.parquet"))
        if first.isoformat()[:7] <= file.stem <= last.isoformat()[:7]
    ]
    with reader() as connection:
        for name, query in relations(files, whole_months(places, first, last), first, last).items():
            connection.execute(
                f"CREATE TEMP {'TABLE' if kept and name == 'told' else 'VIEW'} {name} AS {query}"
            )
        yield connection


def relations(files: list[Path], months: list[str], first: date, last: date) -> dict[str, str]:
    """The queries behind `period` and `told`. Whole months bring their own block, single days do not."""
    if not files:
        columns = ", ".join(
            f"CAST(NULL AS {type_}) AS {name}" for name, type_ in {"month": "VARCHAR", **COLUMNS}.items()
        )
        return {"period": f"SELECT * FROM (SELECT {columns}) WHERE false", "told": "SELECT * FROM period"}
    rollup = (
        f"(SELECT left(right(filename, 15), 7) AS month, {', '.join(COLUMNS)} FROM"
        f" read_parquet([{listed(files)}], filename = true))"
    )
    blocks = listed(months) or quoted("")
    days = f"day BETWEEN DATE {quoted(first)} AND DATE {quoted(last)}"
    return {
        "period": f"SELECT * FROM {rollup} WHERE {days} OR (day IS NULL AND month IN ({blocks}))",
        "told": "SELECT * FROM period WHERE shown > 0 OR day IS NULL",
    }


@contextmanager
def _events(places: Places, first: date, last: date, zone: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """`events` and `offsets` of a range of days."""
    with reader(memory=EXACTLY) as connection:
        connection.execute(f"CREATE TEMP VIEW events AS {events_of(connection, places, first, last)}")
        clock_shifts.offer(connection, first, last, zone)
        yield connection


def events_of(connection: duckdb.DuckDBPyConnection, places: Places, first: date, last: date) -> str:
    folders = [places.day(day) for day in packed_days(places) if first.isoformat() <= day <= last.isoformat()]
    files = [file for folder in folders for file in sorted(folder.glob("*.parquet"))]
    if not files:
        raise ValueError(f"No packed day lies between {first} and {last}.")
    return events_in(connection, files)


def _empty(asked: Report, said: list[str]) -> Table:
    return Table(asked.name, asked.title, asked.columns, [], None, False, None, None, said)


def _table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    more: Container[str] | None,
    first: date,
    last: date,
    said: list[str],
) -> Table:
    """``more``: the dimensions of which more was counted than is told; None for an exact report, which tells
    by its own counts.
    """
    asked = REPORTS[name]
    found = connection.execute((statements.exact if more is None else statements.rolled)(asked))
    columns = [column[0] for column in found.description or ()]
    counted = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    others = any(one["shown"] < FEWEST for one in counted) if more is None else asked.dimension in more
    total = None if name == "totals" else sum(_shown(one) or 0 for one in counted)
    rows = [_row(one, total) for one in counted if not asked.free or _shown(one) is not None]
    return Table(name, asked.title, asked.columns, rows, total, others, first, last, said)


def _days(
    connection: duckdb.DuckDBPyConnection, first: date, last: date
) -> list[tuple[date, int | None, int | None]]:
    found = connection.execute(statement("reports/rolled/daily.sql")).fetchall()
    counted = {day: (shown or None, views or None) for day, _, shown, views in found}
    return [
        (day, *counted.get(day, (0, 0)))
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]


def _shown(one: dict[str, Any]) -> int | None:
    return int(one["shown"]) if (one["shown"] or 0) >= FEWEST else None


def _more(connection: duckdb.DuckDBPyConnection, dimension: str = "") -> set[str]:
    """The dimensions, or whether the one, of which more was counted than is told."""
    if dimension == "way":
        # Of so many ways, one that few went is soon found; to add them all up takes as long as the report.
        return {
            one
            for (one,) in connection.execute(
                "SELECT dimension FROM period WHERE dimension = 'way' AND shown = 0 LIMIT 1"
            ).fetchall()
        }
    by_views = listed(sorted(BY_VIEWS))
    counted = f"sum(CASE WHEN day IS NULL THEN 0 WHEN dimension IN ({by_views}) THEN views ELSE visits END)"
    which = f"WHERE dimension = {quoted(dimension)}" if dimension else ""
    found = connection.execute(
        f"SELECT dimension FROM period {which} GROUP BY dimension HAVING {counted} > sum(shown)"
    )
    return {one for (one,) in found.fetchall()}


def _row(one: dict[str, Any], total: int | None) -> Row:
    shown = _shown(one)
    timed = one.get("timed") or 0
    return Row(
        key=one["key"],
        key2=one["key2"],
        shown=shown,
        share=shown / total if shown and total else None,
        minutes_mean=round(float(one["minutes"]) / timed, 1) if shown and timed >= FEWEST else None,
        pages_mean=round(float(one["pages"]) / shown, 1) if shown and "pages" in one else None,
    )
