"""Everything declared about one person, destroyed: rows, files, key.

Generic, so that it is complete by construction.

One statement a table, written once and kept: an erasure costs little more than the plain DELETE of the same
rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import sql
from django.db.models.functions import Coalesce

from kept.core import prepared
from kept.core.consent.models import StandingRow
from kept.core.policy import law
from kept.core.policy.law import Duty
from kept.core.register.declarations import DECLARED, DELETE, FORGET, Hold, Rows
from kept.core.register.holdings import rows_of
from kept.core.register.inventory import Table, models_by_table, table_name, tables
from kept.core.vault.models import KeyRow, RemovedFile, Token
from kept.core.vault.sealed_files.files import SealedFile, path_of, remove_rows
from kept.core.vault.subject_keys import keys

ANONYMISE = "anonymise"
# Stands for the subject while a statement is written down. No subject has it: theirs are random, of version
# 4.
_SOMEBODY = UUID("5e5e5e5e-5e5e-5e5e-5e5e-5e5e5e5e5e5e")
NOBODY = UUID(int=0)
_WITH_THE_KEY = (KeyRow, Token, StandingRow)
DEEPEST = 4
"""How far what hangs on what is followed: further than any table leads, and no circle without end."""
WITH_THE_KEY = tuple(model._meta.db_table for model in _WITH_THE_KEY)


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


def destroy_rows(subject: UUID, *, choices: Mapping[str, str] | None = None) -> dict[str, int]:
    """Destroy or empty every declared row about a subject, and their key, in one transaction.

    How many rows, by table.

    ``choices``: table -> "anonymise" for what is declared as shared, else it is deleted. The contents of
    files are removed after the commit; what a crash leaves of them nobody can open, and ``vault.files.sweep``
    finds. Subjects without a key are erased as well.
    """
    every = _plans(_declared())
    value = _prepared(subject)
    gone: dict[str, int] = {}
    with transaction.atomic(savepoint=False):
        plans, unlinking, carried = every.held(subject)
        files = SealedFile.of(subject)
        if files:
            RemovedFile.note(files)
        along = sorted(_found(carried, value) - set(files))
        if along:
            remove_rows(along)
            files = [*files, *along]
        sweep = _Sweep([statement.of(value) for statement in unlinking])
        for plan in plans:
            _carry_out(plan, subject, value, (choices or {}).get(plan.table.name, DELETE), sweep)
        sweep.carry_out()
        gone |= {name: count for name, count in sweep.gone.items() if count}
        if keys.destroy(subject):
            gone[KeyRow._meta.db_table] = 1
        if files:
            transaction.on_commit(partial(remove_contents, files), robust=True)
    return gone


class _Sweep:
    """Statements that wait for each other's company: PostgreSQL takes them as one message.

    What is more than a statement sends them first.
    """

    def __init__(self, waiting: list[prepared.Statement]) -> None:
        self.waiting = waiting
        self.names: list[str] = [""] * len(waiting)
        self.gone: dict[str, int] = {}

    def add(self, statement: prepared.Statement, name: str = "") -> None:
        self.waiting.append(statement)
        self.names.append(name)

    def carry_out(self) -> None:
        if self.waiting:
            for name, count in zip(self.names, prepared.send(self.waiting), strict=True):
                if name:
                    self.gone[name] = count
            self.waiting, self.names = [], []


def remove_contents(files: Iterable[UUID]) -> None:
    """Remove the contents of files whose rows are gone. Raises OSError."""
    for file in files:
        path_of(file).unlink(missing_ok=True)


def shared_objects(subject: UUID) -> list[tuple[str, str, int]]:
    """(table, title, how many) of what others see too, where there is anything: about each the person
    chooses.
    """
    known = {table.name: table for table in tables()}
    said = {table_name(one.target): one.title for one in DECLARED.shared}
    counted = [
        (name, title, rows_of(known[name], subject).count()) for name, title in said.items() if name in known
    ]
    return [one for one in counted if one[2]]


def left_of(subject: UUID) -> dict[str, int]:
    """What a finished erasure must not have left: rows about the subject by table. Empty when it is whole."""
    counted = {
        table.name: rows_of(table, subject).count() for table in tables() if table.holds and table.model
    }
    for said in DECLARED.unlinks:
        model = _model(table_name(said.target))
        counted[f"{model._meta.db_table}.{said.column}"] = (
            models.QuerySet(model).filter(**{said.column: subject}).count()
        )
    return {name: count for name, count in counted.items() if count}


def orphans() -> dict[str, int]:
    """Rows about somebody who has no key, by table: what a whole erasure never leaves.

    An ID without a person is one as well.
    """
    counted = {}
    keyed = KeyRow._base_manager.filter(pk=models.OuterRef("whose")).values("pk")
    for table in tables():
        if table.holds and table.model and table.model not in _WITH_THE_KEY:
            paths = ["pk" if path == "self" else path for path in table.holds.subject]
            whose = Coalesce(*paths) if len(paths) > 1 else models.F(paths[0])
            rows = (
                models.QuerySet(table.model)
                .annotate(whose=whose)
                .exclude(whose=None)
                .filter(~models.Exists(keyed))
            )
            counted[table.name] = rows.count()
    for said in DECLARED.unlinks:
        rows = (
            models.QuerySet(_model(table_name(said.target)))
            .annotate(whose=models.F(said.column))
            .exclude(whose=None)
            .exclude(whose=NOBODY)
        )
        counted[f"{table_name(said.target)}.{said.column}"] = rows.filter(~models.Exists(keyed)).count()
    return {name: count for name, count in counted.items() if count}


def subjects_with_keys() -> Iterator[UUID]:
    """Everybody who has a key."""
    yield from KeyRow._base_manager.values_list("pk", flat=True).iterator(chunk_size=5000)


@dataclass(frozen=True, slots=True)
class Lawful:
    """One row that a law keeps: by which declaration, under which duty, until which day (inclusive)."""

    said: Hold
    row: Any
    duty: Duty
    until: date

    @property
    def fields(self) -> list[str]:
        """The stable ids of what is kept of the row. Everything else of it goes."""
        return [self.row._meta.get_field(name).field_id for name in self.said.fields]


def holds_by_law(subject: UUID, *, today: date) -> list[Lawful]:
    """Row by row what must stay of a subject, by the law of the day each row counts from; what is past its
    date does not.
    """
    known = {table.name: table for table in tables()}
    found = []
    for said in DECLARED.law:
        table = known.get(table_name(said.target))
        for row in rows_of(table, subject) if table else ():
            since = said.since(row)
            for duty in law.duties(said.country(row), since):
                if duty.what == said.duty and (until := duty.keep.after(since)) >= today:
                    found.append(Lawful(said, row, duty, until))
    return found


def _carry_out(plan: Plan, subject: UUID, value: Any, choice: str, sweep: _Sweep) -> None:
    if plan.delete is not None and not (plan.anonymise and choice == ANONYMISE):
        for statement in plan.before:
            sweep.add(statement.of(value))
        sweep.add(plan.delete.of(value), plan.table.name)
    else:
        sweep.carry_out()
        sweep.gone[plan.table.name] = _by_hand(plan, subject, choice)


def _by_hand(plan: Plan, subject: UUID, choice: str) -> int:
    rows = rows_of(plan.table, subject)
    if plan.anonymise and choice == ANONYMISE:
        return plan.anonymise(subject, rows)
    if callable(plan.how):
        return plan.how(subject, rows)
    found = list(rows)
    for row in found:
        row.forget()
    return len(found)


def _declared() -> tuple[int, ...]:
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
def _plans(declared: tuple[int, ...]) -> Plans:
    """What is done table by table, and what names them and is emptied.

    Written down once for each set of declarations; it is asked for inside the erasing transaction, and
    costs nothing there.
    """
    hows = {table_name(said.target): said.how for said in DECLARED.erases}
    anonymising = {table_name(said.target): said.anonymise for said in DECLARED.shared}
    about = {
        table.model: table
        for table in tables()
        if table.holds and table.model and table.model not in _WITH_THE_KEY
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
    named = [(_model(table_name(said.target)), said.column) for said in DECLARED.unlinks]
    counts = prepared.Counts(
        [partial(rows_of, plan.table) for plan in plans]
        + [partial(_named, model, column) for model, column in named]
    )
    return Plans(plans, [_unlinking(model, column) for model, column in named], counts)


def _found(statements: Iterable[Statement], value: Any) -> set[UUID]:
    """The ids that these statements select."""
    found: set[UUID] = set()
    with connection.cursor() as cursor:
        for one in statements:
            said = one.of(value)
            cursor.execute(said.sql, said.params)
            found |= {models.UUIDField().to_python(id) for (id,) in cursor.fetchall()}
    return found


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
    somebody = _prepared(_SOMEBODY)
    return Statement(text, tuple(_SUBJECT if one in (somebody, _SOMEBODY) else one for one in params))


def _unlinking(model: type[models.Model], column: str) -> Statement:
    empty = None if model._meta.get_field(column).null else NOBODY
    return _statement(_named(model, column, _SOMEBODY), **{column: empty})


def _named(model: type[models.Model], column: str, subject: Any) -> models.QuerySet[Any]:
    return models.QuerySet(model).filter(**{column: subject})


def _model(name: str) -> type[models.Model]:
    return models_by_table()[name]


def _prepared(subject: UUID) -> Any:
    return models.UUIDField().get_db_prep_value(subject, connection)
