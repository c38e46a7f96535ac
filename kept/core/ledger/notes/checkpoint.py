"""Signed checkpoints on the tree: origin, size, root as C2SP ``tlog-checkpoint`` writes them, in a signed
note.

Two extension lines, which C2SP lets readers pass over: the time, and the checkpoint before this one (its
size, and the SHA-256 of the text that was signed), so that none can be taken away unseen. Ledgers older than
this rule have a first part without.
"""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from hashlib import sha256

from django.utils import timezone

from kept.core.ledger.models import Checkpoint
from kept.core.ledger.notes import sign, signed_note
from kept.core.ledger.verifying.offline import Head, ProofBroken, read_head
from kept.core.prepared import Prepared, add

_LATEST = Prepared(lambda: Checkpoint.objects.order_by("-size").values_list("size", "note")[:1])
NOTHING = "after 0"
"""What the first checkpoint of all says of the one before."""
_AFTER = re.compile(r"after 0|after [1-9][0-9]* [A-Za-z0-9+/]{43}=")


def latest() -> str | None:
    """The newest checkpoint, a signed note of a few lines; None before the first fold."""
    found = _LATEST.first()
    return found[1] if found else None


def latest_row() -> tuple[int, str] | None:
    """Size and note of the newest checkpoint; None before the first fold."""
    found = _LATEST.first()
    return (found[0], found[1]) if found else None


def head_of(checkpoint: str) -> Head:
    """Origin, size and root of one of our own checkpoints. Raises ProofBroken."""
    return read_head(checkpoint, sign.keys())


def write(size: int, root: bytes) -> Checkpoint:
    """Sign and keep a checkpoint that continues the latest, in the caller's transaction.

    Raises SigningKeyError.
    """
    key = sign.signer()
    at = timezone.now()
    before = _LATEST.first()
    if before and not sign.keys().knows(before[1]):
        raise sign.SigningKeyError(
            "The newest checkpoint of this ledger was signed with a key that the signing key's file does not"
            " know, so nothing is signed: the key was rotated. Put the newest file back."
        )
    after = naming(*before) if before else NOTHING
    row = Checkpoint(
        size=size,
        root=root,
        at=at,
        note=signed_note.sign_note(key, f"{_text(key.name, size, root, at)}{after}\n"),
    )
    add(row)
    return row


def stands(row: Checkpoint) -> tuple[Head, str]:
    """The head that was signed, and what it says of the checkpoint before ("" in older ones).

    Raises ProofBroken.

    Signature and columns must agree, and nothing else may stand in the note: whatever anybody adds to it is
    found.
    """
    head = head_of(row.note)
    text = body(row.note)
    plain = _text(head.origin, row.size, bytes(row.root), row.at)
    after = text.removeprefix(plain).removesuffix("\n")
    if not text.startswith(plain) or (after and not _AFTER.fullmatch(after)):
        raise ProofBroken("its columns do not say what was signed.")
    if not signed_note.stands_alone(row.note, head.origin):
        raise ProofBroken("a line was added to what was signed.")
    return head, after


def naming(size: int, checkpoint: str) -> str:
    """The line by which the next checkpoint names this one."""
    return f"after {size} {base64.b64encode(sha256(body(checkpoint).encode()).digest()).decode()}"


def body(checkpoint: str) -> str:
    """The text of a note, which is what its signatures are over."""
    return checkpoint.rpartition("\n\n")[0] + "\n"


def _text(origin: str, size: int, root: bytes, at: datetime) -> str:
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n{when}\n"
