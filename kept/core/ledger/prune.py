"""The ledger's own payloads have a term too.

An act past it keeps its place in the tree, and nothing of what it said.

What goes: kind, purpose, role, matter, time, id, fields, notes, the aliases and the commitments, with the
entries of the index by person. What stays is the leaf, 64 bytes of hashes, so that every proof of a younger
act and every checkpoint ever mailed holds on. Two kinds stay whole, because they name nobody and somebody may
need them for longer: the publications of the policy, and receipts, which are how a person shows what we did.
Each batch leaves an act that names its leaves and the moment before which they were written; ``evidence``
checks it, so that nobody prunes in silence or before the term.

An act goes once the ledger can show without it that it was past its term: see ``brackets``. A second after it
was written there is a checkpoint that does; where none was signed for long, the last act of a row of old ones
stays until the next is old as well.

This is the one door through which a row of the ledger changes. A batch is one transaction, and may be killed
at any point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone

from kept.core.ledger.models import Act, FoldState, Touch
from kept.core.ledger.record import record
from kept.core.ledger.tree import chain
from kept.core.ledger.tree.row_format import RowBroken, prune, pruned_id, unpack
from kept.core.ledger.verifying.brackets import EPOCH, Neighbour, Signed, earliest, latest

KEPT = frozenset({"published", "withdrawn", "receipt", "pruned", "continued", "rotated"})
MARK = -1
"""Stands in the index by person in the place of those whom a pruned act touched."""
BATCH = 500

Term = Callable[[int], datetime]
"""For the number of a policy version: acts under it from before then are past their term."""


@dataclass(frozen=True, slots=True)
class _Old:
    """An act past its term: ``horizon`` is what ``Term`` says of its version."""

    leaf: int
    seq: int
    at: datetime
    version: int
    horizon: datetime
    packed: bytes


def prune_past(
    term: Term,
    *,
    newest: datetime,
    policy: int,
    after: int = 0,
    noted: Callable[[int], None] | None = None,
    now: datetime | None = None,
) -> tuple[int, int]:
    """Prune one batch of folded acts past their term: (how many, the row number to go on after; 0 at the
    end).

    ``newest``: the latest that ``term`` ever says; ``now``: the moment it says it for; ``policy``: the
    version this pruning goes by. Rows that were changed since they were written are left as they are, for
    ``verify`` to find.
    """
    rows = _due(newest, after)
    going, beside = _going(rows, term)
    count = 0
    if going:
        with transaction.atomic():
            if _unchanged([*beside, *[one.seq for one in going]]):
                act = uuid4()
                _write(going, act)
                count = len(going)
                record(
                    "pruned",
                    purpose="auditing",
                    role="system",
                    entity="",
                    policy=policy,
                    parts=[],
                    payload={"rows": count, "pruned": _named(going)},
                    at=now or timezone.now(),
                    act_id=act,
                )
                if noted is not None:
                    noted(count)
    return count, rows[-1][0] if len(rows) == BATCH else 0


def newest() -> datetime | None:
    """The time of the act written last."""
    return Act.objects.order_by("-seq").values_list("at", flat=True).first()


def waiting(newest: datetime, term: Term) -> int:
    """How many acts are past their term and were not pruned yet; counts at most one batch's worth and a
    few.
    """
    return len(_going(_due(newest, 0), term)[0])


def _due(newest: datetime, after: int) -> list[tuple[int, datetime, bytes]]:
    folded = Touch.objects.values("seq")
    due = Act.objects.filter(seq__gt=after, at__gt=EPOCH, at__lt=newest, seq__in=folded).order_by("seq")
    return [(seq, at, bytes(packed)) for seq, at, packed in due.values_list("seq", "at", "packed")[:BATCH]]


def _going(rows: Iterable[tuple[int, datetime, bytes]], term: Term) -> tuple[list[_Old], list[int]]:
    """Those of which the ledger shows without them that their term is over, by leaf; and the rows it shows it
    by.
    """
    old = [one for seq, at, packed in rows if (one := _old(seq, at, packed, term)) is not None]
    leaves = dict(Touch.objects.filter(seq__in=[one.seq for one in old]).values_list("seq", "leaf"))
    placed = sorted(
        (replace(one, leaf=leaves[one.seq]) for one in old if one.seq in leaves), key=lambda one: one.leaf
    )
    if not placed:
        return [], []
    first, last = placed[0].leaf, placed[-1].leaf
    signed, beside = Signed.around(first, last), _beside(first, last)
    staying = {leaf: Neighbour(leaf, at) for leaf, (_, at) in beside.items()}
    for one in placed:
        staying.pop(one.leaf, None)
    # What stays can take away what another was shown by, so it is asked until nothing more has to stay.
    while held := _held(placed, staying, signed):
        staying.update({one.leaf: Neighbour(one.leaf, one.at) for one in held})
        placed = [one for one in placed if one.leaf not in staying]
    return placed, [seq for leaf, (seq, _) in beside.items() if leaf in staying]


def _held(placed: list[_Old], staying: dict[int, Neighbour], signed: Signed) -> list[_Old]:
    """Those that must stay: what stands beside them does not show that they are old enough.

    At most the last of each row.
    """
    order: list[Neighbour | _Old] = sorted([*staying.values(), *placed], key=lambda one: one.leaf)
    before: dict[int, Neighbour | None] = {}
    stood: Neighbour | None = None
    for one in order:
        if isinstance(one, Neighbour):
            stood = one
        else:
            before[one.leaf] = stood
    held: list[_Old] = []
    following: Neighbour | None = None
    for one in reversed(order):
        if isinstance(one, Neighbour):
            following = one
            continue
        no_earlier, no_later = (
            earliest(one.leaf, before[one.leaf], signed),
            latest(one.leaf, following, signed),
        )
        if no_earlier >= one.horizon or no_later >= one.horizon:
            held.append(one)
            following = Neighbour(one.leaf, one.at)
    return held


def _beside(first: int, last: int) -> dict[int, tuple[int, datetime]]:
    """leaf → (row, time) of the acts that were not pruned among the leaves ``first`` to ``last``, and of the
    two next to them.
    """
    whole = Touch.objects.exclude(mark=MARK).order_by("leaf").values_list("leaf", "seq")
    found = set(whole.filter(leaf__gte=first, leaf__lte=last))
    found.update(whole.filter(leaf__lt=first).reverse()[:1])
    found.update(whole.filter(leaf__gt=last)[:1])
    times: dict[int, datetime] = {}
    numbers = [seq for _, seq in found]
    for start in range(0, len(numbers), 10_000):
        times.update(Act.objects.filter(seq__in=numbers[start : start + 10_000]).values_list("seq", "at"))
    return {leaf: (seq, times[seq]) for leaf, seq in found if seq in times}


def _old(seq: int, at: datetime, packed: bytes, term: Term) -> _Old | None:
    """The row, where its own term is over; None where it stays."""
    try:
        header = unpack(packed).header
        version = int(header["policy"])
        horizon = term(version)
        if header["kind"] in KEPT or at >= horizon:
            return None
        return _Old(-1, seq, at, version, horizon, packed)
    except (RowBroken, IndexError, KeyError, ValueError):
        return None


def _unchanged(rows: list[int]) -> bool:
    """Whether all of these rows are still whole, and stay so until the transaction ends: folders and pruners
    take turns.
    """
    list(FoldState.objects.select_for_update().filter(pk=1))
    whole = 0
    for start in range(0, len(rows), 10_000):
        whole += Act.objects.filter(seq__in=rows[start : start + 10_000], at__gt=EPOCH).count()
    return whole == len(rows)


def _named(going: list[_Old]) -> list[dict[str, Any]]:
    """For each version with its horizon the leaves that went, as ranges: first and last."""
    groups: dict[tuple[int, datetime], list[list[int]]] = {}
    for one in going:
        ranges = groups.setdefault((one.version, one.horizon), [])
        if ranges and ranges[-1][1] == one.leaf - 1:
            ranges[-1][1] = one.leaf
        else:
            ranges.append([one.leaf, one.leaf])
    return [
        {
            "version": version,
            "before": horizon.astimezone(UTC).isoformat(timespec="microseconds"),
            "leaves": ranges,
        }
        for (version, horizon), ranges in groups.items()
    ]


def _write(going: list[_Old], act: UUID) -> None:
    """The rows and their entries in the index, which name the act of pruning: who lacks a part is shown
    it.
    """
    fields = {field.name: field for field in Act._meta.concrete_fields}

    def stored(name: str, value: object) -> Any:
        return fields[name].get_db_prep_value(value, connection)

    links = chain.links([one.leaf for one in going])
    left = [(prune(one.packed, links[one.leaf]), one.seq) for one in going]
    rows = [
        (stored("packed", packed), stored("id", UUID(bytes=pruned_id(packed))), stored("at", EPOCH), seq)
        for packed, seq in left
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE ledger_act SET packed = %s, id = %s, at = %s WHERE seq = %s", rows)
        cursor.executemany("DELETE FROM ledger_touch WHERE leaf = %s", [(one.leaf,) for one in going])
        cursor.executemany(
            "INSERT INTO ledger_touch (leaf, mark, seq, number, hash) VALUES (%s, %s, %s, 0, %s)",
            [(one.leaf, MARK, one.seq, act.bytes) for one in going],
        )
