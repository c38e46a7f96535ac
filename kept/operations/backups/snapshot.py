"""One moment of the whole database, read in pieces while everybody goes on writing.

SQLite: a reading transaction beside the writers, on a connection of its own. PostgreSQL: REPEATABLE READ and
a cursor on the server. Values are spelled the same whichever database they come from, so that a backup of one
restores into the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import quote

from django.db import connection

from kept.operations.backups.parts import Part

Rows = Iterator[list[tuple[Any, ...]]]
AT_ONCE = 500


class Snapshot:
    """``ask(statement, values)`` gives the rows in batches, all of the same moment."""

    def __init__(self, ask: Callable[[str, Sequence[Any]], Rows]) -> None:
        self.ask = ask

    def rows(self, part: Part) -> Rows:
        """Every row of a part, spelled for an archive."""
        spell = {"sqlite": _FROM_SQLITE, "postgresql": _FROM_POSTGRESQL}[connection.vendor]
        names = ", ".join(
            _CAST.get((connection.vendor, kind), "{}").format(quoted(name)) for name, kind in _columns(part)
        )
        where = (
            " WHERE "
            + " OR ".join(f"{quoted(name)} IS NOT NULL" for name in part.columns if name != part.key)
            if part.key
            else ""
        )
        spellings = [spell.get(kind) for kind in part.kinds]
        for batch in self.ask(f"SELECT {names} FROM {quoted(part.table)}{where}", ()):
            yield [_spelled(row, spellings) for row in batch]

    def files(self) -> Iterator[tuple[str, str]]:
        """The sealed files this moment knows, as they are called on the disk, each with its kind of data."""
        for batch in self.ask("SELECT id, category FROM vault_sealedfilerow", ()):
            yield from ((str(id).replace("-", ""), category) for id, category in batch)

    def one(self, statement: str) -> tuple[Any, ...] | None:
        return next((row for batch in self.ask(statement, ()) for row in batch), None)


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    with (_sqlite if connection.vendor == "sqlite" else _postgresql)() as found:
        yield found


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _columns(part: Part) -> list[tuple[str, str]]:
    return list(zip(part.columns, part.kinds, strict=True))


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    """Django's own connection begins every transaction as a writer, and would hold up the portal for as long
    as this lasts.
    """
    place = f"file:{quote(str(connection.settings_dict['NAME']))}?mode=ro"
    with closing(sqlite3.connect(place, uri=True, isolation_level=None, timeout=20)) as reading:
        reading.execute("BEGIN")
        # The moment is that of the first read.
        reading.execute("SELECT count(*) FROM django_migrations").fetchone()

        def ask(statement: str, values: Sequence[Any]) -> Rows:
            # Not closed here: whoever stops in the middle leaves this to the connection, which may be closed
            # by then.
            cursor = reading.execute(statement, values)
            while batch := cursor.fetchmany(AT_ONCE):
                yield batch

        yield Snapshot(ask)


@contextmanager
def _postgresql() -> Iterator[Snapshot]:
    reading = connection.copy()
    reading.ensure_connection()
    server: Any = reading.connection
    try:
        server.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

        def ask(statement: str, values: Sequence[Any]) -> Rows:
            server.execute(f"DECLARE kept_backup NO SCROLL CURSOR FOR {statement}", values or None)
            try:
                while batch := server.execute(f"FETCH {AT_ONCE} FROM kept_backup").fetchall():
                    yield batch
            finally:
                # Whoever stopped in the middle may have left this until the connection was closed.
                if not server.closed:
                    server.execute("CLOSE kept_backup")

        yield Snapshot(ask)
    finally:
        reading.close()


def _spelled(row: tuple[Any, ...], spellings: Sequence[Callable[[Any], Any] | None]) -> tuple[Any, ...]:
    return tuple(
        value if value is None or spell is None else spell(value)
        for value, spell in zip(row, spellings, strict=True)
    )


def _padded(moment: str) -> str:
    """Without a zone (it is UTC), and with all six digits or none: SQLite compares times as texts."""
    moment = moment.removesuffix("+00").replace("T", " ")
    whole, dot, part = moment.partition(".")
    return f"{whole}.{part:0<6}" if dot else whole


_CAST = {
    ("postgresql", "uuid"): "{}::text",
    ("postgresql", "time"): "{}::text",
    ("postgresql", "day"): "{}::text",
    ("postgresql", "decimal"): "{}::text",
    ("postgresql", "json"): "{}::text",
    ("postgresql", "duration"): "(extract(epoch FROM {}) * 1000000)::bigint",
}
_FROM_SQLITE: dict[str, Callable[[Any], Any]] = {"flag": bool, "decimal": str, "time": _padded}
_FROM_POSTGRESQL: dict[str, Callable[[Any], Any]] = {
    "uuid": lambda value: value.replace("-", ""),
    "time": _padded,
    "bytes": bytes,
}
