"""The desk's side: the recipients as the policy and the contracts have them today, and what went to each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.policy.endings import SOON, endings
from kept.core.policy.model import SERVICES, Policy, Recipient
from kept.core.policy.render import recipient_state
from kept.core.register.hooks.desk import desk_queue
from kept.disclosures.models import Demand
from kept.outbox.models import Disclosure, Notice
from kept.sentences import sentence

ROLES = ("controller", "officer")
LATELY = timedelta(days=365)
TOLD_FOR = timedelta(days=14)
"""So long what did not go, or was denied, counts as something to look at."""


@desk_queue("disclosures", title=sentence("Disclosures"), roles=ROLES, url="desk-disclosures")
def waiting(reader: object) -> int:
    """What did not go because of a contract or the policy, and what a recipient says it does not have."""
    since = timezone.now() - TOLD_FOR
    closed = Q(stopped_at__gte=since, trouble="DoorClosed")
    return Disclosure.objects.filter(closed | Q(denied_at__gte=since)).count()


@desk_queue("authorities", title=sentence("Authorities"), roles=ROLES, url="desk-authorities")
def demands_waiting(reader: Any) -> int:
    """Demands that a second person of the same company has to decide."""
    return Demand.objects.filter(
        entity=reader.entity, granted_at=None, refused_at=None, closed_at=None
    ).count()


@dataclass(frozen=True, slots=True)
class Registered:
    """A recipient: what binds it, what it may have, what it received in a year, and what waits."""

    recipient: Recipient
    tasks: str
    kinds: tuple[str, ...]
    state: str
    word: str
    sent: int
    waiting: int
    unacknowledged: int
    denied: int


def registered(policy: Policy, today: date) -> list[Registered]:
    """Every recipient of the policy, those that nothing goes to first."""
    since = timezone.now() - LATELY
    rows = Disclosure.objects.filter(queued_at__gte=since)
    sent = _count(rows.filter(sent_at__isnull=False))
    waiting = _count(rows.filter(sent_at=None, stopped_at=None))
    silent = _count(Notice.objects.filter(acknowledged_at=None, stopped_at=None))
    denied = _count(rows.filter(denied_at__isnull=False))
    soon = {one.id: one for one in endings(policy, today, within=SOON) if one.last >= today}
    found = []
    for one in policy.recipients.values():
        closed = recipient_state(one, today)
        state = "broken" if closed else "waiting" if one.id in soon else "kept"
        word = closed or (str(soon[one.id].heading) if one.id in soon else _("In force"))
        kinds = tuple(policy.categories[kind].title for kind in one.receives)
        tasks = ", ".join(str(SERVICES[service]) for service in one.services)
        counts = (sent[one.id], waiting[one.id], silent[one.id], denied[one.id])
        found.append(Registered(one, tasks, kinds, state, word, *counts))
    return sorted(found, key=lambda one: (one.state != "broken", one.state != "waiting"))


def _count(rows: object) -> Counter[str]:
    return Counter(rows.values_list("recipient", flat=True))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Listed:
    """One disclosure as the list shows it: to whom, what for, which fields; never whose."""

    row: Disclosure
    recipient: str
    purpose: str
    fields: tuple[str, ...]
    state: str
    word: str


def listed(policy: Policy, names: dict[str, str], *, only: str = "", most: int = 100) -> list[Listed]:
    """The newest disclosures, of everybody; ``only``: "stopped" or "waiting"."""
    rows = Disclosure.objects.order_by("-queued_at")
    if only == "stopped":
        rows = rows.filter(Q(stopped_at__isnull=False) | Q(denied_at__isnull=False))
    elif only == "waiting":
        rows = rows.filter(sent_at=None, stopped_at=None)
    return [_listed(row, policy, names) for row in rows[:most]]


def _listed(row: Disclosure, policy: Policy, names: dict[str, str]) -> Listed:
    whom, purpose = policy.recipients.get(row.recipient), policy.purposes.get(row.purpose)
    return Listed(
        row,
        whom.title if whom else row.recipient,
        purpose.title if purpose else row.purpose,
        tuple(names.get(id, id) for id in row.fields),
        *_state(row),
    )


def _state(row: Disclosure) -> tuple[str, str]:
    if row.denied_at:
        return "broken", _("They say they do not have it")
    if row.stopped_at:
        return "broken", _("Not sent")
    if row.acknowledged_at:
        return "kept", _("Acknowledged")
    return ("kept", _("Sent")) if row.sent_at else ("waiting", _("On its way"))
