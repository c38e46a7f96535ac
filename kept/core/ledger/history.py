"""What the ledger knows about one alias, folded or not yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kept.core.ledger.models import Act, FoldState, Touch
from kept.core.ledger.tree.row_format import PRUNED, mark, unpack
from kept.core.prepared import Prepared

_STATE = Prepared(lambda: FoldState.objects.filter(pk=1))
_FOLDED = Prepared(
    lambda mark: (
        Act.objects.filter(seq__in=Touch.objects.filter(mark=mark).values("seq"))
        .order_by("-at", "-seq")
        .values_list("seq", "packed")
    )
)
_TAIL = {
    "sqlite": (
        "SELECT seq, packed FROM ledger_act WHERE ((tx = %s AND seq > %s) OR tx > %s) AND instr(packed,"
        " %s) > 0"
    ),
    "postgresql": (
        "SELECT seq, packed FROM ledger_act WHERE ((tx = %s AND seq > %s) OR tx > %s) AND position(%s::bytea"
        " in packed) > 0"
    ),
}
_TAIL_OF_NOBODY = (
    "SELECT seq, packed FROM ledger_act WHERE ((tx = %s AND seq > %s) OR tx > %s) AND substr(packed, 2, 2)"
    " = %s"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act as one person may see it: the header, and their own detail."""

    act: UUID
    at: datetime
    kind: str
    purpose: str
    role: str
    entity: str
    about: str
    policy: int
    detail: dict[str, Any]
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry that does not read as it was written.

    ``leaf``: its place in the tree, None before the fold; ``at``: what its row says now.
    """

    leaf: int | None
    at: datetime


def entries_of(
    alias: bytes,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    changed: set[Changed] | None = None,
) -> list[Entry]:
    """The alias's entries, newest first: ``since`` a time, before ``until``, at most ``limit``.

    A row that was changed is put into ``changed``, for whoever shows what is intact and names it; without, it
    raises RowBroken.
    """
    # The tail first: an act that is folded in between is then found twice, never not at all.
    rows = _tail(alias)
    if limit is None and since is None:
        found = _FOLDED.rows(mark(alias))
    else:
        folded = Act.objects.filter(
            seq__in=Touch.objects.filter(mark=mark(alias)).values("seq"),
            **({"at__gte": since} if since else {}),
        )
        found = list(folded.order_by("-at", "-seq").values_list("seq", "packed")[:limit])
    rows.update({seq: bytes(packed) for seq, packed in found})
    read, wrong = list[tuple[Entry, int]](), list[int]()
    for seq, packed in rows.items():
        try:
            read.append((_entry(packed, alias), seq))
        except (ValueError, LookupError):
            if changed is None:
                raise
            wrong.append(seq)
    if changed is not None and wrong:
        changed.update(_changed(wrong))
    entries = sorted(read, key=lambda one: (one[0].at, one[1]), reverse=True)
    return [
        entry
        for entry, _ in entries
        if (since is None or entry.at >= since) and (until is None or entry.at < until)
    ][:limit]


def _changed(rows: Collection[int]) -> Iterable[Changed]:
    leaves = dict(Touch.objects.filter(seq__in=rows).values_list("seq", "leaf"))
    return [
        Changed(leaves.get(seq), at) for seq, at in Act.objects.filter(seq__in=rows).values_list("seq", "at")
    ]


def acts_of_nobody(kinds: Iterable[str]) -> list[dict[str, Any]]:
    """Headers of acts that touch nobody (a publication), in the order they were written."""
    return [header for _, header in placed_acts_of_nobody(kinds)]


def placed_acts_of_nobody(kinds: Iterable[str]) -> list[tuple[int | None, dict[str, Any]]]:
    """As ``acts_of_nobody``, each with its leaf: None while it waits for the fold."""
    wanted = set(kinds)
    rows = _tail(b"")
    leaves = dict(Touch.objects.filter(mark=0).values_list("seq", "leaf"))
    folded = Act.objects.filter(seq__in=Touch.objects.filter(mark=0).values("seq")).values_list(
        "seq", "packed"
    )
    rows.update({seq: bytes(packed) for seq, packed in folded})
    headers = [(leaves.get(seq), unpack(packed).header) for seq, packed in sorted(rows.items())]
    return [(leaf, header) for leaf, header in headers if header["kind"] in wanted]


def _tail(alias: bytes) -> dict[int, bytes]:
    """Rows not folded yet that hold the alias (or, for the empty one, that touch nobody)."""
    state = _STATE.first() or FoldState()
    holds = _TAIL_OF_NOBODY if not alias else _TAIL[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(holds, [state.tx, state.seq, state.tx, alias or b"\x00\x00"])
        rows = [(seq, bytes(packed)) for seq, packed in cursor.fetchall()]
    # The bytes may stand there by accident: ask the row itself.
    return {seq: packed for seq, packed in rows if not alias or _touches(packed, alias)}


def _touches(packed: bytes, alias: bytes) -> bool:
    """A row that was changed counts: whoever reads it finds out."""
    try:
        return alias in unpack(packed).aliases
    except (ValueError, LookupError):
        return True


def _entry(packed: bytes, alias: bytes) -> Entry:
    row = unpack(packed)
    header = row.header
    return Entry(
        act=UUID(header["id"]),
        at=datetime.fromisoformat(header["at"]),
        kind=header["kind"],
        purpose=header["purpose"],
        role=header["role"],
        entity=header["entity"],
        about=header["about"],
        policy=header["policy"],
        detail=row.details[row.aliases.index(alias)],
        payload=header["payload"],
    )


def gone(leaves: Collection[int]) -> set[int]:
    """Those of these leaves whose act says nothing any more: it was pruned, or is not there."""
    some, there = list(leaves), set[int]()
    for start in range(0, len(some), 500):
        leaf_of = {
            seq: leaf
            for leaf, seq in Touch.objects.filter(leaf__in=some[start : start + 500]).values_list(
                "leaf", "seq"
            )
        }
        rows = Act.objects.filter(seq__in=leaf_of).values_list("seq", "packed")
        there |= {leaf_of[seq] for seq, packed in rows if bytes(packed[:1]) != bytes((PRUNED,))}
    return set(some) - there
