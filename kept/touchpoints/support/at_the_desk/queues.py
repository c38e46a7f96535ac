"""Which cases stand in whose queue: by where they stand, whose they are, and on which level."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.core.vault.readers import StaffReader
from kept.touchpoints.support.at_the_desk.models import Escalation, SecondLevel
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.service_levels import by_due
from kept.touchpoints.support.models import Case

MINE, FREE, SECOND, SNOOZED, THEIRS = "mine", "free", "second", "snoozed", "theirs"


def cases_of(reader: StaffReader) -> Any:
    """Those of this role and company that were not put together with another."""
    return Case.objects.filter(kind=topics.KIND_OF[reader.role], entity=reader.entity, merged_into=None)


def second_level(reader: StaffReader) -> set[UUID]:
    """Who is on the second level of this role and company today."""
    return set(_on_second_level(reader).values_list("subject", flat=True))


def _on_second_level(reader: StaffReader) -> models.QuerySet[SecondLevel]:
    posts = StaffMember.objects.working().filter(role=reader.role, entity=reader.entity)
    return SecondLevel.objects.filter(until=None, subject__in=posts.values("user__person"))


def waiting(reader: StaffReader) -> Any:
    """What waits for this reader: what was passed to the second level waits for those who are on it, and for
    everybody where nobody is.
    """
    rows = cases_of(reader).filter(closed_at=None, awaits=Case.Awaits.US).exclude(_asleep())
    there = _on_second_level(reader)
    not_theirs = Exists(there) & ~Exists(there.filter(subject=reader.actor))
    return rows.exclude(_passed_on() & not_theirs)


def chosen(reader: StaffReader, which: str, *, by: UUID | None = None) -> Any:
    """The open cases of one list, soonest due first. ``by``: those that one colleague has."""
    rows = cases_of(reader).filter(closed_at=None)
    if by is not None:
        rows = rows.filter(assignee=by)
    elif which == MINE:
        rows = rows.filter(assignee=reader.actor)
    elif which == SNOOZED:
        rows = rows.filter(_asleep())
    elif which == SECOND:
        rows = rows.filter(_passed_on())
    elif which == THEIRS:
        rows = rows.filter(awaits=Case.Awaits.CUSTOMER).exclude(_asleep())
    else:
        rows = waiting(reader)
        rows = rows.filter(assignee=None) if which == FREE else rows
    return by_due(rows.annotate(on_second=_passed_on()))


def _asleep() -> Q:
    return Q(snoozed_until__gt=timezone.now())


def _passed_on() -> Exists:
    return Exists(Escalation.objects.filter(case=OuterRef("pk"), until=None))
