"""Values on their way to somebody else: sealed together for one row, under the key of the person they are
about, until they are handed over.

Each keeps its own field id and category, so that opening asks the policy for each of them, and the ledger
names each of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kept.core.vault.acts import Act, current
from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing import header, seal
from kept.core.vault.sealing.cards import refuse_card_number
from kept.core.vault.sealing.header import Header

FIELD_ID = "envelope"


def enclose(subject: UUID, row: UUID, values: Mapping[str, tuple[str, Any]]) -> bytes:
    """Seal ``{field id: (category, value)}`` for a row.

    Joins the open act, and leaves no trace in its entry: what is sent is recorded when it is.

    A value is what JSON can say, or a day. Raises PurposeRequired, KeyErased, NotAllowed (somebody else's),
    CardNumberRefused, TypeError.
    """
    act = current("an envelope")
    key = act.key(subject)
    plain = json.dumps(
        {name: [category, _plain(value)] for name, (category, value) in values.items()}, ensure_ascii=False
    ).encode()
    for _, value in values.values():
        if isinstance(value, str):
            refuse_card_number(value.encode())
    head = Header(FIELD_ID, act.ruling.number, act.today, "outbox").pack()
    return seal.seal_value(key.cipher, head, key.bound + row.bytes, plain)


def amend(subject: UUID, row: UUID, sealed: bytes, values: Mapping[str, Any]) -> bytes:
    """The same envelope with new values in the place of those of that name.

    Nothing of it is handed to the caller, so nothing is asked.
    """
    act = current("an envelope")
    found = _content(act, subject, row, sealed)
    return enclose(
        subject, row, {name: (category, values.get(name, value)) for name, (category, value) in found.items()}
    )


def open_envelope(subject: UUID, row: UUID, sealed: bytes) -> dict[str, Any]:
    """The values by field id, each of them asked of the policy.

    Raises PurposeRequired, NotAllowed, KeyErased, SealBroken.
    """
    act = current("an envelope")
    key = act.key(subject)
    found = _content(act, subject, row, sealed)
    _permit(act, subject, {category for category, _ in found.values()}, sealed[1:5])
    for name in found:
        key.opened[name] = key.opened.get(name, 0) + 1
    return {name: value for name, (_, value) in found.items()}


def _content(act: Act, subject: UUID, row: UUID, sealed: bytes) -> dict[str, list[Any]]:
    key = act.key(subject)
    if header.read(sealed).field_id != FIELD_ID:
        raise SealBroken("This is no envelope.")
    found: dict[str, list[Any]] = json.loads(seal.open_value(key.cipher, sealed, key.bound + row.bytes))
    return found


def _permit(act: Act, subject: UUID, categories: set[str], version: bytes) -> None:
    key = act.key(subject)
    for category in sorted(categories):
        if (category, version) not in key.answers:
            act.permit(key, category, version)
    act.touch(subject, categories=sorted({*categories, *act.categories_of(subject)}))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
