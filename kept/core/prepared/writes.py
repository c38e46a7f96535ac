"""Writing: rows added, changed and swept in one statement each, and several statements in one message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connection, models
from django.db.models import sql

from kept.core.prepared.queries import Slot, fit


@dataclass(frozen=True, slots=True)
class Statement:
    """``exactly``: how many rows it must touch."""

    sql: str
    params: Sequence[Any]
    exactly: int | None = None


_WAITING: ContextVar[list[Statement] | None] = ContextVar("kept_waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """What is added, changed and written in this block leaves when it ends, in order: on PostgreSQL as one
    message.

    For the end of a transaction: nothing read in the block sees it, keys the database counts stay unset, and
    what goes wrong is raised at the end. A block that raises sends nothing. Blocks do not nest: an inner one
    joins the outer.
    """
    if _WAITING.get() is not None:
        yield
        return
    waiting: list[Statement] = []
    token = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(token)
    send(waiting)


def write(sql: str, params: Sequence[Any], *, exactly: int | None = None) -> None:
    """One statement that gives no rows. ``exactly``: how many it must touch; DatabaseError otherwise."""
    waiting = _WAITING.get()
    statement = Statement(sql, params, exactly)
    if waiting is None:
        send([statement])
    else:
        waiting.append(statement)


def add(row: models.Model, *, unless_there: bool = False) -> None:
    """Insert a new row in one statement, a third of what ``save`` costs.

    ``unless_there``: pass over one that a unique rule refuses.

    For plain models: nothing is sealed, nothing hangs on a signal. A key the database counts is set on the
    row, but not ``together``.
    """
    sql, fields, counted = _insertion(type(row), unless_there, connection.vendor)
    params = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    if counted and _WAITING.get() is None:
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} RETURNING {connection.ops.quote_name(counted)}", params)
            row.pk = cursor.fetchone()[0]
    else:
        write(sql, params)
    row._state.adding, row._state.db = False, connection.alias


def change(row: models.Model) -> None:
    """Write every column of a row that is there, in one statement.

    For plain models, as ``add``. Raises DatabaseError when it is gone.
    """
    sql, fields = _changing(type(row), connection.vendor)
    write(
        sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields], exactly=1
    )


def send(statements: Sequence[Statement]) -> list[int]:
    """Several statements in their order, on PostgreSQL as one message: how many rows each touched.

    DatabaseError where ``exactly`` does not hold.
    """
    # psycopg's own cursors put the values in themselves, and then take several statements at once.
    at_once = connection.vendor == "postgresql" and len(statements) > 1
    touched = []
    with connection.cursor() as cursor:
        if at_once:
            cursor.execute(
                ";".join([one.sql for one in statements]),
                [value for one in statements for value in one.params],
            )
        for one in statements:
            if not at_once:
                cursor.execute(one.sql, one.params)
            touched.append(int(cursor.rowcount))
            if one.exactly is not None and cursor.rowcount != one.exactly:
                raise DatabaseError("The row to be changed is not there any more.")
            if at_once:
                cursor.nextset()
    return touched


class Sweeping:
    """The one DELETE of a query set's rows, or with values the one UPDATE.

    Nothing is collected first: for rows on which nothing hangs.
    """

    def __init__(self, build: Callable[[Any], models.QuerySet[Any, Any]], **values: Any) -> None:
        self._build, self._values = build, values
        self._worded: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def of(self, value: Any) -> Statement:
        text, params = self._worded.get(connection.vendor) or self._word()
        return Statement(text, [fit(value) if type(part) is Slot else part for part in params])

    def _word(self) -> tuple[str, tuple[Any, ...]]:
        query: Any = self._build(Slot(0)).query.chain(sql.UpdateQuery if self._values else sql.DeleteQuery)
        if self._values:
            query.add_update_values(self._values)
        text, params = query.get_compiler(connection=connection).as_sql()
        worded = self._worded[connection.vendor] = (text, tuple(params))
        return worded


@lru_cache(maxsize=256)
def _insertion(
    model: type[models.Model], unless_there: bool, vendor: str
) -> tuple[str, list[models.Field[Any, Any]], str]:
    meta = model._meta
    counted = "" if unless_there or not isinstance(meta.pk, models.AutoField) else str(meta.pk.column)
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    names, places = ", ".join(_quoted(fields)), ", ".join(["%s"] * len(fields))
    ending = " ON CONFLICT DO NOTHING" if unless_there else ""
    return (
        f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({names}) VALUES ({places}){ending}",
        fields,
        counted,
    )


@lru_cache(maxsize=256)
def _changing(model: type[models.Model], vendor: str) -> tuple[str, list[models.Field[Any, Any]]]:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    sets = ", ".join(f"{name} = %s" for name in _quoted(fields))
    return (
        f"UPDATE {connection.ops.quote_name(meta.db_table)} SET {sets} WHERE {next(_quoted([meta.pk]))} = %s",
        [*fields, meta.pk],
    )


def _quoted(fields: Sequence[Any]) -> Iterator[str]:
    return (connection.ops.quote_name(str(field.column)) for field in fields)
