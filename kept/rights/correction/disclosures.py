"""Where the data of one person went: each recipient by name, with every disclosure and what they were told
since.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept.core.policy.model import SERVICES, Policy
from kept.core.policy.render import KIND_WORDS
from kept.core.register.inventory import personal_columns
from kept.outbox.models import Disclosure, Message, Notice
from kept.rights.access.records import name_of


@dataclass(frozen=True, slots=True)
class Sent:
    """One disclosure.

    ``what``: the names of the values; ``state`` a mark of the pages, ``word`` what stands beside it.
    """

    at: datetime
    purpose: str
    clause: str
    what: tuple[str, ...]
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Told:
    """One notice: what it was about, and whether they have acknowledged it."""

    recipient: str
    at: datetime
    what: str
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class Mail:
    """The mails it carried, counted."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """One recipient, as the policy names it. ``handle`` is what it calls the person."""

    title: str
    legal_name: str
    kind: str
    country: str
    tasks: str
    handle: str
    sent: tuple[Sent, ...]
    told: tuple[Told, ...]
    mail: Mail | None


KINDS = {
    "correction": gettext_lazy("Corrected: {values}"),
    "erasure": gettext_lazy("Erased"),
    "restriction": gettext_lazy("To be used no longer: {values}"),
    "lifting": gettext_lazy("May be used again: {values}"),
}


def recipients(subject: UUID, policy: Policy) -> list[Known]:
    """Everybody who has, or may have, anything of hers; whoever has it since latest first. Four queries."""
    disclosures, notices = defaultdict(list), defaultdict(list)
    handles: dict[str, str] = {}
    for row in Disclosure.objects.filter(subject=subject).order_by("-queued_at"):
        disclosures[row.recipient].append(row)
        handles[row.recipient] = row.handle
    for notice in Notice.objects.filter(subject=subject).order_by("-queued_at"):
        notices[notice.recipient].append(notice)
    carried = (
        Message.objects.filter(subject=subject)
        .exclude(recipient="")
        .exclude(delivered_at=None)
        .values("recipient")
    )
    mails = {
        one["recipient"]: Mail(one["count"], one["first"], one["last"])
        for one in carried.annotate(count=Count("pk"), first=Min("delivered_at"), last=Max("delivered_at"))
    }
    names = names_by_field()
    every = list(dict.fromkeys([*disclosures, *notices, *mails]))
    return [
        _known(policy, id, handles.get(id, ""), disclosures[id], notices[id], mails.get(id), names)
        for id in every
    ]


def told_of(about: UUID, policy: Policy) -> list[Told]:
    """Whom a correction was passed on to, and what they said."""
    names = names_by_field()
    return [_told(one, names, policy) for one in Notice.objects.filter(about=about).order_by("queued_at")]


def names_by_field() -> dict[str, str]:
    return {column.field_id: name_of(column) for _, column in personal_columns()}


def _known(
    policy: Policy,
    id: str,
    handle: str,
    disclosures: list[Disclosure],
    notices: list[Notice],
    mail: Mail | None,
    names: dict[str, str],
) -> Known:
    whom = policy.recipients.get(id)
    tasks = ", ".join(str(SERVICES[service]) for service in whom.services) if whom else ""
    return Known(
        title=whom.title if whom else id,
        legal_name=whom.legal_name if whom else _("No longer a recipient of the policy in force"),
        kind=KIND_WORDS[whom.kind] if whom else "",
        country=whom.country if whom else "",
        tasks=tasks,
        handle=handle,
        sent=tuple(_sent(policy, row, names) for row in disclosures),
        told=tuple(_told(row, names, policy) for row in notices),
        mail=mail,
    )


def _sent(policy: Policy, row: Disclosure, names: dict[str, str]) -> Sent:
    purpose = policy.purposes.get(row.purpose)
    what = tuple(dict.fromkeys(names.get(name, name) for name in row.fields))
    state = (
        ("kept", _("Received"))
        if row.acknowledged_at
        else ("kept", _("Sent"))
        if row.sent_at
        else ("waiting", _("On its way"))
    )
    if row.by_hand and not row.sent_at:
        state = ("waiting", _("Waits for our staff"))
    if row.stopped_at and not row.sent_at:
        why = STOPPED.get(row.trouble, gettext_lazy("it could not be delivered"))
        state = ("broken", _("Not sent: {why}").format(why=why))
    return Sent(
        row.sent_at or row.stopped_at or row.queued_at,
        purpose.title if purpose else row.purpose,
        purpose.clause if purpose else "",
        what,
        *state,
    )


STOPPED = {
    "NotAllowed": gettext_lazy("your choices or the policy did not allow it"),
    "DoorClosed": gettext_lazy("the policy or a contract did not allow it"),
    "KeyErased": gettext_lazy("it was erased before"),
    "Erased": gettext_lazy("it was erased before"),
}


def _told(row: Notice, names: dict[str, str], policy: Policy) -> Told:
    uses = (f"“{policy.purposes[id].title}”" for id in row.purposes if id in policy.purposes)
    what = ", ".join(dict.fromkeys(names.get(name, name) for name in row.fields)) or ", ".join(uses)
    whom = policy.recipients.get(row.recipient)
    if row.acknowledged_at:
        state = ("kept", _("Acknowledged"))
    elif row.stopped_at:
        state = ("broken", _("Overtaken by an erasure"))
    elif row.by_hand:
        state = ("waiting", _("Our staff are telling them"))
    else:
        state = ("waiting", _("Told, and reminded until they answer") if row.sent_at else _("Being told"))
    return Told(
        whom.title if whom else row.recipient,
        row.acknowledged_at or row.sent_at or row.queued_at,
        str(KINDS[row.kind]).format(values=what),
        *state,
    )
