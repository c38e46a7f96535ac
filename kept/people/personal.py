"""What is known about persons and organisations, and why.

The values themselves are sealed fields and say what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone

from kept.core import register
from kept.core.register.terms.event_dates import Latest
from kept.people.models import Membership, Organisation, Person
from kept.sentences import sentence

_REACHED = ("account", "security", "registration", "safety", "support", "sales", "requests", "news", "staff")
_POSTED = ("account", "registration", "safety", "requests")
_WRITTEN_TO = ("account", "registration", "support", "sales", "requests", "news", "staff")

register.holds(
    Person,
    subject="self",
    title=sentence("You"),
    purposes=("account", "registration", "safety", "support", "sales"),
    purposes_of={
        "name": _REACHED,
        "email": _REACHED,
        "address": _POSTED,
        "country": _POSTED,
        "language": _WRITTEN_TO,
    },
    columns={"language": "contact.preferences"},
    nobody={"controller": "Which company of the group answers; it follows from the region."},
)
register.holds(
    Organisation,
    subject="self",
    title=sentence("Your organisation"),
    purposes=("account", "registration", "safety", "support"),
    nobody={
        "controller": "Which company of the group answers; it follows from the region.",
        "number_compared_at": "When a job of ours compared its number with those of others.",
    },
)
register.holds(
    Membership,
    subject="person_id",
    title=sentence("Organisations you belong to"),
    purposes=("account", "registration"),
    columns={
        "organisation": "identity.organisation",
        "role": "identity.organisation",
        "since": "identity.organisation",
        "until": "identity.organisation",
    },
    nobody={
        "begun_by": (
            "The number of the membership in which somebody gave it: it is taken back when theirs was stolen."
        ),
        "ended_by": "The number of the membership in which somebody ended it, likewise.",
    },
    label=lambda row: sentence(
        "{role} since {day}", role=row.get_role_display(), day=timezone.localdate(row.since)
    ),
)


def _leave(subject: UUID, rows: QuerySet[Any]) -> int:
    """Nobody's erasure waits for an organisation: it keeps what is its own, and whoever has been there
    longest owns it from now on.
    """
    for owned in rows.filter(until=None, role=Membership.Role.OWNER):
        others = (
            Membership.objects.current().filter(organisation=owned.organisation_id).exclude(person=subject)
        )
        if not others.filter(role=Membership.Role.OWNER).exists():
            heir = others.order_by("since", "pk").first()
            if heir is not None:
                Membership.objects.filter(pk=heir.pk).update(role=Membership.Role.OWNER)
    return int(rows._raw_delete(rows.db))


register.erases(Membership, _leave)
register.born(Membership, at="since")


def withdrawn() -> Case:
    """A yes is withdrawn by the no after it; until then it holds."""
    later = apps.get_model("consent", "Choice").objects.filter(
        subject=OuterRef("subject"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    return Case(When(Q(answer="no") | Exists(later), then="at"), default=None, output_field=DateTimeField())


register.ends(
    Person,
    "consent.withdrawn",
    at=Latest(
        "consent_choice", link="subject", at=withdrawn, where=Q(purpose="news", answer__in=["yes", "no"])
    ),
)
# An organisation is there for its members.
register.ends(Organisation, "account.closed", at=Latest(Membership, link="organisation", at="until"))


def _corrected(field: str) -> Callable[[Organisation, Any], None]:
    def put(organisation: Organisation, value: Any) -> None:
        organisation.correct(field, organisation.fitting(field, value))

    return put


register.corrects(Organisation, **{field: _corrected(field) for field in Organisation.correctable})
