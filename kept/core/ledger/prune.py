"""The ledger's own payloads have a term too. An act past it keeps its place in the tree, and nothing of what it said.

What goes: kind, purpose, role, matter, time, id, fields, notes, the aliases and the commitments, with the entries of the index by
person. What stays is the leaf, 64 bytes of hashes, so that every proof of a younger act and every checkpoint ever mailed holds
on. Two kinds stay whole, because they name nobody and somebody may need them for longer: the publications of the policy, and
receipts, which are how a person shows what we did. Each batch leaves an act that says how many rows it pruned; ``verify``
counts them, so that nobody prunes in silence.

This is the one door through which a row of the ledger changes. A batch is one transaction, and may be killed at any point.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from kept.core.ledger.models import Act, Touch
from kept.core.ledger.pack import RowBroken, prune, pruned_id, unpack
from kept.core.ledger.record import record

KEPT = frozenset({"published", "withdrawn", "receipt", "pruned", "continued"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands in the place of a pruned act's time."""
MARK = -1
"""Stands in the index by person in the place of those whom a pruned act touched."""
BATCH = 500

Term = Callable[[int], datetime]
"""For the number of a policy version: acts under it from before then are past their term."""


def prune_past(term: Term, *, newest: datetime, policy: int, after: int = 0, noted: Callable[[int], None] | None = None) -> tuple[int, int]:
    """Prune one batch of folded acts past their term: (how many, the row number to go on after; 0 at the end).

    ``newest``: the latest that ``term`` ever says; ``policy``: the version this pruning goes by. Rows that were changed since
    they were written are left as they are, for ``verify`` to find.
    """
    folded = Touch.objects.values("seq")
    due = Act.objects.filter(seq__gt=after, at__gt=EPOCH, at__lt=newest, seq__in=folded).order_by("seq")
    rows = [(seq, at, bytes(packed)) for seq, at, packed in due.values_list("seq", "at", "packed")[:BATCH]]
    left = {seq: pruned for seq, at, packed in rows if (pruned := _pruned(packed, at, term)) is not None}
    count = 0
    if left:
        with transaction.atomic():
            count = _write(left)
            if count:
                record("pruned", purpose="auditing", role="system", entity="", policy=policy, parts=[], payload={"rows": count})
                if noted is not None:
                    noted(count)
    return count, rows[-1][0] if len(rows) == BATCH else 0


def newest() -> datetime | None:
    """The time of the act written last."""
    return Act.objects.order_by("-seq").values_list("at", flat=True).first()


def waiting(newest: datetime, term: Term) -> int:
    """How many acts are past their term and were not pruned yet; counts at most one batch's worth and a few."""
    due = Act.objects.filter(at__gt=EPOCH, at__lt=newest, seq__in=Touch.objects.values("seq")).order_by("seq")
    return sum(_pruned(bytes(packed), at, term) is not None for at, packed in due.values_list("at", "packed")[:BATCH])


def _pruned(packed: bytes, at: datetime, term: Term) -> bytes | None:
    """What will be left of the row; None where it stays."""
    try:
        header = unpack(packed).header
        if header["kind"] in KEPT or at >= term(int(header["policy"])):
            return None
        return prune(packed)
    except (RowBroken, IndexError, KeyError, ValueError):
        return None


def _write(left: dict[int, bytes]) -> int:
    """How many rows changed: another hand may have been at some of them in this very moment, and counts them itself."""
    fields = {field.name: field for field in Act._meta.concrete_fields}

    def stored(name: str, value: object) -> Any:
        return fields[name].get_db_prep_value(value, connection)

    rows = [
        (stored("packed", packed), stored("id", UUID(bytes=pruned_id(packed))), stored("at", EPOCH), seq, stored("at", EPOCH))
        for seq, packed in left.items()
    ]
    leaves = sorted(set(Touch.objects.filter(seq__in=left).values_list("leaf", "seq")))
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE ledger_act SET packed = %s, id = %s, at = %s WHERE seq = %s AND at > %s", rows)
        changed = int(cursor.rowcount)
        cursor.executemany("DELETE FROM ledger_touch WHERE leaf = %s", [(leaf,) for leaf, _ in leaves])
        cursor.executemany("INSERT INTO ledger_touch (leaf, mark, seq) VALUES (%s, %s, %s)", [(leaf, MARK, seq) for leaf, seq in leaves])
    return changed
