"""What the catalogue says, as one short text: another one as soon as anything in it is another."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.db import connection

from kept.products.models import Document, Mark, Market, Product


def edition() -> str:
    """Read from the rows themselves, so that nobody who writes one has to think of it. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor))
        return sha256(repr(cursor.fetchone()).encode()).hexdigest()


@lru_cache(maxsize=4)
def _statement(vendor: str) -> str:
    """Every row of the catalogue as the database spells it, a text for each table."""
    tables: tuple[Any, ...] = (
        Product,
        Product.markets.through,
        Product.marks.through,
        Market,
        Mark,
        Document,
    )
    return "SELECT " + ", ".join(_spelled(vendor, table._meta) for table in tables)


def _spelled(vendor: str, meta: Any) -> str:
    quoted = connection.ops.quote_name
    table, key = quoted(meta.db_table), quoted(meta.pk.column)
    if vendor == "postgresql":
        return f"(SELECT md5(string_agg(t::text, '|' ORDER BY {key})) FROM {table} t)"  # noqa: S608 (our own names)
    row = "||','||".join(f"quote({quoted(field.column)})" for field in meta.local_concrete_fields)
    return f"(SELECT group_concat({row}, '|') FROM (SELECT * FROM {table} ORDER BY {key}))"  # noqa: S608 (our own names)
