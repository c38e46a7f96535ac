"""What has lived out its time: whole rows, single values, and whoever nothing is left of.

``batches`` destroys it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from kept.core.ledger.record import Part, record
from kept.core.policy.model import Purpose
from kept.core.register.destroying import erasing, erasure_plans
from kept.core.register.inventory import Column, Kind, Table, tables
from kept.core.register.terms import lifetimes
from kept.core.register.terms.lifetimes import Clock, reasons
from kept.core.vault.models import KeyRow
from kept.core.vault.subject_keys import keys
from kept.sentences import Sentence, joined

ROW, VALUE, PERSON = "row", "value", "person"


@dataclass(frozen=True, slots=True)
class Due:
    """Something of one table that dies together: whole rows (``columns`` are all), or some columns of rows
    that live on.
    """

    table: Table
    what: str
    columns: tuple[Column, ...]
    condition: Q
    purposes: tuple[Purpose, ...]
    files: tuple[str, ...] = ()

    @property
    def model(self) -> type[models.Model]:
        assert self.table.model is not None
        return self.table.model

    @property
    def title(self) -> str:
        assert self.table.holds is not None
        return self.table.holds.title

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(sorted({column.field_id for column in self.columns if column.field_id}))

    @property
    def term(self) -> Sentence:
        """In words, as the policy has it: "90 days after it happened"."""
        return joined(dict.fromkeys(purpose.kept_until() for purpose in self.purposes), "; ")

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(purpose.clause for purpose in self.purposes))

    def rows(self) -> models.QuerySet[Any]:
        return self.model._base_manager.filter(self.condition)


def due(clock: Clock) -> Iterator[Due]:
    """Everything that can be due, rows that lead to others first, so that nothing living is taken along."""
    about = {table.model: table for table in tables() if table.holds and table.model}
    for table in erasure_plans.ordered(about):
        personal = [column for column in table.columns if column.personal]
        whole = lifetimes.dead(clock, table, personal) if personal else None
        if whole is not None:
            yield _whole(clock, table, personal, whole, about)
        held = {purpose.id for column in personal for purpose in reasons(clock.ruling.policy, table, column)}
        alike: dict[tuple[str, ...], list[Column]] = {}
        for column in personal:
            own = tuple(sorted(purpose.id for purpose in reasons(clock.ruling.policy, table, column)))
            if column.kind is Kind.SEALED and set(own) < held:
                alike.setdefault(own, []).append(column)
        for columns in alike.values():
            yield from _values(clock, table, columns, whole)


def _whole(clock: Clock, table: Table, columns: list[Column], condition: Q, about: Any) -> Due:
    """The row, once no living row hangs on it."""
    assert table.model is not None
    what = PERSON if table.holds and table.holds.subject == ("self",) else ROW
    for relation in erasure_plans.pointing_at(table.model):
        if relation.related_model in about and relation.on_delete is models.CASCADE:
            condition &= Q(
                ~Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
            )
    files = tuple(name for names in lifetimes.detail(table, "carries") for name in names)
    return Due(table, what, tuple(columns), condition, _purposes(clock, table, columns), files)


def _values(clock: Clock, table: Table, columns: list[Column], whole: Q | None) -> Iterator[Due]:
    """Sealed values that die before their row. Where versions differ each column is asked by itself."""
    by_condition: dict[Any, list[Column]] = {}
    for column in columns:
        found = lifetimes.dead(clock, table, [column])
        if found is not None:
            alone = len({clock.limits(table, column, number) for number, _, _ in clock.all}) > 1
            by_condition.setdefault(column.name if alone else "", []).append(column)
    for some in by_condition.values():
        condition = lifetimes.dead(clock, table, some)
        assert condition is not None
        there = Q()
        for column in some:
            there |= Q(**{f"{column.attribute}__isnull": False})
        yield Due(
            table,
            VALUE,
            tuple(some),
            there & condition if whole is None else there & condition & ~whole,
            _purposes(clock, table, some),
        )


def _purposes(clock: Clock, table: Table, columns: Iterable[Column]) -> tuple[Purpose, ...]:
    return tuple(
        {
            purpose.id: purpose
            for column in columns
            for purpose in reasons(clock.ruling.policy, table, column)
        }.values()
    )


# Whoever nothing is left of ---------------------------------------------------------------------------------


def forgotten(most: int = 500) -> list[UUID]:
    """Subjects with a key of whom no row is left but what stands beside the key: where they stand, and
    answers that still count.

    A key and the first row that it seals are made in one transaction, so a key without any is one that
    outlived its last.
    """
    found = KeyRow.objects.all()
    for table in tables():
        if table.holds is None or table.model is None or _beside_the_key(table):
            continue
        for path in table.holds.subject:
            name = "pk" if path == "self" else path
            found = found.filter(~Exists(table.model._base_manager.filter(**{name: OuterRef("pk")})))
    return list(found.values_list("pk", flat=True)[:most])


def forget(subject: UUID, *, policy: int, noted: Callable[[int], None] | None = None) -> bool:
    """Destroy the key and what stands beside it, as an erasure does.

    The entry is the last that this name in the ledger gets.
    """
    act_id = uuid4()
    with transaction.atomic():
        named = keys.named([subject], act_id)
        if not named:
            return False
        detail = {"what": "You", "gone": PERSON, "rows": 1, "fields": {}, "categories": [], "term": ""}
        parts = [Part(alias, salt, detail) for alias, salt in named.values()]
        record(
            "expired",
            purpose="",
            role="system",
            entity="",
            policy=policy,
            parts=parts,
            payload={"rows": 1, "clauses": []},
            act_id=act_id,
        )
        erasing.destroy_rows(subject)
        if noted is not None:
            noted(1)
    return True


def _beside_the_key(table: Table) -> bool:
    assert table.holds is not None
    return table.holds.place.startswith("core/")
