"""Copies that were made, as the ledger tells of them: did each hold everything that the person's tables hold
since before it?
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kept.core.ledger.acts import Said, acts_of
from kept.core.ledger.history import Entry, entries_of
from kept.core.register.holdings import holdings
from kept.core.register.inventory import Kind
from kept.core.vault.subject_keys import keys

NEWEST = 20
"""So many copies are looked at, the newest of those that were to be whole."""


def incomplete() -> tuple[int, list[str]]:
    """How many whole copies were looked at, and the field ids that were missing in any."""
    whole = [
        (act, alias, detail)
        for act in acts_of(["copied"], newest=500)
        for alias, detail in act.parts
        if detail.get("whole")
    ]
    newest = whole[-NEWEST:]
    subjects = keys.subjects_of({alias for _, alias, _ in newest})
    missing: set[str] = set()
    for act, alias, detail in newest:
        if alias in subjects:
            missing |= _missing(act, alias, subjects[alias], detail)
    return len(newest), sorted(missing)


def _missing(act: Said, alias: bytes, subject: UUID, detail: Mapping[str, Any]) -> set[str]:
    """What had been sealed for her before the copy, and not again since, lies there now, and was not opened
    for it or not packed.
    """
    entries = entries_of(alias)
    place = next(number for number, entry in enumerate(entries) if entry.act == act.id)
    since, before = _sealed(entries[:place]), _sealed(entries[place + 1 :])
    opened, packed = detail.get("fields", {}), detail.get("packed", [])
    held = _held(subject, before - since)
    return {id for id, tables in held.items() if id not in opened or not tables & set(packed)}


def _sealed(entries: list[Entry]) -> set[str]:
    return {id for entry in entries for id in entry.detail.get("sealed", {})}


def _held(subject: UUID, ids: set[str]) -> dict[str, set[str]]:
    """Those of these fields that hold a value of hers now, with the tables they hold it in."""
    found: dict[str, set[str]] = {}
    for holding in holdings(subject):
        for column in holding.columns:
            holds = {f"{column.attribute}__isnull": False}
            if (
                column.kind is Kind.SEALED
                and column.field_id in ids
                and holding.query().filter(**holds).exists()
            ):
                found.setdefault(column.field_id, set()).add(holding.table)
    return found
