"""Derive the whole ledger again from its rows, and name everything that differs: one changed byte in any row,
index entry, tile, checkpoint or version is found, and so is an act that was pruned before its term. A
checkpoint kept elsewhere (every mail carries one) catches an owner who rewrites it all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Max
from django.utils import timezone

from kept.core.ledger.fold import cluster
from kept.core.ledger.history import acts_of_nobody
from kept.core.ledger.models import Act, Checkpoint, FoldState, Tile, Touch
from kept.core.ledger.notes import checkpoint as checkpoints
from kept.core.ledger.notes import checkpoint_copies, sign, succession
from kept.core.ledger.snapshot import one_moment
from kept.core.ledger.tree import merkle, row_checks, tiles
from kept.core.ledger.tree.row_format import PRUNED, RowBroken
from kept.core.ledger.verifying.evidence import Evidence
from kept.core.ledger.verifying.offline import ProofBroken
from kept.core.ledger.versions import VersionBroken, all_versions, examine, misspelled
from kept.sentences import counted, sentence

_PRUNED = bytes((PRUNED,))
# More than this many findings say nothing new.
MOST = 200
_AT_ONCE = 2048


def verify(*, last: int | None = None, elsewhere_too: bool = True, now: datetime | None = None) -> list[str]:
    """Every finding, one sentence each; [] means the ledger holds.

    ``last``: look at the newest leaves only, for a quick answer; ``now``: no pruning may be dated after it.

    ``elsewhere_too``: hold it against the second place as well, where every checkpoint was written down.
    Reads everything once: about 10 seconds for a million acts. Raises SigningKeyError when there is no key to
    check with.
    """
    sign.public_key()
    # Before the moment: what is written down there was here before, and in a moment before that it was not.
    there = list(_elsewhere(whole=last is None)) if elsewhere_too else []
    with one_moment():
        return _verified(there, last, now)


def _verified(there: list[str], last: int | None, now: datetime | None) -> list[str]:
    state = FoldState.objects.filter(pk=1).first() or FoldState()
    found: list[str] = []
    for finding in chain(there, _findings(state, max(0, state.size - last) if last is not None else 0, now)):
        found.append(finding)
        if len(found) == MOST:
            return [*found, f"There is more; only the first {MOST} findings are shown."]
    return found


def intact(last: int = 10_000) -> tuple[bool | None, str]:
    """For the proof of P17 and S19: does the ledger hold, and a figure.

    Checks the newest ``last`` acts, all versions and checkpoints.

    None while nothing is signed yet: that nothing disagrees says nothing then.
    """
    there = list(_elsewhere(whole=False))
    with one_moment():
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        found = [*there, *verify(last=last, elsewhere_too=False, now=timezone.now())]
    if not found and not size:
        return None, sentence("0 entries, nothing signed yet")
    return not found, found[0] if found else counted("{n:,} entry, signed", "{n:,} entries, signed", size)


def _findings(state: FoldState, start: int, now: datetime | None) -> Iterator[str]:
    evidence = Evidence(now=now)
    yield from _readable("successions of keys", _successions())
    yield from _readable("versions", _versions())
    yield from _readable("rows", row_checks.leaves(state, start // tiles.WIDTH * tiles.WIDTH, evidence))
    yield from _readable("rows that wait", _waiting(state))
    yield from _readable("pruned rows", evidence.findings(all_seen=start == 0))
    yield from _readable("tiles", _tiles(state, start))
    yield from _readable("checkpoints", _checkpoints(state))
    yield from _readable("bookkeeping", _bookkeeping(state))


def _elsewhere(*, whole: bool) -> Iterator[str]:
    """What the second place knows, and this ledger does not bear out.

    It comes first: it says what happened to the rest.
    """
    yield from _readable("lines in the second place", checkpoint_copies.findings(whole=whole))


def _readable(what: str, found: Iterator[str]) -> Iterator[str]:
    """A column changed into something that is no time, id or text is a finding too, not an accident."""
    try:
        yield from found
    except (ValueError, TypeError, AttributeError, DatabaseError) as wrong:
        yield f"The ledger's {what} cannot be read any further: {type(wrong).__name__}."


def _successions() -> Iterator[str]:
    try:
        yield from succession.findings()
    except (RowBroken, LookupError):
        yield "The acts that say how the ledger's keys followed each other cannot be read."


def _versions() -> Iterator[str]:
    rows = sorted(all_versions(), key=lambda row: row.number)
    for row in rows:
        try:
            examine(row)
        except VersionBroken as broken:
            yield str(broken)
    for number in misspelled():
        yield f"Version {number} of the policy: its files are not stored as they were published."
    stored = {row.number: (row.identity, row.effective.isoformat()) for row in rows}
    try:
        acts = {
            act["payload"]["number"]: (act["payload"]["identity"], act["payload"]["effective"])
            for act in acts_of_nobody(["published"])
        }
    except (RowBroken, IndexError, KeyError, ValueError):
        yield "The acts of publishing cannot be read, so the versions cannot be compared with them."
        return
    for number in sorted(stored.keys() | acts.keys()):
        if stored.get(number) != acts.get(number):
            yield f"Version {number} of the policy and the ledger's act of publishing it do not say the same."


def _waiting(state: FoldState) -> Iterator[str]:
    """Rows that are not folded yet match their own digest; and no row was left out of the tree."""
    total = Act.objects.count()
    waiting = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq FROM ledger_act WHERE (tx = %s AND seq > %s) OR tx > %s",
            [state.tx, state.seq, state.tx],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(numbers), _AT_ONCE):
        for act in Act.objects.filter(seq__in=numbers[start : start + _AT_ONCE]).order_by("seq"):
            waiting += 1
            problem = row_checks.problem_of(bytes(act.packed), act.id, act.at, [], None)
            if problem:
                yield f"Row {act.seq} (not folded yet): {problem}"
            elif connection.vendor == "sqlite" and act.tx not in (1, 2):
                yield f"Row {act.seq} (not folded yet): its place in the order of transactions was changed."
    if total - waiting != state.size:
        yield f"{total - waiting} rows should be in the tree, and {state.size} are."


def _tiles(state: FoldState, start: int) -> Iterator[str]:
    """Each level follows from the one below, has as many hashes as the tree's size asks, and no tile more."""
    expected: set[tuple[int, int]] = set()
    level, size, low = 0, state.size, start // tiles.WIDTH
    while size:
        above = b""
        for number in range(low, (size + tiles.WIDTH - 1) // tiles.WIDTH):
            expected.add((level, number))
            data = tiles.stored(level, number)
            if len(data) != min(tiles.WIDTH, size - number * tiles.WIDTH) * merkle.SIZE:
                yield f"Tile {level}/{number} has the wrong length."
            elif len(data) == tiles.FULL:
                parent, place = divmod(number, tiles.WIDTH)
                if not above or place == 0:
                    above = tiles.stored(level + 1, parent)
                if above[place * merkle.SIZE :][: merkle.SIZE] != merkle.complete_root(data):
                    yield f"Tile {level}/{number} does not fit the tile above it."
        level, size, low = level + 1, size // tiles.WIDTH, low // tiles.WIDTH
    for stored in Tile.objects.values_list("level", "number") if start == 0 else ():
        if stored not in expected:
            yield f"Tile {stored[0]}/{stored[1]} does not belong to the tree."


def _checkpoints(state: FoldState) -> Iterator[str]:
    """Each is signed, says what its columns say, names the one before, and is a root of this one tree: so
    each continues the one before.
    """
    nodes = tiles.reader()
    size, named, chained = 0, checkpoints.NOTHING, False
    for row in Checkpoint.objects.order_by("size").iterator():
        size = row.size
        try:
            head, after = checkpoints.stands(row)
            derived = merkle.root(row.size, nodes) if 0 < row.size <= state.size else b""
        except ProofBroken as broken:
            yield f"Checkpoint at {row.size}: {broken}"
        except merkle.MerkleError as broken:
            yield f"Checkpoint at {row.size} cannot be derived: {broken}"
        else:
            if head.root != derived:
                yield f"Checkpoint at {row.size}: the ledger it signed is not this one."
            if after != named and (after or chained):
                yield (
                    f"Checkpoint at {row.size} was signed after another one than stands before it: one was"
                    " taken away or put in."
                )
            chained = chained or bool(after)
        named = checkpoints.naming(row.size, row.note)
    if size != state.size:
        yield f"The newest checkpoint is about {size} entries, the tree has {state.size}."


def _bookkeeping(state: FoldState) -> Iterator[str]:
    """How far the fold has come is where its last leaf says: moved forward, it would pass over acts that are
    still to come.
    """
    last = Touch.objects.order_by("-leaf").values_list("leaf", "seq").first()
    if FoldState.objects.exclude(pk=1).exists():
        yield "The fold's bookkeeping has more than one row."
    if last is None:
        return
    if state.size == state.settled:
        said: tuple[int | None, Any] = (0, Touch.objects.aggregate(last=Max("seq"))["last"])
    else:
        said = (Act.objects.filter(seq=last[1]).values_list("tx", flat=True).first(), last[1])
    if (state.tx, state.seq) != said or state.settled > state.size:
        yield "The fold's bookkeeping was changed: it does not stand at the last leaf."
    if state.noted and not Checkpoint.objects.filter(size=state.noted).exists():
        yield "The fold's bookkeeping was changed: it names a checkpoint that was never signed."
    if state.cluster not in ("", cluster()):
        yield (
            "The fold's bookkeeping names another database. If this one was moved here by hand, the next fold"
            " settles it."
        )
