"""Signed checkpoints on the tree: origin, size, root (and time) as C2SP ``tlog-checkpoint`` writes them, in a signed note."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from django.utils import timezone

from kept.core.ledger import note, sign
from kept.core.ledger.models import Checkpoint
from kept.core.ledger.offline import Head, ProofBroken, read_head
from kept.core.prepared import Prepared, add

_LATEST = Prepared(lambda: Checkpoint.objects.order_by("-size").values_list("note")[:1])


def latest() -> str | None:
    """The newest checkpoint, a signed note of a few lines; None before the first fold."""
    found = _LATEST.first()
    return found[0] if found else None


def head_of(checkpoint: str) -> Head:
    """Origin, size and root of one of our own checkpoints. Raises ProofBroken."""
    return read_head(checkpoint, sign.public_key())


def write(size: int, root: bytes) -> Checkpoint:
    """Sign and keep a checkpoint, in the caller's transaction. Raises SigningKeyError."""
    key = sign.signer()
    at = timezone.now()
    row = Checkpoint(size=size, root=root, at=at, note=note.sign_note(key, _text(key.name, size, root, at)))
    add(row)
    return row


def stands(row: Checkpoint) -> Head:
    """The head that was signed, once signature and columns agree. Raises ProofBroken."""
    head = head_of(row.note)
    if row.note.partition("\n\n")[0] + "\n" != _text(head.origin, row.size, bytes(row.root), row.at):
        raise ProofBroken("its columns do not say what was signed.")
    return head


def _text(origin: str, size: int, root: bytes, at: datetime) -> str:
    """The time is an extension line, which C2SP lets readers pass over."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n{at.astimezone(UTC).isoformat(timespec='microseconds')}\n"
