"""Derive the whole ledger again from its rows, and name everything that differs: one changed byte in any row, index entry,
tile, checkpoint or version is found. A checkpoint kept elsewhere (every mail carries one) catches an owner who rewrites it all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from itertools import chain, groupby
from json import JSONDecodeError
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from kept.core.ledger import checkpoint as checkpoints
from kept.core.ledger import elsewhere, merkle, prune, sign, tiles
from kept.core.ledger.history import acts_of_nobody
from kept.core.ledger.models import Act, Checkpoint, FoldState, Tile, Touch
from kept.core.ledger.moment import one_moment
from kept.core.ledger.offline import ProofBroken
from kept.core.ledger.pack import RowBroken, RowPruned, entry, mark, pruned_id, unpack
from kept.core.ledger.versions import VersionBroken, all_versions, examine

# More than this many findings say nothing new.
MOST = 200
_AT_ONCE = 2048


def verify(*, last: int | None = None, elsewhere_too: bool = True) -> list[str]:
    """Every finding, one sentence each; [] means the ledger holds. ``last``: look at the newest leaves only, for a quick answer.

    ``elsewhere_too``: hold it against the second place as well, where every checkpoint was written down.
    Reads everything once: about 10 seconds for a million acts. Raises SigningKeyError when there is no key to check with.
    """
    sign.public_key()
    # Before the moment: what is written down there was here before, and in a moment before that it was not.
    there = list(_elsewhere(whole=last is None)) if elsewhere_too else []
    with one_moment():
        return _verified(there, last)


def _verified(there: list[str], last: int | None) -> list[str]:
    state = FoldState.objects.filter(pk=1).first() or FoldState()
    found: list[str] = []
    for finding in chain(there, _findings(state, max(0, state.size - last) if last is not None else 0)):
        found.append(finding)
        if len(found) == MOST:
            return [*found, f"There is more; only the first {MOST} findings are shown."]
    return found


def intact(last: int = 10_000) -> tuple[bool, str]:
    """For the proof of P17 and S19: does the ledger hold, and a figure. Checks the newest ``last`` acts, all versions and checkpoints."""
    there = list(_elsewhere(whole=False))
    with one_moment():
        size = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
        found = [*there, *verify(last=last, elsewhere_too=False)]
    return not found, found[0] if found else f"{size:,} entries, signed"


def _findings(state: FoldState, start: int) -> Iterator[str]:
    yield from _readable("versions", _versions())
    yield from _readable("rows", _leaves(state, start // tiles.WIDTH * tiles.WIDTH))
    yield from _readable("rows that wait", _waiting(state))
    if start == 0:
        yield from _readable("pruned rows", _pruned())
    yield from _readable("tiles", _tiles(state, start))
    yield from _readable("checkpoints", _checkpoints(state))


def _elsewhere(*, whole: bool) -> Iterator[str]:
    """What the second place knows, and this ledger does not bear out. It comes first: it says what happened to the rest."""
    yield from _readable("lines in the second place", elsewhere.findings(whole=whole))


def _readable(what: str, found: Iterator[str]) -> Iterator[str]:
    """A column changed into something that is no time, id or text is a finding too, not an accident."""
    try:
        yield from found
    except (ValueError, TypeError, AttributeError, DatabaseError) as wrong:
        yield f"The ledger's {what} cannot be read any further: {type(wrong).__name__}."


def _versions() -> Iterator[str]:
    rows = sorted(all_versions(), key=lambda row: row.number)
    for row in rows:
        try:
            examine(row)
        except VersionBroken as broken:
            yield str(broken)
    stored = {row.number: (row.identity, row.effective.isoformat()) for row in rows}
    try:
        acts = {act["payload"]["number"]: (act["payload"]["identity"], act["payload"]["effective"]) for act in acts_of_nobody(["published"])}
    except (RowBroken, IndexError, KeyError, ValueError):
        yield "The acts of publishing cannot be read, so the versions cannot be compared with them."
        return
    for number in sorted(stored.keys() | acts.keys()):
        if stored.get(number) != acts.get(number):
            yield f"Version {number} of the policy and the ledger's act of publishing it do not say the same."


def _leaves(state: FoldState, start: int) -> Iterator[str]:
    """Row ↔ index ↔ lowest tiles, leaf by leaf."""
    expected, before = start, (0, 0)
    hashes = tiles.stored(0, start // tiles.WIDTH)
    for at, marks, act in _indexed(start):
        while expected < at:
            yield f"Leaf {expected} is missing from the index by person."
            expected += 1
        expected = at + 1
        if at >= state.size:
            yield f"The index by person has leaf {at}, which was never folded."
            continue
        if at % tiles.WIDTH == 0:
            hashes = tiles.stored(0, at // tiles.WIDTH)
        if act is None:
            yield f"Leaf {at} names a row that is not there."
            continue
        seq, tx, act_id, moment, packed = act
        problem = _row(packed, act_id, moment, marks, hashes[at % tiles.WIDTH * merkle.SIZE :][: merkle.SIZE])
        if problem:
            yield f"Row {seq} (leaf {at}): {problem}"
        yield from _order(state, at, (tx, seq), before)
        before = (tx, seq)
    for missing in range(expected, state.size):
        yield f"Leaf {missing} is missing from the index by person."


def _order(state: FoldState, at: int, order: tuple[int, int], before: tuple[int, int]) -> Iterator[str]:
    """The bookkeeping that decides what is folded: settled rows have transaction 0, later ones ascend up to the state's."""
    tx, seq = order
    settled = at < state.settled
    wrong = tx != 0 if settled else order <= before and at > state.settled
    if connection.vendor == "sqlite" and not state.settled:
        wrong = wrong or tx != 2
    if wrong or order > (state.tx, state.seq):
        yield f"Row {seq} (leaf {at}): its place in the order of transactions was changed."


