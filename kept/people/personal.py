"""What is known about persons and organisations, and why. The values themselves are sealed fields and say what they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kept.core import register
from kept.people.models import Membership, Organisation, Person

_REACHED = ("account", "security", "registration", "safety", "support", "sales", "requests", "news", "staff")
_POSTED = ("account", "registration", "safety", "requests")

register.holds(
    Person,
    subject="self",
    title="You",
    purposes=("account", "registration", "safety", "support", "sales"),
    purposes_of={"name": _REACHED, "email": _REACHED, "address": _POSTED, "country": _POSTED, "language": ("account", "requests")},
    columns={"language": "contact.preferences"},
    nobody={"controller": "Which company of the group answers; it follows from the region."},
)
register.holds(
    Organisation,
    subject="self",
    title="Your organisation",
    purposes=("account", "registration", "safety", "support"),
    nobody={"controller": "Which company of the group answers; it follows from the region."},
)
register.holds(
    Membership,
    subject="person_id",
    title="Organisations you belong to",
    purposes=("account", "registration"),
    columns={
        "organisation": "identity.organisation",
        "role": "identity.organisation",
        "since": "identity.organisation",
        "until": "identity.organisation",
    },
    label=lambda row: f"{row.get_role_display()} since {row.since:%d %B %Y}",
)


def _leave(subject: UUID, rows: QuerySet[Any]) -> int:
    """Nobody's erasure waits for an organisation: it keeps what is its own, and whoever has been there longest owns it from now on."""
    for owned in rows.filter(until=None, role=Membership.Role.OWNER):
        others = Membership.objects.current().filter(organisation=owned.organisation_id).exclude(person=subject)
        if not others.filter(role=Membership.Role.OWNER).exists():
            heir = others.order_by("since", "pk").first()
            if heir is not None:
                Membership.objects.filter(pk=heir.pk).update(role=Membership.Role.OWNER)
    return int(rows._raw_delete(rows.db))


register.erases(Membership, _leave)
