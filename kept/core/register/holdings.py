"""Everything declared about one person, table by table: generic, so that it is complete by construction.

A copy and the page *Your data* read this, inside an act they opened themselves: what the act may not open
comes back as ``Withheld`` with the clause that says so, what is erased as the vault's ERASED marker. Nothing
is skipped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Model, Q, QuerySet

from kept.core.prepared import Counts, Prepared, ask_all
from kept.core.register.inventory import Column, Kind, Table, classified
from kept.core.vault.columns.sealed import join
from kept.core.vault.columns.values import ERASED
from kept.core.vault.errors import KeyErased, NotAllowed

CHUNK = 500
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value the open act may not read: the clause that says so and the reason in one sentence."""

    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row about the person.

    ``values`` run along ``Holding.columns``; ``label`` is one line for people.
    """

    instance: Model
    label: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """One table's part of what is known.

    ``columns`` are those that hold something of the person, sealed ones opened.
    """

    title: str
    model: type[Model]
    table: str
    columns: tuple[Column, ...]
    declared: Table
    subject: UUID
    known: int | None = None
    """How many rows there were a moment ago, where somebody counted."""
    worded: Prepared | None = None
    read: Sequence[Model] | None = None
    """The rows, where they were read already."""

    def query(self) -> QuerySet[Any]:
        return rows_of(self.declared, self.subject)

    def count(self) -> int:
        return self.query().count()

    def _instances(self) -> Iterable[Model]:
        if self.read is not None:
            return self.read
        # Few rows come at once, by a statement that is worded already; PostgreSQL asks for a cursor of its
        # own for chunks.
        if self.worded is not None and self.known is not None and self.known < CHUNK:
            return self.worded.rows(self.subject)
        return self.query().order_by("pk").iterator(chunk_size=CHUNK)

    def rows(self) -> Iterator[Row]:
        """Every row, oldest key first, in chunks. Call inside an open act."""
        label = self.declared.holds.label if self.declared.holds else None
        # A plain column needs nobody's leave.
        wanted = [
            (column.attribute, getattr if column.kind is Kind.PLAIN else opened) for column in self.columns
        ]
        for instance in self._instances():
            values = tuple([read(instance, attribute) for attribute, read in wanted])
            yield Row(instance, label(instance) if label else "", values)


def holdings(subject: UUID) -> Iterator[Holding]:
    """What every declared table holds about a subject; tables without a row of theirs come too, and are
    empty. Tables with nothing but keys and marks do not.
    """
    for blank in _blanks().all:
        yield replace(blank, subject=subject)


def counted(subject: UUID) -> list[Holding]:
    """The same, each with how many rows it has now: one query for all of them."""
    blanks = _blanks()
    return [
        replace(blank, subject=subject, known=count)
        for blank, count in zip(blanks.all, blanks.counts.ask(subject), strict=True)
    ]


def known(subject: UUID) -> list[Holding]:
    """Those that hold something, each with how many rows: one query, and next to nothing for an empty one."""
    blanks = _blanks()
    return [
        replace(blank, subject=subject, known=count)
        for blank, count in zip(blanks.all, blanks.counts.ask(subject), strict=True)
        if count
    ]


def held(subject: UUID) -> list[Holding]:
    """The tables that hold something.

    Where a table has few rows they are read at once, all as one result: with one query for their keys.
    """
    found = known(subject)
    few = {one.table: one.worded for one in found if one.worded is not None and (one.known or 0) < CHUNK}
    read = dict(zip(few, ask_all(list(few.values()), subject), strict=True))
    sealed = [row for rows in read.values() for row in rows if hasattr(row, "sealed_owner")]
    if sealed:
        join(sealed, listed=True)
    return [replace(one, read=read.get(one.table)) for one in found]


@dataclass(frozen=True, slots=True)
class _Blanks:
    """Every holding before it is anybody's. Made anew when more is declared."""

    tables: tuple[Table, ...]
    all: tuple[Holding, ...]
    counts: Counts


_made: dict[str, _Blanks] = {}


def _blanks() -> _Blanks:
    tables = classified()
    made = _made.get(connection.vendor)
    if made is None or made.tables is not tables:
        every = tuple(
            _blank(table)
            for table in tables
            if table.holds and table.model and any(column.personal for column in table.columns)
        )
        counts = Counts([partial(rows_of, blank.declared) for blank in every])
        made = _made[connection.vendor] = _Blanks(tables, every, counts)
    return made


def _blank(table: Table) -> Holding:
    assert table.holds is not None and table.model is not None
    columns = tuple(column for column in table.columns if column.personal)
    worded = Prepared(lambda subject: rows_of(table, subject).order_by("pk"))
    return Holding(table.holds.title, table.model, table.name, columns, table, NOBODY, worded=worded)


def rows_of(table: Table, subject: Any) -> QuerySet[Any]:
    """The rows of a declared table that are about a subject, through any of its paths."""
    if table.holds is None or table.model is None:
        raise LookupError(f"{table.called} is not declared to be about people.")
    manager = table.model._base_manager
    found = manager.filter(reduce(or_, (_leads(table.model, path, subject) for path in table.holds.subject)))
    # A path through a to-many relation names a row once for each way that leads to it, and sealed rows refuse
    # DISTINCT.
    many = any(not _forward(table.model, path) for path in table.holds.subject if "__" in path)
    return manager.filter(pk__in=found.values("pk")) if many else found


def _leads(model: type[Model], path: str, subject: Any) -> Q:
    """The rows whose path ends at the subject.

    Step by step, each by its own index: a join with an OR over it would read whole tables.
    """
    step, _, rest = path.partition("__")
    if rest and _forward(model, path):
        beyond = model._meta.get_field(step).related_model
        return Q(**{f"{step}__in": QuerySet(beyond).filter(_leads(beyond, rest, subject)).values("pk")})  # type: ignore[arg-type]
    return Q(**{"pk" if path == "self" else path: subject})


def _forward(model: type[Model], path: str) -> bool:
    """Does the path begin with a foreign key of the model's own, to a primary key?"""
    try:
        field: Any = model._meta.get_field(path.partition("__")[0])
    except FieldDoesNotExist:
        return False
    return bool(field.concrete and field.is_relation and field.target_field.primary_key)


def opened(instance: Model, attribute: str) -> Any:
    """One value by the open act: the value, ERASED, or Withheld."""
    try:
        return getattr(instance, attribute)
    except KeyErased:
        return ERASED
    except NotAllowed as no:
        return Withheld(no.refused.clause, no.refused.reason)
