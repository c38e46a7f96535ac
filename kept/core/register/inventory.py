"""Every column of every table, classified: what it holds and why, or why it is nobody's.

The check, the copy and the why mark read this.

Three sources are laid over each other: the models (sealed fields speak for themselves), the declarations of
``personal.py``, and on request the live database. What no source explains has ``Kind.UNDECLARED``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import models

from kept.core.register.declarations import DECLARED, Holds, Nobody, Register, Target
from kept.core.vault.columns.fields import BlindIndex, SealedField


class Kind(Enum):
    """Why a column is there. Prefix indexes are no columns: their marks stand in the vault's token table."""

    SEALED = "sealed"
    PLAIN = "plain"
    INDEX = "index of a sealed value"
    LINK = "link to the person"
    NOBODY = "nobody's"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``category`` and ``purposes`` are empty unless it holds something of a person; ``because`` says why it
    does not.
    """

    table: str
    name: str
    attribute: str
    kind: Kind
    category: str = ""
    field_id: str = ""
    purposes: tuple[str, ...] = ()
    because: str = ""

    @property
    def personal(self) -> bool:
        return self.kind in (Kind.SEALED, Kind.PLAIN)


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    ``holds`` is set when it is about people, ``because`` when it is about nobody, neither when nobody
    declared it.
    """

    name: str
    model: type[models.Model] | None
    columns: tuple[Column, ...]
    holds: Holds | None = None
    because: str = ""

    @property
    def declared(self) -> bool:
        return self.holds is not None or bool(self.because)

    @property
    def called(self) -> str:
        """As a reader of the code calls it: support.Case, or the name of a table that no model owns."""
        return self.model._meta.label if self.model else self.name


def tables(register: Register = DECLARED) -> list[Table]:
    """Every table a model owns, and every declared table that none owns."""
    return list(classified(register))


def classified(register: Register = DECLARED) -> tuple[Table, ...]:
    """As ``tables``: the very same answer for as long as nothing more is declared and no model is added."""
    said = (list(register.holds), list(register.nobody), apps.get_models(include_auto_created=True))
    known = _known.get(id(register))
    if known is None or known[0] != said:
        known = _known[id(register)] = (said, tuple(_tables(register)))
    return known[1]


_known: dict[int, tuple[tuple[list[Holds], list[Nobody], list[type[models.Model]]], tuple[Table, ...]]] = {}


def _tables(register: Register) -> list[Table]:
    held = {table_name(said.target): said for said in register.holds}
    free = {table_name(said.target): said for said in register.nobody}
    owned = models_by_table()
    found = [_table(name, model, held.get(name), free.get(name)) for name, model in owned.items()]
    orphans = [name for name in free if name not in owned]
    return found + [Table(name, None, (), because=free[name].because) for name in orphans]


def models_by_table() -> dict[str, type[models.Model]]:
    every = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in every if not model._meta.proxy}


def table_name(target: Target) -> str:
    return target if isinstance(target, str) else target._meta.db_table


def personal_columns() -> Iterator[tuple[Table, Column]]:
    return ((table, column) for table in tables() for column in table.columns if column.personal)


def field_categories() -> Mapping[str, str]:
    """Stable field id -> category, for every column that holds something of a person."""
    return {column.field_id: column.category for _, column in personal_columns()}


def columns_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.local_concrete_fields if field.column]


def names_of(field: models.Field[Any, Any]) -> tuple[str, str, str]:
    """What a declaration may call a field: by its name, its attribute or its column."""
    return field.name, field.attname, str(field.column)


def _table(name: str, model: type[models.Model], said: Holds | None, free: Nobody | None) -> Table:
    columns = tuple(_column(name, field, said, free) for field in columns_of(model))
    return Table(name, model, columns, said, free.because if free and not said else "")


def _column(table: str, field: models.Field[Any, Any], said: Holds | None, free: Nobody | None) -> Column:
    def classified(kind: Kind, **details: Any) -> Column:
        return Column(table, str(field.column), field.attname, kind, **details)

    if isinstance(field, SealedField):
        purposes = said.purposes_for(field.name) if said else ()
        return classified(Kind.SEALED, category=field.category, field_id=field.field_id, purposes=purposes)
    if isinstance(field, BlindIndex):
        return classified(Kind.INDEX, because=f"A keyed index of {field.source}.")
    if said:
        return _plain(classified, table, field, said)
    return classified(Kind.NOBODY, because=free.because) if free else classified(Kind.UNDECLARED)


def _plain(classified: Any, table: str, field: models.Field[Any, Any], said: Holds) -> Column:
    names = names_of(field)
    category = next((said.columns[name] for name in names if name in said.columns), "")
    because = next((said.nobody[name] for name in names if name in said.nobody), "")
    if category:
        purposes = next((said.purposes_of[name] for name in names if name in said.purposes_of), said.purposes)
        return classified(
            Kind.PLAIN, category=category, field_id=f"{table}.{field.column}", purposes=purposes
        )
    if because:
        return classified(Kind.NOBODY, because=because)
    if field.primary_key or any(path.partition("__")[0] in names for path in said.subject):
        return classified(Kind.LINK, because="Says which row this is, and whose.")
    return classified(Kind.UNDECLARED)
