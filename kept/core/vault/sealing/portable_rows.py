"""A row's sealed values outside of the database, as on somebody's own device: still sealed, and still bound
to person, row and field.
"""

from __future__ import annotations

import json
from base64 import b85decode, b85encode
from collections.abc import Sequence

from kept.core.vault.columns.fields import SealedModel
from kept.core.vault.columns.sealed import Sealed, handover
from kept.core.vault.sealing import header


def carry(row: SealedModel, names: Sequence[str]) -> bytes:
    """Seal these fields of a row that is not saved, in the open act, by its rules.

    What holds no value is left out.
    """
    fields = {field.name: field for field in row.sealed_fields()}
    sealed = {name: fields[name].pre_save(row, True) for name in names}
    return json.dumps(
        {name: b85encode(value.raw).decode() for name, value in sealed.items() if value is not None}
    ).encode()


def take_up(row: SealedModel, names: Sequence[str], carried: bytes) -> None:
    """Put what was carried back into a row with the same key.

    Nothing is opened: that takes an act, and the person's key.

    Raises SealBroken for what is no such thing.
    """
    held = json.loads(carried)
    with handover():
        for name in names:
            if name in held:
                raw = b85decode(held[name])
                header.read(raw)
                setattr(row, name, Sealed(raw))
