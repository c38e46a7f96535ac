"""Rewrapping key rows, in the order in which they lie on the disk: by the order of their ids every batch
would write every page.

A row is swapped only where it still holds what was read, so one that was destroyed or changed meanwhile is
left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing import seal
from kept.core.vault.subject_keys.master import MasterKey, master

# A batch is a transaction, and on SQLite other writers wait for it: some 30 ms. On PostgreSQL it is a run of
# pages.
_ROWS, _PAGES = 2000, 64
_READ = {
    "sqlite": (
        "SELECT rowid, subject, wrapped, alias FROM vault_keyrow WHERE rowid > %s ORDER BY rowid LIMIT %s"
    ),
    "postgresql": (
        """SELECT ctid::text, replace(subject::text, '-', ''), wrapped, alias FROM vault_keyrow
        WHERE ctid >= %s::tid AND ctid < %s::tid"""
    ),
}
_SWAP = {
    "sqlite": "UPDATE vault_keyrow SET wrapped = %s WHERE rowid = %s AND wrapped = %s",
    # The range again, so that it looks at these pages alone.
    "postgresql": (
        """UPDATE vault_keyrow AS kept SET wrapped = moved.wrapped FROM vault_moved AS moved
        WHERE kept.ctid = moved.place AND kept.wrapped = moved.was AND kept.ctid >= %s::tid
            AND kept.ctid < %s::tid"""
    ),
}
_ROOM = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS vault_moved (wrapped bytea, place tid, was bytea) ON COMMIT DELETE"
    " ROWS"
)
Row = tuple[Any, str, bytes, bytes]
Moved = tuple[bytes, Any, bytes]


def move_all(progress: Callable[[int], None]) -> int:
    """One walk over the table: every row that is not under the newest generation is moved under it.

    How many.
    """
    moved = 0
    for bounds, rows in _sqlite() if connection.vendor == "sqlite" else _postgresql():
        key = master()
        waiting = [found for row in rows if bytes(row[2][1:9]) != key.id and (found := _moved(key, row))]
        if waiting:
            moved += _swap(waiting, bounds)
            progress(moved)
    return moved


def _moved(key: MasterKey, row: Row) -> Moved | None:
    place, subject, wrapped, alias = row
    bound = bytes.fromhex(subject) + alias
    try:
        return seal.wrap(key, seal.unwrap(key, wrapped, bound), bound), place, wrapped
    except SealBroken:
        # Nobody could open it before either; it is counted as left behind.
        return None


def _sqlite() -> Iterator[tuple[tuple[str, str], list[Row]]]:
    last = -1
    while rows := _asked("sqlite", last, _ROWS):
        yield ("", ""), rows
        last = rows[-1][0]


def _postgresql() -> Iterator[tuple[tuple[str, str], list[Row]]]:
    """Rows that are moved go behind the end as it was at the beginning, or into room that became free."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('vault_keyrow') / current_setting('block_size')::bigint")
        pages = int(cursor.fetchone()[0])
    for first in range(0, pages, _PAGES):
        bounds = f"({first},0)", f"({min(first + _PAGES, pages)},0)"
        yield bounds, _asked("postgresql", *bounds)


def _asked(vendor: str, *bounds: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_READ[vendor], bounds)
        return list(cursor.fetchall())


def _swap(moved: list[Moved], bounds: tuple[str, str]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_SWAP["sqlite"], moved)
            return int(cursor.rowcount)
        cursor.execute(_ROOM)
        copying: Any = cursor.copy("COPY vault_moved (wrapped, place, was) FROM STDIN")
        with copying as lines:
            lines.write(
                "".join(
                    [f"\\\\x{wrapped.hex()}\t{place}\t\\\\x{was.hex()}\n" for wrapped, place, was in moved]
                )
            )
        cursor.execute(_SWAP["postgresql"], bounds)
        return int(cursor.rowcount)
