"""What stands beside a value on a person's own page: her words where we did not follow her, and the way to
say that something is wrong.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kept.rights.access.records import Group, Record
from kept.rights.correction import values
from kept.rights.correction.models import Correction


def with_words(subject: UUID, groups: list[Group]) -> list[Group]:
    """The same groups, with her statements beside the values they are about.

    Inside an act that may read them. One query.
    """
    said = {
        one.place: str(one.statement)
        for one in Correction.objects.filter(
            subject=subject, decision=Correction.Decision.DECLINED, statement__isnull=False
        )
    }
    if not said:
        return groups
    return [
        replace(group, records=tuple(_with(group.table, record, said) for record in group.records))
        for group in groups
    ]


def _with(table: str, record: Record, said: dict[tuple[str, str, str], str]) -> Record:
    facts = tuple(
        fact._replace(beside=said.get((table, record.id, fact.attribute), "")) for fact in record.facts
    )
    return replace(record, facts=facts)


def askable(subject: UUID) -> set[str]:
    """The tables in whose records something can be said to be wrong."""
    return {holding.table for holding, _ in values.offered(subject)}
