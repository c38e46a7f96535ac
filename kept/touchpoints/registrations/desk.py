"""The desk's side: claims that wait, the products of whoever a matter is about, and finding somebody by a
serial number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kept.core.register.hooks.desk import desk_finder, desk_panel, desk_queue
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.errors import NotAllowed
from kept.equipment.models import Holding, Unit
from kept.people.models import Membership
from kept.sentences import sentence
from kept.touchpoints.registrations.models import Claim

ROLES = ("support",)
MOST = 50


@desk_queue("registrations", title=sentence("Registrations"), roles=ROLES, url="desk-registrations")
def waiting(reader: Any) -> int:
    return Claim.objects.filter(decided_at=None).count()


@desk_finder("serial", title=sentence("Serial number"))
def holders(text: str) -> Sequence[UUID]:
    """Who holds the unit: a person, or the people of an organisation.

    Nobody where the matter's purpose may not use serial numbers.
    """
    unit = Unit.objects.numbered(text)
    holding = unit.holding if unit else None
    if holding is None:
        return []
    try:
        gate.current("equipment.serial").may_use("equipment.serial")
    except NotAllowed:
        return []
    if holding.person_id:
        return [holding.person_id]
    return list(
        Membership.objects.current()
        .filter(organisation=holding.organisation_id)
        .values_list("person_id", flat=True)
    )


@desk_panel(
    "products",
    title=sentence("Products"),
    roles=ROLES,
    purposes=("support", "registration"),
    template="registrations/desk/panel.html",
)
def products(matter: Any, person: Any) -> Mapping[str, Any]:
    """Inside the matter's act: what they and their organisations hold, and until when its warranty runs."""
    found = Holding.objects.of(person.pk, *person.organisations()).filter(until=None)[: MOST + 1]
    lines = [
        {
            "unit": row.unit,
            "since": row.since,
            "organisation": bool(row.organisation_id),
            "until": row.warranty_until if show(row, "warranty_from") else None,
        }
        for row in found[:MOST]
    ]
    return {"lines": lines, "more": len(found) > MOST}
