"""Who is affected, by the data map: everybody of whom the portal holds a value of the kinds that were
exposed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import QuerySet

from kept.core.register.inventory import Table, tables
from kept.people.models import Person

STEP = 200


def places(categories: Collection[str]) -> list[Table]:
    """The tables that hold any of these kinds of data."""
    wanted = set(categories)
    return [
        table
        for table in tables()
        if table.holds
        and table.model
        and wanted & {column.category for column in table.columns if column.personal}
    ]


def count(categories: Collection[str]) -> int:
    """How many persons, as of now. An upper bound: a row counts even where the one value in it is empty."""
    return sum(len(ids) for ids in batches(categories))


def records(categories: Collection[str]) -> int:
    """How many rows, in all tables together."""
    return sum(table.model._base_manager.count() for table in places(categories) if table.model)


def batches(categories: Collection[str], after: UUID | None = None) -> Iterator[list[UUID]]:
    """Their ids, in order, some at a time: an empty step is left out."""
    held = places(categories)
    while ids := _next(after):
        after = ids[-1]
        found = set().union(*(_within(table, ids) for table in held)) if held else set()
        if found:
            yield sorted(found)


def _next(after: UUID | None) -> list[UUID]:
    people: QuerySet[Person] = Person.objects.order_by("pk")
    return list((people.filter(pk__gt=after) if after else people).values_list("pk", flat=True)[:STEP])


def _within(table: Table, ids: list[UUID]) -> set[UUID]:
    """Those of ``ids`` the table has a row about."""
    assert table.holds is not None and table.model is not None
    found: set[UUID] = set()
    for path in table.holds.subject:
        column = "pk" if path == "self" else path
        found |= {
            one
            for one in table.model._base_manager.filter(**{f"{column}__in": ids}).values_list(
                column, flat=True
            )
            if isinstance(one, UUID)
        }
    return found & set(ids)