def _row(packed: bytes, act_id: Any, moment: Any, marks: list[int], tile_hash: bytes | None) -> str:
    """What is wrong with a row, or nothing."""
    try:
        row = unpack(packed)
    except RowPruned:
        return _pruned_row(packed, act_id, moment, marks, tile_hash)
    except (RowBroken, IndexError, ValueError, JSONDecodeError):
        return "its bytes were changed."
    if row.header.get("id") != str(act_id):
        return "its id was changed."
    if row.header.get("at") != moment.astimezone(UTC).isoformat(timespec="microseconds"):
        return "its time was changed."
    if tile_hash is not None:
        if sorted(marks) != sorted(map(mark, row.aliases or (b"",))):
            return "the index by person does not name the people it touches."
        if merkle.leaf_hash(merkle.root_of(row.commitments) + row.digest) != tile_hash:
            return "it is not what the tree was made of."
    return ""


def _pruned_row(packed: bytes, act_id: Any, moment: Any, marks: list[int], tile_hash: bytes | None) -> str:
    """Of a pruned act only the leaf is left, and every column follows from it."""
    if tile_hash is None:
        return "it was pruned before it was in the tree."
    if act_id != UUID(bytes=pruned_id(packed)) or moment != prune.EPOCH:
        return "its id or its time was changed after it was pruned."
    if marks != [prune.MARK]:
        return "the index by person still names people it touched."
    return "" if merkle.leaf_hash(entry(packed)) == tile_hash else "it is not what the tree was made of."


def _pruned() -> Iterator[str]:
    """As many rows are pruned as acts of pruning say: nothing was made to vanish in silence."""
    try:
        said = sum(act["payload"]["rows"] for act in acts_of_nobody(["pruned"]))
    except (RowBroken, IndexError, KeyError, ValueError, TypeError):
        yield "The acts of pruning cannot be read, so the pruned rows cannot be counted."
        return
    found = Act.objects.filter(at=prune.EPOCH).count()
    if found != said:
        yield f"{found} rows were pruned, and the acts of pruning say {said}."


def _indexed(start: int) -> Iterator[tuple[int, list[int], tuple[int, int, Any, Any, bytes] | None]]:
    """(leaf, marks the index names, the row), in order of leaves. A leaf whose index names two rows counts as without."""
    at = start
    while True:
        touches = Touch.objects.filter(leaf__gte=at, leaf__lt=at + _AT_ONCE).order_by("leaf").values_list("leaf", "mark", "seq")
        by_leaf = [(number, list(group)) for number, group in groupby(touches, key=lambda touch: touch[0])]
        if not by_leaf:
            further = Touch.objects.filter(leaf__gte=at).order_by("leaf").values_list("leaf", flat=True).first()
            if further is None:
                return
            at = further
            continue
        wanted = {touch[2] for _, group in by_leaf for touch in group}
        acts = {row[0]: row for row in Act.objects.filter(seq__in=wanted).values_list("seq", "tx", "id", "at", "packed")}
        for number, group in by_leaf:
            rows = {touch[2] for touch in group}
            act = acts.get(rows.pop()) if len(rows) == 1 else None
            yield (number, [touch[1] for touch in group], (*act[:4], bytes(act[4])) if act else None)
        at += _AT_ONCE


def _waiting(state: FoldState) -> Iterator[str]:
    """Rows that are not folded yet match their own digest; and no row was left out of the tree."""
    total = Act.objects.count()
    waiting = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM ledger_act WHERE (tx = %s AND seq > %s) OR tx > %s", [state.tx, state.seq, state.tx])
        numbers = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(numbers), _AT_ONCE):
        for act in Act.objects.filter(seq__in=numbers[start : start + _AT_ONCE]).order_by("seq"):
            waiting += 1
            problem = _row(bytes(act.packed), act.id, act.at, [], None)
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
    """Each is signed, says what its columns say, and is a root of this one tree: so each continues the one before."""
    nodes = tiles.reader()
    size = 0
    for row in Checkpoint.objects.order_by("size").iterator():
        size = row.size
        try:
            head = checkpoints.stands(row)
            derived = merkle.root(row.size, nodes) if 0 < row.size <= state.size else b""
        except ProofBroken as broken:
            yield f"Checkpoint at {row.size}: {broken}"
        except merkle.MerkleError as broken:
            yield f"Checkpoint at {row.size} cannot be derived: {broken}"
        else:
            if head.root != derived:
                yield f"Checkpoint at {row.size}: the ledger it signed is not this one."
    if size != state.size:
        yield f"The newest checkpoint is about {size} entries, the tree has {state.size}."
