"""How ``find`` and ``search`` answer: the index first, then rows by their keys, filtered after opening."""

from __future__ import annotations

from typing import Any

from django.db import models

from kept.core.policy.verdict import SELF
from kept.core.vault.acts import Act, current
from kept.core.vault.columns.case_folding import words
from kept.core.vault.columns.field import SealedField
from kept.core.vault.columns.indexes import BlindIndex, PrefixIndex
from kept.core.vault.columns.sealed import Sealed, open_sealed, unseal
from kept.core.vault.errors import NotAllowed, ReasonRequired, SealRefused
from kept.core.vault.readers import SelfReader

_STEP = 200


def by_mark(rows: Any, wanted: dict[str, Any]) -> Any:
    for source, value in wanted.items():
        index = _index(rows.model, source, BlindIndex)
        act = _allowed(rows.model, source)
        sought = value if isinstance(value, list) else [value]
        rows = _own(rows, act).filter(
            **{f"{index.name}__in": [mark for one in sought for mark in index.marks(one)]}
        )
    return rows


def by_words(rows: Any, wanted: dict[str, str], limit: int) -> list[Any]:
    """Candidates from the tokens alone, then rows by primary key: the join the other way round is ten times
    slower.
    """
    ((source, text),) = wanted.items()
    index = _index(rows.model, source, PrefixIndex)
    act = _allowed(rows.model, source)
    asked = words(text)
    if not asked:
        return []
    field = rows.model._meta.get_field(source)
    found: list[Any] = []
    ids = index.candidates(text)
    for start in range(0, len(ids), _STEP):
        for row in _own(rows, act).filter(pk__in=ids[start : start + _STEP]):
            if _matches(row, field, asked, act):
                found.append(row)
                if len(found) >= limit:
                    return found
    return found


def _matches(row: Any, field: SealedField, asked: list[str], act: Act) -> bool:
    """Opens without a trace first: somebody whose bucket merely collided was not looked up.

    Who fits is opened, and recorded.
    """
    value = row.__dict__[field.attname]
    if not isinstance(value, Sealed):
        return False
    key = row.__dict__["_sealed_ring"].key(act, field.owner.of(row))
    if key is None:
        return False
    there = words(str(unseal(row, field, key, value.raw)))
    if not all(any(word.startswith(part) for word in there) for part in asked):
        return False
    try:
        open_sealed(row, field, value)
    except (NotAllowed, ReasonRequired):
        return False
    return True


def _allowed(model: type[models.Model], source: str) -> Act:
    """Looking for somebody uses their data: the purpose must use the category."""
    act = current(f"{model.__name__} by {source}")
    field = model._meta.get_field(source)
    assert isinstance(field, SealedField)
    act.may_use(field.category)
    return act


def _own(rows: Any, act: Act) -> Any:
    if not isinstance(act.reader, SelfReader):
        assert act.reader.role != SELF
        return rows
    mine = models.Q()
    for subject in (act.reader.subject, *act.reader.organisations):
        mine |= rows.model.of_subject(subject)
    return rows.filter(mine)


def _index(model: type[models.Model], source: str, kind: type[Any]) -> Any:
    for index in getattr(model, "sealed_indexes", ()):
        if index.source == source and isinstance(index, kind):
            return index
    raise SealRefused(
        f"{model.__name__}.{source} has no {kind.__name__}. Declare one beside it to look it up."
    )
