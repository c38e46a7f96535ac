"""Many new rows of one model at once: one statement repeated by SQLite's driver, one COPY on PostgreSQL.

Django words an INSERT of all rows anew, value by value, which costs several times what the database takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db import connections, models


def insert_many(
    model: type[models.Model], rows: Sequence[Any], fields: Sequence[models.Field[Any, Any]], using: str
) -> bool:
    """Store the rows' columns of these fields, in the caller's transaction.

    False, and nothing is stored, where one of the values is an expression: Django words those. Raises what
    the database raises, as Django does.
    """
    database = connections[using]
    columns = []
    for field in fields:
        stored = getattr(field, "stored", None)
        if stored is not None:
            columns.append(stored(rows))
            continue
        values = _assigned(field, rows)
        if any(map(_expression, {type(value) for value in values})):
            return False
        # What Django asks of each value by itself, it has just been asked of their types.
        own = type(field).get_db_prep_save is not models.Field.get_db_prep_save
        prepare = field.get_db_prep_save if own else field.get_db_prep_value
        columns.append([prepare(value, database) for value in values])
    sql = _wording(model, tuple(fields), using)
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            database.validate_no_broken_transaction()
            with database.wrap_database_errors, cursor.copy(sql) as out:
                for row in zip(*columns, strict=True):
                    out.write_row(row)
        else:
            cursor.executemany(sql, list(zip(*columns, strict=True)))
    return True


def _assigned(field: Any, rows: Sequence[Any]) -> list[Any]:
    if type(field).pre_save is models.Field.pre_save:
        return list(map(attrgetter(field.attname), rows))
    return [field.pre_save(row, True) for row in rows]


def _expression(kind: type) -> bool:
    return hasattr(kind, "as_sql") or hasattr(kind, "resolve_expression")


@lru_cache(maxsize=256)
def _wording(model: type[models.Model], fields: tuple[models.Field[Any, Any], ...], using: str) -> str:
    database = connections[using]
    quote = database.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join([quote(str(field.column)) for field in fields])
    if database.vendor == "postgresql":
        return f"COPY {table} ({names}) FROM STDIN"
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"
