"""Row ↔ index by person ↔ lowest tiles ↔ each person's chain, leaf by leaf: what ``verify`` finds in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import groupby
from json import JSONDecodeError
from typing import Any
from uuid import UUID

from django.db import connection

from kept.core.ledger import prune
from kept.core.ledger.models import Act, FoldState, Touch
from kept.core.ledger.tree import merkle, tiles
from kept.core.ledger.tree.chain import hash_of
from kept.core.ledger.tree.row_format import (
    PRUNED,
    RowBroken,
    RowPruned,
    entry,
    link,
    mark,
    pruned_id,
    unpack,
)
from kept.core.ledger.verifying.brackets import EPOCH
from kept.core.ledger.verifying.evidence import Evidence

AT_ONCE = 2048
_PRUNED = bytes((PRUNED,))

Entry = tuple[int, int, int, bytes]
"""Of the index by person: mark, number, leaf and hash of the previous part."""
Row = tuple[int, int, Any, Any, bytes]
"""seq, tx, id, time, packed."""


def leaves(state: FoldState, start: int, evidence: Evidence) -> Iterator[str]:
    """Every leaf from ``start`` on."""
    expected, before = start, (0, 0)
    hashes = tiles.stored(0, start // tiles.WIDTH)
    chains = Chains(whole=start == 0)
    for at, entries, act in _indexed(start):
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
            yield from evidence.end()
            continue
        seq, tx, act_id, moment, packed = act
        problem = problem_of(
            packed, act_id, moment, entries, hashes[at % tiles.WIDTH * merkle.SIZE :][: merkle.SIZE]
        )
        if problem:
            yield f"Row {seq} (leaf {at}): {problem}"
        yield from _order(state, at, (tx, seq), before)
        before = (tx, seq)
        if packed[:1] == _PRUNED:
            evidence.pruned(at, entries[0][3])
        else:
            yield from evidence.stays(at, moment)
            yield from chains.leaf(at, entries, b"" if problem else packed)
    yield from evidence.end()
    yield from chains.end()
    for missing in range(expected, state.size):
        yield f"Leaf {missing} is missing from the index by person."


class Chains:
    """Each part names the one before it in the index by person, or one that was pruned.

    ``whole``: every leaf is told.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        # mark → (number, leaf, first bytes of the hash, or none where the row is broken): one for each
        # person, so it is kept short.
        self._heads: dict[int, tuple[int, int, bytes]] = {}
        self._begun = False
        self._pruned: list[int] = []

    def leaf(self, at: int, entries: Sequence[Entry], packed: bytes) -> Iterator[str]:
        """``packed``: the row; empty where it was changed, which is a finding of its own."""
        for whose, number, previous, hash in entries:
            if whose == 0:
                continue
            before = self._heads.get(whose)
            own = hash_of(packed, whose, link(number, previous, hash))[:8] if packed else b""
            self._heads[whose] = number, at, own
            if not self._continues(before, number, previous, hash):
                yield f"Leaf {at}: a part of somebody's chain does not continue the one before it."
            self._begun = self._begun or number > 0

    def _continues(
        self, before: tuple[int, int, bytes] | None, number: int, previous: int, hash: bytes
    ) -> bool:
        if number == 0:
            return not self._begun and (previous, hash) == (-1, b"")
        if number == 1:
            return (previous, hash) == (-1, b"") and (before is None or before[0] == 0)
        if previous < 0 or len(hash) != merkle.SIZE:
            return False
        if before is not None and before[0] >= number - 1:
            return before[:2] == (number - 1, previous) and before[2] in (b"", hash[:8])
        if before is not None or self._whole:
            self._pruned.append(previous)
        return True

    def end(self) -> Iterator[str]:
        """Where the part that another one names is not there, it was pruned."""
        for start in range(0, len(self._pruned), AT_ONCE):
            wanted = set(self._pruned[start : start + AT_ONCE])
            found = set(Touch.objects.filter(leaf__in=wanted, mark=prune.MARK).values_list("leaf", flat=True))
            for leaf in sorted(wanted - found):
                yield f"The index by person lacks somebody at leaf {leaf}: a later part of theirs names it."


