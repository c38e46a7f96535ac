"""A database of the walk's own: the same tables, the same policy, nobody in it, and gone when the walk ends,
however it ends.

On SQLite it lies in memory. On PostgreSQL it is made of temporary tables, which are seen before the real ones
of the same name and belong to one connection alone. Nothing the walk does reaches a table of the portal: no
lock, no row, no entry in the ledger; and a worker that is killed in the middle leaves nothing behind. See
docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS = "default"
# What a portal needs to be one, and what says nothing about anybody: the policy, the catalogue, and what
# proofs said last.
BROUGHT = ("django_migrations", "django_content_type", "register_proofanswer")
BROUGHT_APPS = ("products", "ledger")
# What happened, and to whom: the walk begins with an empty ledger, and signs nothing.
LEFT = frozenset(
    {
        "ledger_act",
        "ledger_touch",
        "ledger_tile",
        "ledger_checkpoint",
        "ledger_cosignature",
        "ledger_foldstate",
    }
)


@contextmanager
def aside() -> Iterator[None]:
    """In this thread alone, the database is an empty one of its own until the block ends."""
    live = connections[ALIAS]
    live.ensure_connection()
    tables = live.introspection.table_names()
    brought = [name for name in (*BROUGHT, *_tables_of(BROUGHT_APPS)) if name in tables and name not in LEFT]
    own = _on_sqlite(live, brought) if live.vendor == "sqlite" else _on_postgresql(live, tables, brought)
    connections[ALIAS] = own
    try:
        yield
    finally:
        connections[ALIAS] = live
        _end(own)


def _tables_of(labels: Sequence[str]) -> list[str]:
    return [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels
    ]


def _another(live: BaseDatabaseWrapper, **changed: Any) -> BaseDatabaseWrapper:
    # Kept for as long as the walk takes: its tables go with its connection.
    own = type(live)(
        {**live.settings_dict, **changed, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}, ALIAS
    )
    own.ensure_connection()
    return own


def _on_sqlite(live: BaseDatabaseWrapper, brought: Sequence[str]) -> BaseDatabaseWrapper:
    with live.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type"
            " <> 'table'"
        )
        shape = [sql for (sql,) in cursor.fetchall()]
        rows = {}
        for name in brought:
            cursor.execute(f"SELECT * FROM {live.ops.quote_name(name)}")  # noqa: S608 (a name of our own)
            rows[name] = cursor.fetchall()
    own = _another(live, NAME=":memory:")
    with own.constraint_checks_disabled(), own.cursor() as cursor:
        for sql in shape:
            cursor.execute(sql)
        for name, many in rows.items():
            if many:
                places = ", ".join(["%s"] * len(many[0]))
                cursor.executemany(f"INSERT INTO {live.ops.quote_name(name)} VALUES ({places})", many)  # noqa: S608 (a name of our own)
    return own


def _on_postgresql(
    live: BaseDatabaseWrapper, tables: Sequence[str], brought: Sequence[str]
) -> BaseDatabaseWrapper:
    own = _another(live)
    with own.cursor() as cursor:
        for name in tables:
            quoted = own.ops.quote_name(name)
            cursor.execute(f"CREATE TEMPORARY TABLE {quoted} (LIKE public.{quoted} INCLUDING ALL)")
    for name in brought:
        _bring(live, own, own.ops.quote_name(name))
    # The rows came with their numbers: what the walk adds is counted on from there.
    models = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in brought
    ]
    with own.cursor() as cursor:
        for sql in own.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(sql)
    return own


def _bring(live: BaseDatabaseWrapper, own: BaseDatabaseWrapper, quoted: str) -> None:
    """Through this program, so that what the other connection has just written, and not committed yet, comes
    along.
    """
    reading: Any = live.cursor()
    writing: Any = own.cursor()
    out = reading.copy(f"COPY public.{quoted} TO STDOUT (FORMAT BINARY)")
    into = writing.copy(f"COPY pg_temp.{quoted} FROM STDIN (FORMAT BINARY)")
    with reading, writing, out as blocks, into as taken:
        for block in blocks:
            taken.write(block)


def _end(own: BaseDatabaseWrapper) -> None:
    """Close it for good. Django leaves a database in memory open, so that nobody loses it by mistake."""
    if own.connection is not None:
        own.connection.close()
        own.connection = None
