"""Everything declared about one person, destroyed: rows, files, key.

Generic, so that it is complete by construction. The statements are written once and kept (``erasure_plans``):
an erasure costs little more than the plain DELETE of the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models.functions import Coalesce

from kept.core import prepared
from kept.core.policy import law
from kept.core.policy.law import Duty
from kept.core.register.declarations import DECLARED, DELETE, Hold
from kept.core.register.destroying.erasure_plans import (
    NOBODY,
    WITH_THE_KEY_MODELS,
    Plan,
    Statement,
    declared_now,
    model_of,
    plans_of,
    prepared_id,
)
from kept.core.register.holdings import rows_of
from kept.core.register.inventory import table_name, tables
from kept.core.vault.models import KeyRow, RemovedFile
from kept.core.vault.sealed_files.files import SealedFile, path_of, remove_rows
from kept.core.vault.subject_keys import keys

ANONYMISE = "anonymise"


def destroy_rows(subject: UUID, *, choices: Mapping[str, str] | None = None) -> dict[str, int]:
    """Destroy or empty every declared row about a subject, and their key, in one transaction.

    How many rows, by table.

    ``choices``: table -> "anonymise" for what is declared as shared, else it is deleted. The contents of
    files are removed after the commit; what a crash leaves of them nobody can open, and ``vault.files.sweep``
    finds. Subjects without a key are erased as well.
    """
    every = plans_of(declared_now())
    value = prepared_id(subject)
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
        model = model_of(table_name(said.target))
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
        if table.holds and table.model and table.model not in WITH_THE_KEY_MODELS:
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
            models.QuerySet(model_of(table_name(said.target)))
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


def _found(statements: Iterable[Statement], value: Any) -> set[UUID]:
    """The ids that these statements select."""
    found: set[UUID] = set()
    with connection.cursor() as cursor:
        for one in statements:
            said = one.of(value)
            cursor.execute(said.sql, said.params)
            found |= {models.UUIDField().to_python(id) for (id,) in cursor.fetchall()}
    return found
