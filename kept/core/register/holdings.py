"""Everything declared about one person, table by table: generic, so that it is complete by construction.

A copy and the page *Your data* read this, inside an act they opened themselves: what the act may not open comes back as
``Withheld`` with the clause that says so, what is erased as the vault's ERASED marker. Nothing is skipped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q, QuerySet

from kept.core.register.inventory import Column, Table, tables
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.values import ERASED

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Withheld:
    """A value the open act may not read: the clause that says so and the reason in one sentence."""

    clause: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row about the person. ``values`` run along ``Holding.columns``; ``label`` is one line for people."""

    instance: Model
    label: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """One table's part of what is known. ``columns`` are those that hold something of the person, sealed ones opened."""

    title: str
    model: type[Model]
    table: str
    columns: tuple[Column, ...]
    declared: Table
    subject: UUID

    def query(self) -> QuerySet[Any]:
        return rows_of(self.declared, self.subject)

    def count(self) -> int:
        return self.query().count()

    def rows(self) -> Iterator[Row]:
        """Every row, oldest key first, in chunks. Call inside an open act."""
        label = self.declared.holds.label if self.declared.holds else None
        for instance in self.query().order_by("pk").iterator(chunk_size=CHUNK):
            values = tuple(opened(instance, column.attribute) for column in self.columns)
            yield Row(instance, label(instance) if label else "", values)


def holdings(subject: UUID) -> Iterator[Holding]:
    """What every declared table holds about a subject; tables without a row of theirs come too, and are empty. Tables with nothing but keys and marks do not."""
    for table in tables():
        if table.holds and table.model:
            columns = tuple(column for column in table.columns if column.personal)
            if columns:
                yield Holding(table.holds.title, table.model, table.name, columns, table, subject)


def rows_of(table: Table, subject: UUID) -> QuerySet[Any]:
    """The rows of a declared table that are about a subject, through any of its paths."""
    if table.holds is None or table.model is None:
        raise LookupError(f"{table.called} is not declared to be about people.")
    manager = table.model._base_manager
    found = manager.filter(reduce(or_, (_leads(table.model, path, subject) for path in table.holds.subject)))
    # A path through a to-many relation names a row once for each way that leads to it, and sealed rows refuse DISTINCT.
    many = any(not _forward(table.model, path) for path in table.holds.subject if "__" in path)
    return manager.filter(pk__in=found.values("pk")) if many else found


def _leads(model: type[Model], path: str, subject: UUID) -> Q:
    """The rows whose path ends at the subject. Step by step, each by its own index: a join with an OR over it would read whole tables."""
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
