"""What people do where no machine listens: open what a recipient is to be told, tell them, and say so.

Opening it is on the record as the handing over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.register.hooks.desk import together
from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.core.vault.sealing.envelope import open_envelope
from kept.outbox import send_rules
from kept.outbox.handing_over.carrier import record_of_nobody
from kept.outbox.models import Disclosure, Notice
from kept.rights.correction.models import Correction
from kept.rights.requests.course.verbs import PURPOSE
from kept.sentences import sentence

NOTICES = ("controller",)
REASON = "a recipient without a machine is told by hand"
Item = Disclosure | Notice


@dataclass(frozen=True, slots=True)
class Opened:
    """What they are told. ``values`` by field id; ``note`` where something is left out."""

    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def waiting(role: str) -> list[Item]:
    """What waits for a role: disclosures for whoever may read for their purpose, notices for the controllers.

    Oldest first.
    """
    open_, mine = _of(role)
    found: list[Item] = list(
        Disclosure.objects.filter(open_, sent_at=None, purpose__in=mine).order_by("queued_at")[:100]
    )
    if role in NOTICES:
        found += Notice.objects.filter(open_).order_by("queued_at")[:100]
    return sorted(found, key=lambda one: one.queued_at)


def _of(role: str) -> tuple[Q, list[str]]:
    """What is open, and the purposes the role may read for."""
    purposes = versions.current().policy.purposes.values()
    return Q(by_hand=True, acknowledged_at=None, stopped_at=None), [
        purpose.id for purpose in purposes if role in purpose.read_by
    ]


def count(role: str) -> int:
    """As many as ``waiting`` would list."""
    open_, mine = _of(role)
    notices = Notice.objects.filter(open_) if role in NOTICES else Notice.objects.none()
    return together(Disclosure.objects.filter(open_, sent_at=None, purpose__in=mine), notices)


def find(role: str, id: UUID) -> Item | None:
    """One of those that wait for a role."""
    return next((one for one in waiting(role) if one.pk == id), None)


def needs_opening(item: Item) -> bool:
    """Whether there is something to show that was not shown yet, nor sent by a machine."""
    return not item.attempts and (isinstance(item, Disclosure) or item.kind == Notice.Kind.CORRECTION)


def open_item(item: Item, *, by: StaffReader) -> Opened:
    """What to tell them; it counts as told from here on.

    Raises DoorClosed, NotAllowed, KeyErased: then it is not told.
    """
    opened = Opened(_handed(item, by)) if isinstance(item, Disclosure) else _corrected(item, by)
    item.opened_by_hand()
    return opened


def _corrected(item: Notice, by: StaffReader) -> Opened:
    if item.kind != Notice.Kind.CORRECTION or item.subject is None:
        return Opened()
    correction = Correction.objects.filter(pk=item.about).first() if item.about else None
    closed = ""
    try:
        send_rules.check_all(
            versions.current(), item.recipient, purpose=item.purpose, at=timezone.localdate()
        )
    except send_rules.DoorClosed as said:
        closed = str(said)
    with gate.purpose(PURPOSE, reader=by, about=item, reason=REASON) as act:
        act.kind = "disclosed"
        act.touch(
            item.subject, what=sentence("Told"), recipient=item.recipient, notice=item.kind, by_hand=True
        )
        if closed or correction is None:
            return Opened(
                note=(
                    _("Tell them that what they have is wrong, and not what is right.") + f" {closed}"
                ).strip()
            )
        return Opened({correction.field_id: correction.after})


def _handed(item: Disclosure, by: StaffReader) -> dict[str, Any]:
    send_rules.check_all(
        versions.current(),
        item.recipient,
        purpose=item.purpose,
        at=timezone.localdate(),
        collected=item.collected,
    )
    with gate.purpose(item.purpose, reader=by, about=item, reason=REASON) as act:
        act.kind = "disclosed"
        act.touch(item.subject, what=sentence("Handed over"), recipient=item.recipient, by_hand=True)
        return open_envelope(item.subject, item.pk, bytes(item.values or b""))


def done(item: Item, *, by: StaffReader) -> None:
    """They were told: on the record first, then off the list.

    Raises NotShown for what nobody has looked at.
    """
    if needs_opening(item):
        raise NotShown(_("Show first what to tell them: it is put on the record then."))
    if isinstance(item, Notice) and item.kind != Notice.Kind.CORRECTION:
        if item.subject is None:
            record_of_nobody(item, role=by.role, entity=by.entity)
        else:
            with gate.purpose(PURPOSE, reader=by, about=item) as act:
                act.kind = "disclosed"
                act.touch(item.subject, what="Told", recipient=item.recipient, notice=item.kind, by_hand=True)
    type(item)._default_manager.filter(pk=item.pk, acknowledged_at=None).update(done_by=by.role)
    item.acknowledge(timezone.now())


class NotShown(Exception):
    """Nobody has seen yet what they are told, so nobody can have told it."""
