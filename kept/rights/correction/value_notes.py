"""What stands beside a value on a person's own page: her words where we did not follow her, and the way to
say that something is wrong.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from kept.core.register.generation import generation
from kept.rights.access.records import Group, Record
from kept.rights.correction import values
from kept.rights.correction.models import Correction


def with_words(subject: UUID, group: Group) -> Group:
    """The same records, with her statements beside the values they are about.

    Inside an act that may read them. One query.
    """
    said = {
        one.place: str(one.statement)
        for one in Correction.objects.filter(
            subject=subject, table=group.table, decision=Correction.Decision.DECLINED, statement__isnull=False
        )
    }
    if not said:
        return group
    return replace(group, records=tuple(_with(group.table, record, said) for record in group.records))


def _with(table: str, record: Record, said: dict[tuple[str, str, str], str]) -> Record:
    facts = tuple(
        fact._replace(beside=said.get((table, record.id, fact.attribute), "")) for fact in record.facts
    )
    return replace(record, facts=facts)


def askable(table: str) -> bool:
    """Whether something can be said to be wrong in the records of a table."""
    return values.is_offered(generation(), table)
