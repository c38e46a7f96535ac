"""Whether stored values open with the keys that are there: for a drill, and for a proof.

Nobody reads what was opened, so nothing is decided or recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast
from uuid import UUID, uuid4

from django.apps import apps
from django.db import connection, models

from kept.core.vault.columns.field import SealedField
from kept.core.vault.columns.sealed import Sealed, row_id
from kept.core.vault.errors import SealBroken, SealRefused
from kept.core.vault.sealed_files import files
from kept.core.vault.sealed_files.filerow import SealedFileRow
from kept.core.vault.sealing import seal
from kept.core.vault.sealing.cards import CardNumberRefused, refuse_card_number
from kept.core.vault.sealing.header import FIXED, FORMAT, SHORTEST
from kept.core.vault.subject_keys import keys


@dataclass(slots=True)
class Sample:
    """How many values opened, how many are of somebody whose key is gone, and which did not open: the fields,
    by their id.
    """

    opened: int = 0
    files: int = 0
    erased: int = 0
    broken: list[str] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    """Fields in which a value has the shape of a card number."""


_FOUND: list[UUID] = []
"""Where the last sample began, if it found something: the next look is at the same rows, so that a finding is
not lost by lot.
"""
FILES = 10


def sample(each: int = 50) -> Sample:
    """Try up to ``each`` rows of every sealed table and some files, whole: those that come next after a
    random number, so that each time it is others.
    """
    found, start = Sample(), _FOUND.pop() if _FOUND else uuid4()
    for model in apps.get_models():
        sealed = [one for one in model._meta.concrete_fields if isinstance(one, SealedField)]
        if sealed:
            _try(_by_lot(model, start, each), sealed, found)
    _try_files(start, found)
    if found.broken or found.cards:
        _FOUND[:] = [start]
    return found


def _try_files(start: UUID, found: Sample) -> None:
    """A file can be large, so that few are read each time."""
    rows = cast(list[SealedFileRow], _by_lot(SealedFileRow, start, FILES))
    known = keys.load_keys({row.subject for row in rows})
    for row in rows:
        key = known.get(row.subject)
        if key is None:
            found.erased += 1
            continue
        try:
            files.try_to_open(row, key)
            found.files += 1
        except (SealBroken, IndexError):
            found.broken.append(f"a file of {row.category}")


# A header names the field it was sealed for, at the twelfth byte, and the length of that name at the tenth.
_MISSHAPEN = {
    "sqlite": (
        "SELECT count(*) FROM {t} WHERE {c} IS NOT NULL AND (typeof({c}) <> 'blob' OR length({c}) < {s}"
        " OR substr({c}, 1, 1) <> X'{f}' OR substr({c}, 10, 1) <> X'{n}' OR substr({c}, 12, {l}) <> X'{i}')"
    ),
    "postgresql": (
        "SELECT count(*) FROM {t} WHERE {c} IS NOT NULL AND (octet_length({c}) < {s}"
        " OR substring({c} from 1 for 1) <> '\\x{f}' OR substring({c} from 10 for 1) <> '\\x{n}'"
        " OR substring({c} from 12 for {l}) <> '\\x{i}')"
    ),
}


def misshapen() -> dict[str, int]:
    """By field id, how many stored values do not begin as everything sealed for that field begins.

    Every value there is, in SQL.
    """
    found: dict[str, int] = {}
    for model in apps.get_models():
        for one in model._meta.local_concrete_fields:
            if isinstance(one, SealedField) and (count := _misshapen(model._meta.db_table, one)):
                found[one.field_id] = found.get(one.field_id, 0) + count
    return found


def _misshapen(table: str, one: SealedField) -> int:
    quoted = {"t": connection.ops.quote_name(table), "c": connection.ops.quote_name(str(one.column))}
    id = one.id_bytes
    shape = {"s": SHORTEST, "f": f"{FORMAT:02x}", "n": f"{len(id):02x}", "l": len(id), "i": id.hex()}
    with connection.cursor() as cursor:
        cursor.execute(_MISSHAPEN[connection.vendor].format(**quoted, **shape))
        return int(cursor.fetchone()[0])


def _by_lot(model: type[models.Model], start: UUID, each: int) -> list[models.Model]:
    rows = model._default_manager.order_by("pk")
    if not isinstance(model._meta.pk, models.UUIDField):
        return list(rows.order_by("-pk")[:each])
    found = list(rows.filter(pk__gte=start)[:each])
    return found + list(rows.filter(pk__lt=start)[: each - len(found)])


def _try(rows: list[models.Model], sealed: list[SealedField], found: Sample) -> None:
    values = [
        (row, one, value.raw)
        for row in rows
        for one in sealed
        if isinstance(value := row.__dict__.get(one.attname), Sealed)
    ]
    owners = [_owner(row, one) for row, one, _ in values]
    known = keys.load_keys({owner for owner in owners if owner})
    for (row, one, raw), owner in zip(values, owners, strict=True):
        key = known.get(owner) if owner else None
        if key is None:
            found.erased += 1
            continue
        try:
            if raw[FIXED : FIXED + raw[9]] != one.id_bytes:
                raise SealBroken("A sealed value belongs to another field.")
            refuse_card_number(seal.open_value(key.cipher, raw, key.bound + row_id(row)))
            found.opened += 1
        except CardNumberRefused:
            found.cards.append(one.field_id)
        except (SealBroken, IndexError):
            found.broken.append(one.field_id)


def _owner(row: models.Model, one: SealedField) -> UUID | None:
    try:
        return one.owner.of(row)
    except SealRefused:
        # Its row belongs to nobody any more, so nobody opens it.
        return None