def _order(state: FoldState, at: int, order: tuple[int, int], before: tuple[int, int]) -> Iterator[str]:
    """The bookkeeping that decides what is folded: settled rows have transaction 0, later ones ascend up to
    the state's.
    """
    tx, seq = order
    settled = at < state.settled
    wrong = tx != 0 if settled else tx == 0 or (order <= before and at > state.settled)
    if connection.vendor == "sqlite" and not state.settled:
        wrong = wrong or tx != 2
    if wrong or order > (state.tx, state.seq):
        yield f"Row {seq} (leaf {at}): its place in the order of transactions was changed."


def problem_of(
    packed: bytes, act_id: Any, moment: Any, entries: Sequence[Entry], tile_hash: bytes | None
) -> str:
    """What is wrong with a row, or nothing. ``tile_hash``: of its leaf; None while it waits for the fold."""
    try:
        row = unpack(packed)
    except RowPruned:
        return _pruned_row(packed, act_id, moment, entries, tile_hash)
    except (RowBroken, IndexError, ValueError, JSONDecodeError):
        return "its bytes were changed."
    if row.header.get("id") != str(act_id):
        return "its id was changed."
    if row.header.get("at") != moment.astimezone(UTC).isoformat(timespec="microseconds"):
        return "its time was changed."
    if tile_hash is not None:
        if sorted(whose for whose, *_ in entries) != sorted(map(mark, row.aliases or (b"",))):
            return "the index by person does not name the people it touches."
        try:
            links = {whose: link(number, previous, hash) for whose, number, previous, hash in entries}
            whole = merkle.leaf_hash(entry(packed, links)) == tile_hash
        except OverflowError:
            whole = False
        if not whole or (not row.aliases and entries[0][1:] != (0, -1, b"")):
            return "it is not what the tree was made of."
    return ""


def _pruned_row(
    packed: bytes, act_id: Any, moment: Any, entries: Sequence[Entry], tile_hash: bytes | None
) -> str:
    """Of a pruned act only the leaf is left, and every column follows from it."""
    if tile_hash is None:
        return "it was pruned before it was in the tree."
    if act_id != UUID(bytes=pruned_id(packed)) or moment != EPOCH:
        return "its id or its time was changed after it was pruned."
    if [one[:3] for one in entries] != [(prune.MARK, 0, -1)]:
        return "the index by person still names people it touched."
    return "" if merkle.leaf_hash(entry(packed, {})) == tile_hash else "it is not what the tree was made of."


def _indexed(start: int) -> Iterator[tuple[int, list[Entry], Row | None]]:
    """(leaf, its entries in the index, the row), in order of leaves.

    A leaf whose index names two rows counts as without.
    """
    at = start
    columns = ("leaf", "seq", "mark", "number", "previous", "hash")
    while True:
        touches = (
            Touch.objects.filter(leaf__gte=at, leaf__lt=at + AT_ONCE).order_by("leaf").values_list(*columns)
        )
        by_leaf = [(number, list(group)) for number, group in groupby(touches, key=lambda touch: touch[0])]
        if not by_leaf:
            further = (
                Touch.objects.filter(leaf__gte=at).order_by("leaf").values_list("leaf", flat=True).first()
            )
            if further is None:
                return
            at = further
            continue
        wanted = {touch[1] for _, group in by_leaf for touch in group}
        acts = {
            row[0]: row
            for row in Act.objects.filter(seq__in=wanted).values_list("seq", "tx", "id", "at", "packed")
        }
        for number, group in by_leaf:
            rows = {touch[1] for touch in group}
            act = acts.get(rows.pop()) if len(rows) == 1 else None
            entries = [(*touch[2:5], bytes(touch[5])) for touch in group]
            yield number, entries, (*act[:4], bytes(act[4])) if act else None
        at += AT_ONCE
