"""When a database had to be put back: the ledger goes on from what it still has, and says so."""

from __future__ import annotations

from bisect import bisect_right

from django.db import transaction
from django.utils import timezone

from kept.core import second_place
from kept.core.ledger import versions
from kept.core.ledger.models import FoldState
from kept.core.ledger.notes import checkpoint_copies, continuation, sign
from kept.core.ledger.notes.checkpoint_copies import Noted
from kept.core.ledger.notes.continuation import Continuation
from kept.core.ledger.record import record
from kept.core.ledger.tree import merkle, tiles


def go_on() -> Continuation | None:
    """Begin the named continuation of a ledger that is not the one the second place knows; None where there
    is nothing to continue.

    A second place that was lost begins anew. First the ledger says it, then the second place: killed in
    between, it is run again. Raises PlaceUnreachable; SigningRefused where what lies there is another
    portal's; NothingPublished, SigningKeyError.
    """
    if not checkpoint_copies.difference():
        return None
    with transaction.atomic():
        state = FoldState.objects.select_for_update().filter(pk=1).first() or FoldState.objects.create(pk=1)
        noted = checkpoint_copies.newest()
        if noted is None:
            FoldState.objects.filter(pk=1).update(noted=0)
            return None
        text = _said_before(noted, state.size) or _say(noted, state.size)
    file = checkpoint_copies.place()
    assert file is not None
    with second_place.held(file):
        second_place.append(file, checkpoint_copies.line_of(text))
    return continuation.read(text)


def _said_before(noted: Noted, size: int) -> str:
    """What a run that was killed has said in the ledger already."""
    for text in continuation.texts():
        said = continuation.read(text)
        if (said.ended_size, said.ended_root) == (noted.size, noted.root) and said.size <= size:
            return text
    return ""


def _say(noted: Noted, size: int) -> str:
    stands = _stands(size)
    root = merkle.root(stands, tiles.reader())
    said = Continuation(sign.signer().name, noted.size, noted.root, stands, root, timezone.now())
    text = continuation.write(said)
    record(
        continuation.KIND,
        purpose="auditing",
        role="system",
        entity="",
        policy=versions.current().number,
        parts=[],
        payload={"note": text, "ended": noted.size, "from": stands},
    )
    return text


def _stands(size: int) -> int:
    """The newest checkpoint of the second place that this tree still continues; 0 where it continues none."""
    nodes = tiles.reader()
    heads = sorted({(one.size, one.root) for one in checkpoint_copies.everything() if one.size <= size})

    def differs(head: tuple[int, bytes]) -> bool:
        return merkle.root(head[0], nodes) != head[1]

    # A tree that continues one of them continues all that are smaller, so the first that differs is found by
    # halving.
    at = bisect_right(heads, False, key=differs)
    return heads[at - 1][0] if at else 0
