"""Take out what is due: the entry in the ledger first, then the bytes.

One recipient that is down keeps none of the others waiting.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.record import record
from kept.core.policy.model import Recipient
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, NotAllowed, VaultError
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.sealing.envelope import open_envelope
from kept.outbox import send_rules, transport
from kept.outbox.handing_over.disclosures import REMINDERS, Delivery, Disclosure, Notice
from kept.outbox.handing_over.transfers import RIGHT
from kept.sentences import sentence

CARRIER = SystemReader(job="outbox.transfers")
VERSION = 1


def carry(most: int = 50) -> int:
    """Deliver up to ``most`` things that are due, notices first. Returns how many arrived."""
    went, down = 0, set[str]()
    for _ in range(most):
        now = timezone.now()
        row: Delivery | None = Notice.claim(now, without=down) or Disclosure.claim(now, without=down)
        if row is None:
            break
        try:
            arrived = (
                tell(row) if isinstance(row, Notice) else hand(row) if isinstance(row, Disclosure) else False
            )
        except transport.NotDelivered as trouble:
            row.failed(trouble.type)  # type: ignore[attr-defined]
            down.add(row.recipient)
            continue
        went += arrived
    return went


def hand(row: Disclosure) -> bool:
    """One disclosure. False when it may not go, or is for people to carry. Raises NotDelivered."""
    ruling = versions.current()
    try:
        whom = send_rules.check_all(
            ruling, row.recipient, purpose=row.purpose, at=timezone.localdate(), collected=row.collected
        )
        if not whom.endpoint:
            row.hand_over(untried=True)
            return False
        values = _record_and_open(row)
    except (send_rules.DoorClosed, VaultError) as closed:
        # She said no, her key is gone, a contract ended: it does not go, and does not wait for the day it
        # might.
        row.stop(type(closed).__name__)
        return False
    _send(
        row, whom, {"kind": "disclosure", "values": values, "purpose": row.purpose, "policy": ruling.number}
    )
    return True


def tell(row: Notice) -> bool:
    """One notice. False when it is for people to carry. Raises NotDelivered."""
    whom = versions.current().policy.recipients.get(row.recipient)
    if whom is None or not whom.endpoint or (row.reminding and row.reminders >= REMINDERS):
        row.hand_over("Unacknowledged" if row.reminding else "", untried=True)
        return False
    try:
        said = _record_notice(row)
    except KeyErased:
        # What it was about is erased since, and that is told by a notice of its own.
        row.stop("KeyErased")
        return False
    _send(row, whom, {"kind": row.kind, "reminder": row.reminders + 1 if row.reminding else 0, **said})
    return True


def _record_and_open(row: Disclosure) -> dict[str, Any]:
    """The values in the clear. Their entry is in the ledger when this returns, so before a byte leaves."""
    with gate.purpose(row.purpose, reader=CARRIER, about=Job(f"transfer {row.pk}")) as act:
        act.kind = "disclosed"
        again = {"again": True} if row.attempts > 1 else {}
        act.touch(row.subject, what=sentence("Handed over"), recipient=row.recipient, **again)
        return open_envelope(row.subject, row.pk, bytes(row.values or b""))


def _record_notice(row: Notice) -> dict[str, Any]:
    """What a notice says, on the record.

    New values go along only where they may: a recipient that may have nothing any more learns that what it
    has is wrong.
    """
    if row.subject is None:
        record_of_nobody(row)
        return {"fields": row.fields, "purposes": row.purposes}
    said = {"fields": row.fields, "purposes": row.purposes}
    if row.kind == Notice.Kind.CORRECTION and row.values is not None:
        try:
            return {**said, "values": _corrected(row)}
        except (send_rules.DoorClosed, NotAllowed) as closed:
            row.withheld, row.values = type(closed).__name__, None
            row._keep("withheld", "values")
    with gate.purpose(RIGHT, reader=CARRIER, about=Job(f"notice {row.pk}")) as act:
        act.kind = "disclosed"
        act.touch(row.subject, what=sentence("Told"), **_how(row))
    return said


def _corrected(row: Notice) -> dict[str, Any]:
    assert row.subject is not None and row.values is not None
    send_rules.check_all(versions.current(), row.recipient, purpose=row.purpose, at=timezone.localdate())
    with gate.purpose(row.purpose, reader=CARRIER, about=Job(f"notice {row.pk}")) as act:
        act.kind = "disclosed"
        act.touch(row.subject, what=sentence("Told"), **_how(row))
        return open_envelope(row.subject, row.pk, bytes(row.values))


def _how(row: Notice) -> dict[str, Any]:
    more = {"again": True} if row.attempts > 1 and not row.reminding else {}
    return {
        "recipient": row.recipient,
        "notice": row.kind,
        "fields_told": row.fields,
        "purposes_told": row.purposes,
        "reminder": row.reminding,
        **more,
    }


def record_of_nobody(row: Notice, *, role: str = CARRIER.role, entity: str = "") -> None:
    """Her part of the ledger leads nowhere any more: the entry says that a recipient was told, and of
    nobody.
    """
    record(
        "sent",
        purpose=RIGHT,
        role=role,
        entity=entity,
        about=f"notice {row.pk}",
        policy=versions.current().number,
        parts=[],
        payload={"recipient": row.recipient, "notice": row.kind, "reminder": row.reminding},
    )


def _send(row: Delivery, whom: Recipient, said: dict[str, Any]) -> None:
    at = timezone.now()
    message = {
        "kept": VERSION,
        "id": str(row.pk),
        "handle": row.handle,
        "recipient": row.recipient,
        "queued_at": row.queued_at.isoformat(timespec="microseconds"),
        "acknowledge": {
            "url": f"{settings.KEPT_SITE}{reverse('acknowledgement', args=[row.pk])}",
            "token": row.token,
        },
        **said,
    }
    reminder = said.get("reminder", 0)
    answer = transport.post(
        whom.endpoint,
        message,
        key=f"{row.pk}.{reminder}" if reminder else str(row.pk),
        at=int(at.timestamp()),
    )
    row.arrived(acknowledged=answer.acknowledges(row.token))
