"""The one way into the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from kept.core.ledger.act_kinds import KINDS
from kept.core.ledger.models import Act
from kept.core.ledger.tree.row_format import Part, pack
from kept.core.prepared import write

__all__ = ["KINDS", "Part", "record"]


_COLUMNS = {field.name: field for field in Act._meta.concrete_fields}
# On PostgreSQL the column's default gives the transaction.
_APPEND = {
    "sqlite": "INSERT INTO ledger_act (id, at, packed, tx) VALUES (%s, %s, %s, 2)",
    "postgresql": "INSERT INTO ledger_act (id, at, packed) VALUES (%s, %s, %s)",
}


def record(
    kind: str,
    *,
    purpose: str,
    role: str,
    entity: str,
    about: str = "",
    policy: int,
    parts: Sequence[Part],
    payload: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    act_id: UUID | None = None,
) -> UUID:
    """Append one act, in the caller's transaction, and return its id.

    ``policy`` is the number of the version the act went by, ``about`` the reference of the matter, ``parts``
    what was done to whom. Everything but a part's own detail is seen by everyone the act touches, so it names
    no person. A part's salt is made from the act's id: choose one and pass it as ``act_id``. Raises
    ValueError for an unknown kind or a malformed part, TypeError for what has no canonical spelling.
    """
    if kind not in KINDS:
        raise ValueError(f"“{kind}” is not a kind of act. The kinds are: {', '.join(sorted(KINDS))}.")
    act_id = act_id or uuid4()
    at = (at or timezone.now()).astimezone(UTC)
    header = {
        "id": str(act_id),
        "at": at.isoformat(timespec="microseconds"),
        "kind": kind,
        "purpose": purpose,
        "role": role,
        "entity": entity,
        "about": about,
        "policy": policy,
        "payload": payload or {},
    }
    _append(act_id, at, pack(header, parts))
    return act_id


def _append(act_id: UUID, at: datetime, packed: bytes) -> None:
    """By hand: one statement, a third of what a model's own insert costs, on every act of every request."""
    row = {"id": act_id, "at": at, "packed": packed}
    write(
        _APPEND[connection.vendor],
        [_COLUMNS[name].get_db_prep_value(value, connection) for name, value in row.items()],
    )
