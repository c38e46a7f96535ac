"""What can be said about a sealed value: where it came from, without opening it; and what a page shows where
it may not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import models

from kept.core.policy.verdict import Refused
from kept.core.vault.columns.field import SealedField
from kept.core.vault.columns.sealed import ERASED, Erased, Sealed
from kept.core.vault.errors import KeyErased, NotAllowed, ReasonRequired, SealRefused
from kept.core.vault.sealing import header

__all__ = ["ERASED", "Erased", "Hidden", "Provenance", "held", "provenance", "show"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """``policy``: number of the version it was collected under.

    ``source``: the place, in plain words. No key is needed to know it.
    """

    policy: int
    day: date
    source: str
    field_id: str
    category: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """Stands where the policy says no, or asks for the reason first. ``refused`` is None for the latter."""

    refused: Refused | None
    text: str

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "hidden"


def provenance(row: models.Model, name: str) -> Provenance | None:
    """Where the value of a field came from; None where there is no value, or one not stored yet.

    Opens nothing.
    """
    field = row._meta.get_field(name)
    if not isinstance(field, SealedField):
        raise SealRefused(f"{name} is not sealed, so nothing is known of where it came from.")
    value = row.__dict__.get(field.attname)
    if not isinstance(value, Sealed):
        return None
    return _origin(header.read(value.raw), field.category)


@lru_cache(maxsize=1024)
def _origin(known: header.Header, category: str) -> Provenance:
    return Provenance(known.policy, known.day, known.source, known.field_id, category)


def held(row: models.Model, name: str) -> bool:
    """Is there a value at all? Opens nothing."""
    return row.__dict__.get(row._meta.get_field(name).attname) is not None  # type: ignore[union-attr]


def show(row: models.Model, name: str) -> Any:
    """The value, or what stands in its place: ERASED, or Hidden with the clause that says so.

    For lists, where one refusal must not fail all.
    """
    try:
        return getattr(row, name)
    except KeyErased:
        return ERASED
    except NotAllowed as no:
        return Hidden(no.refused, str(no))
    except ReasonRequired as wanted:
        return Hidden(None, str(wanted))
