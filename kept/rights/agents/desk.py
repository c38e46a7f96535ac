"""The desk's side: what came through agents and has not ended."""

from __future__ import annotations

from typing import Any

from kept.core.ledger import versions
from kept.core.register.hooks.desk import desk_queue
from kept.rights.agents.models import Exercise
from kept.sentences import sentence

ROLES = ("controller",)


def of_desk(entity: str) -> Any:
    """The exercises whose request the controller of this company answers."""
    regions = [
        region.id for region in versions.current().policy.company.regions.values() if region.entity == entity
    ]
    return Exercise.objects.filter(request__region__in=regions).select_related("request")


@desk_queue("agents", title=sentence("Through agents"), roles=ROLES, url="desk-agents")
def waiting(reader: Any) -> int:
    return of_desk(reader.entity).filter(ended_at=None).count()
