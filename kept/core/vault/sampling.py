"""Whether stored values open with the keys that are there: for a drill. Nobody reads what was opened, so nothing is decided or recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.db import models

from kept.core.vault import keys, seal
from kept.core.vault.errors import SealBroken, SealRefused
from kept.core.vault.field import SealedField
from kept.core.vault.sealed import Sealed, row_id


@dataclass(slots=True)
class Sample:
    """How many values opened, how many are of somebody whose key is gone, and which did not open: the fields, by their id."""

    opened: int = 0
    erased: int = 0
    broken: list[str] = field(default_factory=list)


def sample(each: int = 50) -> Sample:
    """Try up to ``each`` rows of every sealed table."""
    found = Sample()
    for model in apps.get_models():
        sealed = [one for one in model._meta.concrete_fields if isinstance(one, SealedField)]
        if sealed:
            _try(list(model._default_manager.all()[:each]), sealed, found)
    return found


def _try(rows: list[models.Model], sealed: list[SealedField], found: Sample) -> None:
    values = [(row, one, value.raw) for row in rows for one in sealed if isinstance(value := row.__dict__.get(one.attname), Sealed)]
    owners = [_owner(row, one) for row, one, _ in values]
    known = keys.load_keys({owner for owner in owners if owner})
    for (row, one, raw), owner in zip(values, owners, strict=True):
        key = known.get(owner) if owner else None
        if key is None:
            found.erased += 1
            continue
        try:
            seal.open_value(key.cipher, raw, key.bound + row_id(row))
            found.opened += 1
        except SealBroken:
            found.broken.append(one.field_id)


def _owner(row: models.Model, one: SealedField) -> UUID | None:
    try:
        return one.owner.of(row)
    except SealRefused:
        # Its row belongs to nobody any more, so nobody opens it.
        return None
