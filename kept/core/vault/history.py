"""A person's own timeline: the ledger's entries about them, with the sealed reasons opened for them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kept.core.ledger.history import Changed, Entry, entries_of
from kept.core.vault.acts import NOTE, current
from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing import header, seal
from kept.core.vault.subject_keys.keys import Key, key_of


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry with its ``note``: the reason a member of staff gave, "" where none was given."""

    entry: Entry
    note: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entry, name)


def timeline(
    subject: UUID,
    limit: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    changed: set[Changed] | None = None,
) -> list[Happening]:
    """Newest first, from ``since`` to before ``until``, inside an act that may use the log of look-ups.

    Entries that do not read as they were written are put into ``changed``; without, they raise RowBroken.
    Raises PurposeRequired, NotAllowed, KeyErased.
    """
    act = current("a timeline")
    key = act.key(subject)
    act.permit(key, "log.lookup", act.ruling.number.to_bytes(4, "big"))
    return [
        Happening(entry, _note(key, entry))
        for entry in entries_of(key.alias, since=since, until=until, limit=limit, changed=changed)
    ]


def own_proof_salt(subject: UUID, act_id: UUID) -> bytes:
    """The salt of this person's part of an entry: whoever has it can prove that part, and nobody else's.

    Inside an act. Raises KeyErased.
    """
    return current("a proof").key(subject).salt(act_id)


def alias_of(subject: UUID) -> bytes:
    """The person's name in the ledger. Raises KeyErased."""
    return key_of(subject).alias


def _note(key: Key, entry: Entry) -> str:
    sealed = entry.detail.get("note")
    if not sealed:
        return ""
    raw = base64.b64decode(sealed)
    if header.read(raw).field_id != NOTE:
        raise SealBroken("This is not the note of a ledger entry.")
    return seal.open_value(key.cipher, raw, key.subject.bytes + entry.act.bytes).decode()
