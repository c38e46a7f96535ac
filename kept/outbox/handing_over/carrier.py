"""Take out what is due: the entry in the ledger first, then the bytes.

One recipient that is down keeps none of the others waiting.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from itertools import islice
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
from kept.outbox.handing_over.transfers import RIGHT, categories_of
from kept.sentences import sentence

CARRIER = SystemReader(job="outbox.transfers")
VERSION = 1
AT_ONCE = 20


def carry(most: int = 50) -> int:
    """Deliver up to ``most`` things that are due, notices first. Returns how many arrived."""
    went, down = 0, set[str]()
    for row in islice(_claimed(down), most):
        try:
            went += tell(row) if isinstance(row, Notice) else hand(row) if isinstance(row, Disclosure) else 0
        except transport.NotDelivered as trouble:
            row.failed(trouble.type)  # type: ignore[attr-defined]
            down.add(row.recipient)
    return went


def _claimed(down: Collection[str]) -> Iterator[Delivery]:
    """What is due, each ours for a lease. Looked for some at a time: looking costs as much as sending.

    ``down``: recipients that nothing goes to any more this time; they may become more meanwhile.
    """
    found = True
    while found:
        found = False
        for model in (Notice, Disclosure):
            for row in model.waiting(timezone.now(), without=down, most=AT_ONCE):
                if row.recipient not in down and (mine := row.lease(timezone.now())) is not None:
                    found = True
                    yield mine


def hand(row: Disclosure) -> bool:
    """One disclosure. False when it may not go, or is for people to carry. Raises NotDelivered."""
    ruling = versions.current()
    try:
        whom = send_rules.check_all(
            ruling, row.recipient, purpose=row.purpose, at=timezone.localdate(), collected=row.collected
        )
        send_rules.check_kinds(ruling, row.recipient, purpose=row.purpose, categories=row.categories)
        if not whom.endpoint:
            row.hand_over(untried=True)
            return False
        said = {"kind": "disclosure", "purpose": row.purpose, "policy": ruling.number}
        body = _record_and_open(row, said)
    except (send_rules.DoorClosed, VaultError) as closed:
        # She said no, her key is gone, a contract ended: it does not go, and does not wait for the day it
        # might.
        row.stop(type(closed).__name__)
        return False
    _send(row, whom, body)
    return True


def tell(row: Notice) -> bool:
    """One notice. False when it is for people to carry. Raises NotDelivered."""
    whom = versions.current().policy.recipients.get(row.recipient)
    if whom is None or not whom.endpoint or (row.reminding and row.reminders >= REMINDERS):
        row.hand_over("Unacknowledged" if row.reminding else "", untried=True)
        return False
    reminder = row.reminders + 1 if row.reminding else 0
    try:
        body = _record_notice(row, {"kind": row.kind, "reminder": reminder})
    except KeyErased:
        # What it was about is erased since, and that is told by a notice of its own.
        row.stop("KeyErased")
        return False
    _send(row, whom, body, reminder)
    return True


def _record_and_open(row: Disclosure, said: Mapping[str, Any]) -> bytes:
    """The message with the values in the clear.

    Its entry, with its hash, is in the ledger when this returns, so before a byte leaves.
    """
    with gate.purpose(row.purpose, reader=CARRIER, about=Job(f"transfer {row.pk}")) as act:
        act.kind = "disclosed"
        again: dict[str, Any] = {"again": True} if row.attempts > 1 else {}
        values = open_envelope(row.subject, row.pk, bytes(row.values or b""))
        body = _message(row, {**said, "values": values})
        if row.approver:
            again["approver"] = row.approver
        act.touch(
            row.subject,
            what=sentence("Handed over"),
            recipient=row.recipient,
            sha256=row.sha256,
            **again,
        )
        return body


def _record_notice(row: Notice, told: Mapping[str, Any]) -> bytes:
    """What a notice says, on the record.

    New values go along only where they may: a recipient that may have nothing any more learns that what it
    has is wrong.
    """
    said = {**told, "fields": row.fields, "purposes": row.purposes}
    if row.subject is None:
        body = _message(row, said)
        record_of_nobody(row)
        return body
    if row.kind == Notice.Kind.CORRECTION and row.values is not None:
        try:
            return _corrected(row, said)
        except (send_rules.DoorClosed, NotAllowed) as closed:
            row.withheld, row.values = type(closed).__name__, None
            row._keep("withheld", "values")
    body = _message(row, said)
    with gate.purpose(RIGHT, reader=CARRIER, about=Job(f"notice {row.pk}")) as act:
        act.kind = "disclosed"
        act.touch(row.subject, what=sentence("Told"), **_how(row))
    return body


def _corrected(row: Notice, said: Mapping[str, Any]) -> bytes:
    assert row.subject is not None and row.values is not None
    ruling = versions.current()
    send_rules.check_all(ruling, row.recipient, purpose=row.purpose, at=timezone.localdate())
    kinds = categories_of(row.fields)
    send_rules.check_kinds(ruling, row.recipient, purpose=row.purpose, categories=kinds.values())
    with gate.purpose(row.purpose, reader=CARRIER, about=Job(f"notice {row.pk}")) as act:
        act.kind = "disclosed"
        values = open_envelope(row.subject, row.pk, bytes(row.values))
        body = _message(row, {**said, "values": values})
        act.touch(row.subject, what=sentence("Told"), **_how(row))
        return body


def _how(row: Notice) -> dict[str, Any]:
    more = {"again": True} if row.attempts > 1 and not row.reminding else {}
    return {
        "recipient": row.recipient,
        "notice": row.kind,
        "fields_told": row.fields,
        "purposes_told": row.purposes,
        "reminder": row.reminding,
        "sha256": row.sha256,
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
        payload={
            "recipient": row.recipient,
            "notice": row.kind,
            "reminder": row.reminding,
            "sha256": row.sha256,
        },
    )


def _message(row: Delivery, said: Mapping[str, Any]) -> bytes:
    """The very bytes that leave, whose hash the row keeps from here on."""
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
    body = json.dumps(message, ensure_ascii=False, sort_keys=True).encode()
    row.leaves_as(sha256(body).hexdigest())
    return body


def _send(row: Delivery, whom: Recipient, body: bytes, reminder: int = 0) -> None:
    answer = transport.post(
        whom.endpoint,
        body,
        key=f"{row.pk}.{reminder}" if reminder else str(row.pk),
        at=int(timezone.now().timestamp()),
    )
    now = int(timezone.now().timestamp())
    row.arrived(acknowledged=answer.acknowledges(row.token, keys=whom.keys, at=now))
