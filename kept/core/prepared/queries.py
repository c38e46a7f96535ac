"""Questions: query sets worded once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.query import ModelIterable, get_related_populators


class Slot(models.Expression):
    """Where a value goes that is only known when the question is asked."""

    def __init__(self, place: int, output_field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.place = place

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]

    def many(self) -> Many:
        """Where a list of them goes: ``filter(pk__in=slot.many())``."""
        return Many(self.place)


class Many(Slot):
    """One parameter, however many there are: SQLite takes them as JSON, PostgreSQL as an array."""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        postgresql = connection.vendor == "postgresql"
        return "(SELECT unnest(%s))" if postgresql else "(SELECT value FROM json_each(%s))", [self]


@dataclass(frozen=True, slots=True)
class Wording:
    """One query in one database's SQL: its parameters with their slots, and how a row of the answer becomes
    Python.
    """

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, tuple[tuple[Any, bool], ...], Any], ...]
    """Place in the row, what converts it (and whether that belongs to the connection), and the column."""
    build: Callable[[Sequence[Any]], Any]
    joins: tuple[Callable[[Sequence[Any]], None], Callable[[Sequence[Any]], None]] | None
    """What gives sealed rows their ring: as a list, and as the one row somebody asked for."""

    def given(self, values: Sequence[Any]) -> list[Any]:
        fitted = [fit(value) for value in values]
        return [fitted[part.place] if isinstance(part, Slot) else part for part in self.params]

    def rows(self, found: Sequence[Any]) -> list[Any]:
        if self.converters and found:
            found = _converted(found, self)
        return [self.build(row) for row in found]


class Prepared:
    """``Prepared(lambda mark: Session.objects.filter(mark=mark))``, then ``.rows(mark)`` or ``.first(mark)``.

    The query is built from slots in the order of the arguments; an argument is a text, number, UUID or
    moment, or a list of ids where the slot said ``many()``. Rows are what the query set would give: models
    with what ``select_related`` brings along, or tuples of ``values_list``.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._worded: dict[str, Wording] = {}

    def rows(self, *values: Any) -> list[Any]:
        return self._ask(values, one=False)

    def raw(self, *values: Any) -> list[tuple[Any, ...]]:
        """The rows as the database has them: ids as ``fit`` makes them."""
        worded = self.worded()
        with connection.cursor() as cursor:
            cursor.execute(worded.sql, worded.given(values))
            return list(cursor.fetchall())

    def first(self, *values: Any) -> Any | None:
        """The first row, or None. The query says which one that is, and how many it looks at."""
        return next(iter(self._ask(values, one=True)), None)

    def _ask(self, values: Sequence[Any], *, one: bool) -> list[Any]:
        worded = self.worded()
        with connection.cursor() as cursor:
            cursor.execute(worded.sql, worded.given(values))
            rows = worded.rows(cursor.fetchall())
        if rows and worded.joins:
            worded.joins[one](rows)
        return rows

    def worded(self) -> Wording:
        return self._worded.get(connection.vendor) or self._word()

    def _word(self) -> Wording:
        arguments = self._build.__code__.co_argcount
        queryset = self._build(*(Slot(place) for place in range(arguments)))
        whole = queryset._iterable_class is ModelIterable
        compiler = queryset.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        worded = self._worded[connection.vendor] = Wording(
            sql,
            tuple(params),
            tuple(
                (place, tuple(map(_anybodys, said)), column) for place, (said, column) in converters.items()
            ),
            _of_models(compiler) if whole else tuple,
            _joins(queryset) if whole else None,
        )
        return worded


def ask_all(asked: Sequence[Prepared], *values: Any) -> list[list[Any]]:
    """Several queries about the same values, on PostgreSQL as one message: the rows of each.

    Sealed rows get no ring here: give them one for all.
    """
    worded = [one.worded() for one in asked]
    # psycopg's own cursors put the values in themselves, and then take several statements at once.
    at_once = connection.vendor == "postgresql" and len(worded) > 1
    answers = []
    with connection.cursor() as cursor:
        if at_once:
            cursor.execute(
                ";".join([one.sql for one in worded]),
                [value for one in worded for value in one.given(values)],
            )
        for one in worded:
            if not at_once:
                cursor.execute(one.sql, one.given(values))
            answers.append(one.rows(cursor.fetchall()))
            if at_once:
                cursor.nextset()
    return answers


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
            sql, some = (
                build(Slot(0)).order_by().values("pk").query.get_compiler(connection=connection).as_sql()
            )
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


def _converted(found: Sequence[Sequence[Any]], worded: Wording) -> list[list[Any]]:
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
    if isinstance(value, list):
        return value if connection.features.has_native_uuid_field else json.dumps(fit_all(value))
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def fit_all(values: Sequence[UUID]) -> list[Any]:
    """As ``fit``, for many ids."""
    return list(values) if connection.features.has_native_uuid_field else [one.hex for one in values]
