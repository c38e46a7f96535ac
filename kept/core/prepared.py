"""Statements that every request makes: put into SQL once for the process, and asked afresh each time.

Django works a query out anew at each call, which costs ten times what the database takes for a row by its key. Only the
wording is kept here, never an answer: an erasure or a withdrawal holds at once in every process, as with any query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import sql
from django.db.models.query import ModelIterable, get_related_populators


class Slot(models.Expression):
    """Where a value goes that is only known when the question is asked."""

    def __init__(self, place: int, output_field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.place = place

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Wording:
    """One query in one database's SQL: its parameters with their slots, and how a row of the answer becomes Python."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[tuple[Any, bool], ...], Any], ...]
    """Place in the row, what converts it (and whether that belongs to the connection), and the column."""
    build: Callable[[Sequence[Any]], Any]
    joins: tuple[Callable[[Sequence[Any]], None], Callable[[Sequence[Any]], None]] | None
    """What gives sealed rows their ring: as a list, and as the one row somebody asked for."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``exactly``: how many rows it must touch."""

    sql: str
    params: Sequence[Any]
    exactly: int | None = None


_WAITING: ContextVar[list[Statement] | None] = ContextVar("kept_waiting", default=None)


class Prepared:
    """``Prepared(lambda mark: Session.objects.filter(mark=mark))``, then ``.rows(mark)`` or ``.first(mark)``.

    The query is built from slots in the order of the arguments; an argument is a text, number, UUID or moment. Rows are what
    the query set would give: models with what ``select_related`` brings along, or tuples of ``values_list``.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, _Wording] = {}

    def rows(self, *values: Any) -> list[Any]:
        return self._ask(values, one=False)

    def first(self, *values: Any) -> Any | None:
        """The first row, or None. The query says which one that is, and how many it looks at."""
        return next(iter(self._ask(values, one=True)), None)

    def _ask(self, values: Sequence[Any], *, one: bool) -> list[Any]:
        worded = self._worded.get(connection.vendor) or self._word()
        given = [fit(value) for value in values]
        with connection.cursor() as cursor:
            cursor.execute(worded.sql, [given[part.place] if type(part) is Slot else part for part in worded.params])
            found: Sequence[Any] = cursor.fetchall()
        if worded.converters and found:
            found = _converted(found, worded)
        rows = [worded.build(row) for row in found]
        if rows and worded.joins:
            worded.joins[one](rows)
        return rows

    def _word(self) -> _Wording:
        arguments = self._build.__code__.co_argcount
        queryset = self._build(*(Slot(place) for place in range(arguments)))
        whole = queryset._iterable_class is ModelIterable
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        worded = self._worded[connection.vendor] = _Wording(
            sql,
            tuple(params),
            tuple((place, tuple(map(_anybodys, said)), column) for place, (said, column) in converters.items()),
            _of_models(compiler) if whole else tuple,
            _joins(queryset) if whole else None,
        )
        return worded


class Counts:
    """How many rows several queries have, asked as one: each is built from one slot."""

    def __init__(self, builds: Sequence[Callable[[Any], models.QuerySet[Any, Any]]]) -> None:
        self._builds = builds
        self._worded: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def ask(self, value: Any) -> list[int]:
        """In the order of the queries."""
        sql, params = self._worded.get(connection.vendor) or self._word()
        given = fit(value)
        with connection.cursor() as cursor:
            cursor.execute(sql, [given if type(part) is Slot else part for part in params])
            found = dict(cursor.fetchall())
        return [found[place] for place in range(len(self._builds))]

    def _word(self) -> tuple[str, tuple[Any, ...]]:
        parts, params = [], []
        for place, build in enumerate(self._builds):
            sql, some = build(Slot(0)).order_by().values("pk").query.get_compiler(connection=connection).as_sql()
            parts.append(f"SELECT {place}, count(*) FROM ({sql}) AS counted")
            params.extend(some)
        worded = self._worded[connection.vendor] = (" UNION ALL ".join(parts), tuple(params))
        return worded


def _of_models(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """As Django's ModelIterable builds them."""
    select, info = compiler.select, compiler.klass_info
    places = info["select_fields"]
    begin, end = places[0], places[-1] + 1
    names = [column[0].target.attname for column in select[begin:end]]
    model = info["model"]
    # The stubs are of a later Django.
    populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]

    def build(row: Sequence[Any]) -> Any:
        made = model.from_db(connection.alias, names, row[begin:end])
        for populator in populators:
            populator.populate(row, made)
        return made

    return build


