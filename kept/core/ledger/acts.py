"""The newest acts of some kinds, whoever they touch: for proofs, which lay what was recorded beside what the
tables hold now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kept.core.ledger.models import Act
from kept.core.ledger.prune import EPOCH, KEPT
from kept.core.ledger.tree.row_format import RowBroken, unpack

NEWEST = 10_000
"""So many acts of the kinds that are asked for are read; a proof says so where there are more."""
BESIDE = timedelta(hours=1)
"""A row may be dated a little after the act that tells of it: at the edge of what is read, its act may just
be missing.
"""
ALWAYS = EPOCH
"""Since when every act is there, where none was ever pruned."""
_HOLDS = {"sqlite": "instr(packed, %s) > 0", "postgresql": "position(%s::bytea in packed) > 0"}


@dataclass(frozen=True, slots=True)
class Said:
    """One act: its header, and for each alias it touches what was done to that one."""

    seq: int
    id: UUID
    at: datetime
    kind: str
    purpose: str
    role: str
    about: str
    policy: int
    payload: Mapping[str, Any]
    parts: tuple[tuple[bytes, Mapping[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """In the order they were written.

    What happened before ``since`` is not among them: pruned, or older than the newest.
    """

    said: tuple[Said, ...]
    since: datetime

    def __iter__(self) -> Iterator[Said]:
        return iter(self.said)


def acts_of(kinds: Iterable[str], *, purpose: str = "", newest: int = NEWEST) -> Acts:
    """The newest acts of these kinds, under one purpose or any.

    A row that cannot be read any more is left out: the ledger's own proof names it.
    """
    wanted = sorted(set(kinds))
    holds = _HOLDS[connection.vendor]
    where = " OR ".join([holds] * len(wanted))
    # Canonical spelling: so it stands in every header of that kind, and the header itself is asked again
    # below.
    marks = [f'"kind":"{kind}"'.encode() for kind in wanted]
    if purpose:
        where, marks = f"({where}) AND {holds}", [*marks, f'"purpose":"{purpose}"'.encode()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, packed FROM ledger_act WHERE {where} ORDER BY seq DESC LIMIT %s", [*marks, newest]
        )
        rows = [(seq, bytes(packed)) for seq, packed in cursor.fetchall()]
    found = [one for seq, packed in reversed(rows) if (one := _said(seq, packed)) and one.kind in wanted]
    said = [one for one in found if purpose in ("", one.purpose)]
    since = _unpruned_since()
    if len(rows) == newest and said:
        since = max(since, said[0].at + BESIDE)
    return Acts(tuple(said), since)


def _said(seq: int, packed: bytes) -> Said | None:
    try:
        row = unpack(packed)
        header = row.header
        return Said(
            seq,
            UUID(header["id"]),
            datetime.fromisoformat(header["at"]),
            header["kind"],
            header["purpose"],
            header["role"],
            header["about"],
            header["policy"],
            header["payload"],
            tuple(zip(row.aliases, row.details, strict=True)),
        )
    except (RowBroken, IndexError, KeyError, ValueError):
        return None


def _unpruned_since() -> datetime:
    """From when on every act is there, those aside that were written since and pruned in a shorter term."""
    if not Act.objects.filter(at=EPOCH).exists():
        return ALWAYS
    spared = " AND ".join([_HOLDS[connection.vendor].replace("> 0", "= 0")] * len(KEPT))
    marks = [f'"kind":"{kind}"'.encode() for kind in sorted(KEPT)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq FROM ledger_act WHERE at > %s AND {spared} ORDER BY seq LIMIT 1",
            [Act._meta.get_field("at").get_db_prep_value(EPOCH, connection), *marks],
        )
        first = cursor.fetchone()
    oldest = Act.objects.filter(seq=first[0]).values_list("at", flat=True).first() if first else None
    return oldest + BESIDE if oldest else datetime.max.replace(tzinfo=UTC)
