"""What an erasure does with each table, written down once for the process: the statements, their order, and
what frees the rows that point at others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import sql

from kept.core import prepared
from kept.core.consent.models import StandingRow
from kept.core.register.declarations import DECLARED, DELETE, FORGET, Rows
from kept.core.register.holdings import rows_of
from kept.core.register.inventory import Table, models_by_table, table_name, tables
from kept.core.vault.models import KeyRow, Token

# Stands for the subject while a statement is written down. No subject has it: theirs are random, of version
# 4.
_SOMEBODY = UUID("5e5e5e5e-5e5e-5e5e-5e5e-5e5e5e5e5e5e")
NOBODY = UUID(int=0)
WITH_THE_KEY_MODELS = (KeyRow, Token, StandingRow)
DEEPEST = 4
"""How far what hangs on what is followed: further than any table leads, and no circle without end."""
WITH_THE_KEY = tuple(model._meta.db_table for model in WITH_THE_KEY_MODELS)


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with the places where the subject goes."""

    text: str
    params: tuple[Any, ...]

    def of(self, subject: Any) -> prepared.Statement:
        return prepared.Statement(self.text, [subject if one is _SUBJECT else one for one in self.params])


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure does with one table.

    ``before`` frees what points at its rows; ``delete`` is None where they are not simply deleted; ``files``
    finds the files of others that go along.
    """

    table: Table
    how: str | Rows
    before: tuple[Statement, ...]
    delete: Statement | None
    anonymise: Rows | None
    files: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """What an erasure does: table by table, and what names the subject and is emptied."""

    tables: list[Plan]
    unlinking: list[Statement]
    counts: prepared.Counts
    """How many rows each of these would find now, first the tables, then what is emptied: one query."""

    def held(self, subject: UUID) -> tuple[list[Plan], list[Statement], list[Statement]]:
        """What there is to do for one subject, and what finds the files that go along.

        An erasure follows the tables that hold something, and not those that exist.
        """
        counted = self.counts.ask(subject)
        plans = [plan for plan, count in zip(self.tables, counted, strict=False) if count]
        emptied = zip(self.unlinking, counted[len(self.tables) :], strict=True)
        return plans, [one for one, count in emptied if count], [one for plan in plans for one in plan.files]


_SUBJECT = object()


def declared_now() -> tuple[int, ...]:
    """Which declarations there are: tests bring and take some."""
    said: tuple[list[Any], ...] = (
        DECLARED.holds,
        DECLARED.erases,
        DECLARED.unlinks,
        DECLARED.shared,
        DECLARED.details,
    )
    return tuple(id(one) for list_ in said for one in list_)


@lru_cache(maxsize=4)
def plans_of(declared: tuple[int, ...]) -> Plans:
    """What is done table by table, and what names them and is emptied.

    Written down once for each set of declarations; it is asked for inside the erasing transaction, and
    costs nothing there.
    """
    hows = {table_name(said.target): said.how for said in DECLARED.erases}
    anonymising = {table_name(said.target): said.anonymise for said in DECLARED.shared}
    about = {
        table.model: table
        for table in tables()
        if table.holds and table.model and table.model not in WITH_THE_KEY_MODELS
    }
    plans = []
    for table in ordered(about):
        how = hows.get(table.name, DELETE)
        plain = how == DELETE
        if not plain and not callable(how) and how != FORGET:
            raise ValueError(
                f"{table.called} is erased by “{how}”, which is neither delete, forget nor a function."
            )
        before = tuple(_freeing(table, about)) if plain else ()
        delete = _statement(rows_of(table, _SOMEBODY)) if plain else None
        files = tuple(_files_along(table, about))
        plans.append(Plan(table, how, before, delete, anonymising.get(table.name), files))
    named = [(model_of(table_name(said.target)), said.column) for said in DECLARED.unlinks]
    counts = prepared.Counts(
        [partial(rows_of, plan.table) for plan in plans]
        + [partial(_named, model, column) for model, column in named]
    )
    return Plans(plans, [_unlinking(model, column) for model, column in named], counts)


def ordered(about: Mapping[Any, Table]) -> Iterator[Table]:
    """Rows that lead to others go before them: what leads to the person is asked along the way."""
    seen: set[Any] = set()

    def visit(model: Any) -> Iterator[Table]:
        if model not in seen:
            seen.add(model)
            for relation in pointing_at(model):
                if relation.related_model in about:
                    yield from visit(relation.related_model)
            yield about[model]

    for model in about:
        yield from visit(model)


def pointing_at(model: type[models.Model]) -> list[Any]:
    """The foreign keys of other tables that lead here."""
    return [
        one
        for one in model._meta.get_fields(include_hidden=True)
        if one.auto_created and not one.concrete and (one.one_to_many or one.one_to_one)
    ]


def _freeing(table: Table, about: Mapping[Any, Table]) -> Iterator[Statement]:
    """What Django would do on deleting for rows that point here and are not about the same person, and for
    those that point at these: one statement for each such table.
    """
    for rows, emptied in _pointing(table.model, rows_of(table, _SOMEBODY), table, about):
        yield _statement(rows, **({emptied: None} if emptied else {}))


def _pointing(
    model: Any, rows: models.QuerySet[Any], table: Table | None, about: Mapping[Any, Table], depth: int = 0
) -> Iterator[tuple[models.QuerySet[Any], str]]:
    """(rows, column that is emptied; "" where the rows go) for all that hangs on ``rows``, what hangs on
    others first. ``table``: left out is what goes as well by itself; None for rows of somebody else.
    """
    for relation in pointing_at(model):
        pointing, name = relation.related_model, relation.field.name
        if table and pointing in about and _goes_as_well(table, relation.field, about[pointing]):
            continue
        found: models.QuerySet[Any] = models.QuerySet(pointing).filter(**{f"{name}__in": rows.values("pk")})
        if relation.on_delete is models.SET_NULL:
            yield found, name
        elif relation.on_delete is models.CASCADE:
            if depth < DEEPEST:
                yield from _pointing(pointing, found, None, about, depth + 1)
            yield found, ""


def _files_along(table: Table, about: Mapping[Any, Table]) -> Iterator[Statement]:
    """Files of others that hang on rows of the subject, as a colleague's in her case: they go with them."""
    carried = {table_name(one.target): one.said for one in DECLARED.details if one.what == "carries"}
    for rows, emptied in _pointing(table.model, rows_of(table, _SOMEBODY), table, about):
        for column in () if emptied else carried.get(rows.model._meta.db_table, ()):
            yield _written(rows.exclude(**{column: None}).values(column).query)


