"""Give a receipt, go on with one, and hand one out with its place in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.notes import checkpoint as checkpoints
from kept.core.ledger.notes import sign, succession
from kept.core.ledger.record import Part, record
from kept.core.ledger.tree.proof import NotProven, prove
from kept.core.prepared import add
from kept.rights.receipts import document
from kept.rights.receipts.models import Receipt, new_number
from kept.rights.receipts.offline import statement


def give(
    kind: str,
    *,
    controller: str,
    at: datetime | None = None,
    act: UUID | None = None,
    purposes: Sequence[str] = (),
    notice: Mapping[str, str] | None = None,
    control: str = "",
    more: Mapping[str, Any] | None = None,
    ruling: versions.Ruling | None = None,
    number: str = "",
) -> Receipt:
    """Sign a receipt, in the caller's transaction.

    ``notice``: hash, language, clause of what was shown. ``more``: plain words and days.

    ``ruling``: what the caller went by, where it was asked already. ``number``: one of ``new_number``, where
    it had to be told before. Nothing in it may name a person. Raises SigningKeyError without a key, KeyError
    for a company the policy does not know.
    """
    said: dict[str, Any] = {
        "controller": controller,
        "purposes": purposes,
        "notice": notice,
        "control": control,
        "more": more or {},
    }
    return _write(
        ruling or versions.current(), number or new_number(), 1, kind, at or timezone.now(), act, **said
    )


def go_on(
    receipt: Receipt, *, controller: str, more: Mapping[str, Any], at: datetime | None = None
) -> Receipt:
    """The next part of a receipt: what has become true since. The earlier parts stay as they were given."""
    said: dict[str, Any] = {
        "controller": controller,
        "purposes": (),
        "notice": None,
        "control": "",
        "more": more,
    }
    return _write(
        versions.current(),
        receipt.number,
        receipt.part + 1,
        receipt.kind,
        at or timezone.now(),
        receipt.act,
        **said,
    )


def _write(
    ruling: versions.Ruling,
    number: str,
    part: int,
    kind: str,
    at: datetime,
    act: UUID | None,
    *,
    control: str,
    **said: Any,
) -> Receipt:
    address = settings.KEPT_SITE + (control or reverse("receipt", args=[number]))
    text = sign.sign_note(
        statement(
            document.write(
                ruling.policy,
                number=number,
                part=part,
                kind=kind,
                at=at,
                version=ruling.number,
                control=address,
                **said,
            )
        )
    )
    with transaction.atomic(savepoint=False):
        # Under a name made from the number, as if the receipt were a person: found and proven like anybody's
        # entry, with no one's key.
        own = Part(
            _name(number, b"alias")[:16],
            _name(number, b"salt"),
            {"receipt": number, "part": part, "sha256": sha256(text.encode()).hexdigest()},
        )
        entry = record(
            "receipt",
            purpose="",
            role="system",
            entity=said["controller"],
            policy=ruling.number,
            parts=[own],
            at=at,
        )
        receipt = Receipt(number=number, part=part, kind=kind, at=at, act=act, entry=entry, text=text)
        add(receipt)
    return receipt


def handed_out(receipt: Receipt) -> dict[str, Any]:
    """What ``kept verify`` reads: the signed text, and once it is folded, the proof of its entry with the
    checkpoint it was made for.
    """
    found: dict[str, Any] = {"receipt": receipt.text, "proof": None, "checkpoint": None}
    checkpoint = checkpoints.latest()
    if checkpoint and receipt.entry:
        try:
            found["proof"] = prove(
                receipt.entry,
                _name(receipt.number, b"alias")[:16],
                _name(receipt.number, b"salt"),
                checkpoint=checkpoint,
            )
            found["checkpoint"] = checkpoint
            if keys := succession.document(checkpoint):
                found["keys"] = keys
        except NotProven:
            pass  # The fold comes by in a second or so; the signature holds meanwhile.
    return found


def _name(number: str, use: bytes) -> bytes:
    """32 bytes that whoever has the number can make."""
    return sha256(b"kept receipt " + use + b" " + number.encode()).digest()
