"""One key of the ledger follows another, as an act of the ledger: so an old checkpoint and an old key lead to
the new one.

The key's file comes first, and says what the ledger must say. Nothing is folded with a new key before the act
stands in the tree, so whatever the new key signs is of a ledger that says so, also where a database from
before was put back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from kept.core.ledger import versions
from kept.core.ledger.history import acts_of_nobody
from kept.core.ledger.models import Act, Touch
from kept.core.ledger.notes import checkpoint as checkpoints
from kept.core.ledger.notes import keyring, sign
from kept.core.ledger.notes.keyring import Succession, SuccessionWrong
from kept.core.ledger.record import record
from kept.core.ledger.tree import merkle, tiles
from kept.core.ledger.tree.row_format import unpack
from kept.core.ledger.verifying.offline import KEYS_FORMAT, OPEN_FORMAT, ROTATED

__all__ = ["ROTATED", "document", "findings", "tell", "tell_untold", "untold"]


def id_of(step: Succession) -> UUID:
    """The act's id, which follows from the note: told twice, it is one act."""
    return UUID(bytes=sha256(step.text.encode()).digest()[:16], version=4)


def tell(step: Succession) -> None:
    """Record it, in the caller's transaction."""
    said = {"note": step.text, "size": step.size}
    record(
        ROTATED,
        purpose="auditing",
        role="system",
        entity="",
        policy=versions.seen(),
        parts=[],
        payload=said,
        act_id=id_of(step),
    )


def untold() -> set[int]:
    """Rows of those that stand in no leaf yet; one that is not even recorded is recorded now.

    For whoever holds the fold.
    """
    steps = {id_of(step): step for step in sign.keys().steps}
    if not steps:
        return set()
    rows = dict(Act.objects.filter(id__in=steps).values_list("id", "seq"))
    if missing := [step for id, step in steps.items() if id not in rows]:
        for step in missing:
            tell(step)
        rows = dict(Act.objects.filter(id__in=steps).values_list("id", "seq"))
    return set(rows.values()) - set(
        Touch.objects.filter(mark=0, seq__in=rows.values()).values_list("seq", flat=True)
    )


def tell_untold() -> None:
    """Record what the key's file says and the ledger does not, as after a restore.

    For whoever is alone with the database.
    """
    with transaction.atomic():
        untold()


def document(checkpoint: str | None) -> dict[str, Any] | None:
    """How the keys followed each other, each act with its path to this checkpoint; None where there was one
    key, or none stands in it yet.
    """
    steps = sign.keys().steps
    if not steps or checkpoint is None:
        return None
    size = checkpoints.head_of(checkpoint).size
    acts = list(_proven([id_of(step) for step in steps], size))
    return {"format": KEYS_FORMAT, "checkpoint": checkpoint, "successions": acts} if acts else None


def _proven(ids: Collection[UUID], size: int) -> Iterator[dict[str, Any]]:
    nodes = tiles.reader()
    for seq, packed in Act.objects.filter(id__in=ids).order_by("seq").values_list("seq", "packed"):
        at = Touch.objects.filter(mark=0, seq=seq).values_list("leaf", flat=True).first()
        if at is not None and at < size:
            path = [step.hex() for step in merkle.inclusion(at, size, nodes)]
            yield {
                "format": OPEN_FORMAT,
                "header": unpack(bytes(packed)).header,
                "log": {"index": at, "size": size, "path": path},
            }


def findings() -> Iterator[str]:
    """Where the ledger and the key's file do not say the same of the keys.

    Raises RowBroken and what its kin do for a changed row.
    """
    keys, told = sign.keys(), set[str]()
    for act in acts_of_nobody([ROTATED]):
        text = str(act["payload"]["note"])
        told.add(text)
        try:
            step = keyring.read(text)
        except SuccessionWrong as wrong:
            yield f"An act of the ledger says that its key was rotated. {wrong}"
            continue
        if step not in keys.steps:
            yield (
                f"The ledger says that its key was rotated on {step.at:%-d %B %Y, %H:%M} UTC, and the signing"
                " key's file does not. Put the newest file back; if that is the newest, somebody else made"
                " that act."
            )
    for step in keys.steps:
        if step.text not in told:
            yield (
                f"The key was rotated on {step.at:%-d %B %Y, %H:%M} UTC, and the ledger does not say so yet:"
                " the next fold puts it there."
            )
