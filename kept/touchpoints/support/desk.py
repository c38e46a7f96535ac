"""The desk's side: cases that wait for us, calls to make, and the cases of whoever a matter is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from kept.core.register.hooks.desk import desk_finder, desk_panel, desk_queue, together
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk import queues
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.mail_intake import REFERENCE
from kept.touchpoints.support.models import Case
from kept.touchpoints.support.phone_system.models import Ring

MOST = 10


@desk_queue("cases", title=sentence("Cases"), roles=topics.ROLES, url="desk-cases")
def waiting(reader: Any) -> int:
    return int(queues.waiting(reader).count())


def _leads_to(reader: Any, text: str) -> str:
    """A case of the reader's own queue, by its reference."""
    reference = text.upper()
    if reader.role not in topics.ROLES or not REFERENCE.fullmatch(reference):
        return ""
    mine = Case.objects.filter(kind=topics.KIND_OF[reader.role], entity=reader.entity, reference=reference)
    return reverse("desk-case", args=[reference]) if mine.exists() else ""


@desk_finder("cases", title=sentence("Reference of a case"), leads_to=_leads_to)
def whose_case(text: str) -> Sequence[UUID]:
    """Whose case has this reference."""
    if not REFERENCE.fullmatch(text.strip()):
        return []
    return list(Case.objects.filter(reference=text.strip().upper()).values_list("person_id", flat=True))


@desk_panel(
    "cases",
    title=sentence("Cases"),
    roles=topics.ROLES,
    purposes=("support", "sales"),
    template="support/desk/panel.html",
)
def cases(matter: Any, person: Any) -> Mapping[str, Any]:
    """Inside the matter's act: what they asked and is open, by reference; a case is opened by itself."""
    kind = topics.SALES if matter.purpose == "sales" else topics.SERVICE
    rows = Case.objects.open().filter(person=person, kind=kind, merged_into=None).order_by("-worked_at")
    return {"cases": list(rows[:MOST])}


@desk_queue("calls", title=sentence("Calls"), roles=topics.ROLES, url="desk-calls")
def to_call(reader: Any) -> int:
    due = Call.objects.filter(
        kind=topics.KIND_OF[reader.role], entity=reader.entity, next_at__lte=timezone.now()
    )
    to_make = due.filter(next_done_at=None).exclude(next_step=Call.Next.NONE)
    rings = Ring.objects.ringing(topics.KIND_OF[reader.role], reader.entity)
    return together(to_make, rings)
