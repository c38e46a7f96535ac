"""Where each person's chain of parts ends: what the fold links the next part to, so that a gap in a copy is
itself a proof.

The chain of somebody begins with the first part that was folded since there are chains. It goes on from the
last part that was not pruned, and anew where every part was, as then nothing of the older chain may be left.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.db import connection

from kept.core.ledger.models import Touch
from kept.core.ledger.tree import merkle
from kept.core.ledger.tree.row_format import RowBroken, link, mark, parts_of

_AT_ONCE = 10_000

Head = tuple[int, int, bytes]
"""A part's number, its leaf, its hash."""

_HEADS = {
    "sqlite": (
        """
    WITH head AS MATERIALIZED (
        SELECT value AS mark,
            (SELECT leaf FROM ledger_touch WHERE mark = value ORDER BY leaf DESC LIMIT 1) AS leaf
        FROM json_each(%s))
    SELECT t.mark, t.leaf, t.number, t.previous, t.hash, a.packed
    FROM head CROSS JOIN ledger_touch t ON t.leaf = head.leaf AND t.mark = head.mark
        CROSS JOIN ledger_act a ON a.seq = t.seq
    WHERE head.leaf IS NOT NULL AND t.number > 0"""
    ),
    "postgresql": (
        """
    SELECT head.mark, t.leaf, t.number, t.previous, t.hash, a.packed
    FROM unnest(%s::bigint[]) AS head (mark)
        CROSS JOIN LATERAL (SELECT * FROM ledger_touch WHERE mark = head.mark ORDER BY leaf DESC LIMIT 1) t
        JOIN ledger_act a ON a.seq = t.seq
    WHERE t.number > 0"""
    ),
}


def heads(marks: Collection[int]) -> dict[int, Head]:
    """The last linked part of each of these people, by mark; one query."""
    if not marks:
        return {}
    asked: Any = json.dumps(sorted(marks)) if connection.vendor == "sqlite" else sorted(marks)
    with connection.cursor() as cursor:
        cursor.execute(_HEADS[connection.vendor], [asked])
        return {
            whose: (number, leaf, hash_of(bytes(packed), whose, link(number, previous, bytes(hash))))
            for whose, leaf, number, previous, hash, packed in cursor.fetchall()
        }


def hash_of(packed: bytes, whose: int, own_link: bytes) -> bytes:
    """The hash of somebody's part of a row; zeros where the row was changed, which is for ``verify`` to find
    and stops no fold.
    """
    try:
        return next(
            merkle.leaf_hash(own + own_link) for alias, own in parts_of(packed)[1] if mark(alias) == whose
        )
    except (RowBroken, IndexError, StopIteration):
        return bytes(merkle.SIZE)


def links(leaves: Collection[int]) -> dict[int, dict[int, bytes]]:
    """leaf → mark → link, of whole leaves."""
    found: dict[int, dict[int, bytes]] = {leaf: {} for leaf in leaves}
    wanted = sorted(found)
    for start in range(0, len(wanted), _AT_ONCE):
        touches = Touch.objects.filter(leaf__in=wanted[start : start + _AT_ONCE], number__gt=0)
        for leaf, whose, number, previous, hash in touches.values_list(
            "leaf", "mark", "number", "previous", "hash"
        ):
            found[leaf][whose] = link(number, previous, bytes(hash))
    return found