def _goes_as_well(table: Table, field: Any, pointing: Table) -> bool:
    """Do all paths that make a row here the person's make the one that points at it theirs too?"""
    assert table.holds and pointing.holds
    wanted = [
        {field.attname, field.name} if path == "self" else {f"{field.name}__{path}"}
        for path in table.holds.subject
    ]
    return all(names & set(pointing.holds.subject) for names in wanted)


def _statement(rows: models.QuerySet[Any], **values: Any) -> Statement:
    """The one DELETE of these rows, or the one UPDATE."""
    query: Any = rows.query.chain(sql.UpdateQuery) if values else rows.query.clone()
    if values:
        query.add_update_values(values)
    else:
        query.__class__ = sql.DeleteQuery
    return _written(query)


def _written(query: Any) -> Statement:
    text, params = query.get_compiler(connection=connection).as_sql()
    somebody = prepared_id(_SOMEBODY)
    return Statement(text, tuple(_SUBJECT if one in (somebody, _SOMEBODY) else one for one in params))


def _unlinking(model: type[models.Model], column: str) -> Statement:
    empty = None if model._meta.get_field(column).null else NOBODY
    return _statement(_named(model, column, _SOMEBODY), **{column: empty})


def _named(model: type[models.Model], column: str, subject: Any) -> models.QuerySet[Any]:
    return models.QuerySet(model).filter(**{column: subject})


def model_of(name: str) -> type[models.Model]:
    return models_by_table()[name]


def prepared_id(subject: UUID) -> Any:
    return models.UUIDField().get_db_prep_value(subject, connection)
