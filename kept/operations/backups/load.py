"""An archive's rows into an empty database: spelled as the database at hand spells them, whichever they came
from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

from kept.operations.backups.parts import Part
from kept.operations.backups.snapshot import quoted

_TO_SQLITE: dict[str, Callable[[Any], Any]] = {"flag": int}
_TO_POSTGRESQL: dict[str, Callable[[Any], Any]] = {
    "time": lambda text: f"{text}+00",
    "duration": lambda microseconds: timedelta(microseconds=microseconds),
}
_SPELLINGS = {"sqlite": _TO_SQLITE, "postgresql": _TO_POSTGRESQL}


def clear(part: Part) -> None:
    """What migrations put there by themselves is in the archive too."""
    if not part.key:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {quoted(part.table)}")


def load(part: Part, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows, or fill in the columns of rows that are there."""
    spellings = [_SPELLINGS[connection.vendor].get(kind) for kind in part.kinds]
    ready = [
        [
            value if value is None or spell is None else spell(value)
            for value, spell in zip(row, spellings, strict=True)
        ]
        for row in rows
    ]
    if connection.vendor == "postgresql":
        _copy(part, ready)
    elif part.key:
        names = [name for name in part.columns if name != part.key]
        sets = ", ".join(f"{quoted(name)} = %s" for name in names)
        last = part.columns.index(part.key)
        with connection.cursor() as cursor:
            statement = f"UPDATE {quoted(part.table)} SET {sets} WHERE {quoted(part.key)} = %s"
            cursor.executemany(statement, [[*row[:last], *row[last + 1 :], row[last]] for row in ready])
    else:
        with connection.cursor() as cursor:
            statement = (
                f"INSERT INTO {quoted(part.table)} ({_names(part)}) VALUES"
                f" ({', '.join(['%s'] * len(part.columns))})"
            )
            cursor.executemany(statement, ready)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {quoted(table)}")
        return int(cursor.fetchone()[0])


def go_on_counting() -> None:
    """PostgreSQL counts row numbers apart from the rows; SQLite looks at them."""
    there = set(connection.introspection.table_names())
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in there]
    statements = connection.ops.sequence_reset_sql(no_style(), models)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _names(part: Part) -> str:
    return ", ".join(map(quoted, part.columns))


def _copy(part: Part, rows: Sequence[Sequence[Any]]) -> None:
    """Straight in, or beside it first where rows are to be filled in."""
    target = quoted("kept_beside") if part.key else quoted(part.table)
    with connection.cursor() as cursor:
        if part.key:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {target} ON COMMIT DROP AS SELECT {_names(part)} FROM"
                f" {quoted(part.table)} WITH NO DATA"
            )
        copying: Any = cursor.copy(f"COPY {target} ({_names(part)}) FROM STDIN")
        with copying as lines:
            for row in rows:
                lines.write_row(row)
        if part.key:
            sets = ", ".join(
                f"{quoted(name)} = beside.{quoted(name)}" for name in part.columns if name != part.key
            )
            cursor.execute(
                f"UPDATE {quoted(part.table)} AS kept SET {sets} FROM {target} AS beside WHERE"
                f" kept.{quoted(part.key)} = beside.{quoted(part.key)}"
            )
            cursor.execute(f"DROP TABLE {target}")
