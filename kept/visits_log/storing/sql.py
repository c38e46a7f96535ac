"""The SQL of the visits lies in files of its own, named for what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from kept.visits_log.dimensions import COLUMNS, TEXT
from kept.visits_log.storing.duckdb_library import duckdb
from kept.visits_log.storing.engine import quoted

ROOM = Path(__file__).resolve().parent.parent


@cache
def statement(name: str, **words: str) -> str:
    """The text of a file, by its path in this package, with each ``{word}`` in it replaced."""
    text = (ROOM / name).read_text(encoding="utf-8")
    return text.format(**words) if words else text


def listed(texts: Iterable[object]) -> str:
    """Texts as SQL lists them between commas."""
    return ", ".join(map(quoted, texts))


def events_in(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> str:
    """A query of the events of packed days, with every column there is and the ``day`` of each.

    A day that was packed before a column came holds "" in it.
    """
    read = f"read_parquet([{listed(files)}], hive_partitioning = true, hive_types = {{'day': DATE}}"
    held = dict(
        connection.execute(
            f"SELECT name, count(*) FROM parquet_schema([{listed(files)}]) GROUP BY name"
        ).fetchall()
    )
    if all(held.get(column.name, 0) == len(files) for column in COLUMNS):
        return f"SELECT * FROM {read})"
    nothing = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in COLUMNS)
    return (
        f"SELECT CAST(day AS DATE) AS day, {columns()} FROM (SELECT * FROM {read}, union_by_name = true)"
        f" UNION ALL BY NAME SELECT CAST(NULL AS DATE) AS day, {nothing} WHERE false)"
    )


def columns(of: str = "") -> str:
    """Every column, cast to its type, of a relation that may lack those that came after it was written."""
    return ", ".join(
        f"coalesce(CAST({of}{column.name} AS VARCHAR), '') AS {column.name}"
        if column.type == TEXT
        else f"CAST({of}{column.name} AS {column.type}) AS {column.name}"
        for column in COLUMNS
    )