def _joins(queryset: Any) -> Any:
    if not hasattr(queryset, "_join"):
        return None
    one = queryset.all()
    one._one = True
    return queryset._join, one._join


def _anybodys(convert: Any) -> tuple[Any, bool]:
    """A converter without the connection it was found on: the wording outlives the thread that found it."""
    own = isinstance(getattr(convert, "__self__", None), BaseDatabaseOperations)
    return (convert.__func__, True) if own else (convert, False)


def _converted(found: Sequence[Sequence[Any]], worded: _Wording) -> list[list[Any]]:
    database = connections[DEFAULT_DB_ALIAS]
    rows = [list(row) for row in found]
    for place, said, column in worded.converters:
        for plain, own in said:
            convert = partial(plain, database.ops) if own else plain
            for row in rows:
                row[place] = convert(row[place], column, database)
    return rows


def fit(value: Any) -> Any:
    """An argument as the database takes it."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


@contextmanager
def together() -> Iterator[None]:
    """What is added, changed and written in this block leaves when it ends, in order: on PostgreSQL as one message.

    For the end of a transaction: nothing read in the block sees it, keys the database counts stay unset, and what goes wrong
    is raised at the end. A block that raises sends nothing. Blocks do not nest: an inner one joins the outer.
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
    """Insert a new row in one statement, a third of what ``save`` costs. ``unless_there``: pass over one that a unique rule refuses.

    For plain models: nothing is sealed, nothing hangs on a signal. A key the database counts is set on the row, but not ``together``.
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
    """Write every column of a row that is there, in one statement. For plain models, as ``add``. Raises DatabaseError when it is gone."""
    sql, fields = _changing(type(row), connection.vendor)
    write(sql, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields], exactly=1)


def send(statements: Sequence[Statement]) -> list[int]:
    """Several statements in their order, on PostgreSQL as one message: how many rows each touched. DatabaseError where ``exactly`` does not hold."""
    # psycopg's own cursors put the values in themselves, and then take several statements at once.
    at_once = connection.vendor == "postgresql" and len(statements) > 1
    touched = []
    with connection.cursor() as cursor:
        if at_once:
            cursor.execute(";".join([one.sql for one in statements]), [value for one in statements for value in one.params])
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
    """The one DELETE of a query set's rows, or with values the one UPDATE. Nothing is collected first: for rows on which nothing hangs."""

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
def _insertion(model: type[models.Model], unless_there: bool, vendor: str) -> tuple[str, list[models.Field[Any, Any]], str]:
    meta = model._meta
    counted = "" if unless_there or not isinstance(meta.pk, models.AutoField) else str(meta.pk.column)
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    names, places = ", ".join(_quoted(fields)), ", ".join(["%s"] * len(fields))
    ending = " ON CONFLICT DO NOTHING" if unless_there else ""
    return f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({names}) VALUES ({places}){ending}", fields, counted


@lru_cache(maxsize=256)
def _changing(model: type[models.Model], vendor: str) -> tuple[str, list[models.Field[Any, Any]]]:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    sets = ", ".join(f"{name} = %s" for name in _quoted(fields))
    return f"UPDATE {connection.ops.quote_name(meta.db_table)} SET {sets} WHERE {next(_quoted([meta.pk]))} = %s", [*fields, meta.pk]


def _quoted(fields: Sequence[Any]) -> Iterator[str]:
    return (connection.ops.quote_name(str(field.column)) for field in fields)
