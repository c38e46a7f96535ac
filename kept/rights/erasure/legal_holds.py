"""What a law keeps, taken out of her name: sealed anew under a key of the hold's own, for the law's purpose
alone, until its date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from kept.core.register.destroying import erasing
from kept.core.register.destroying.erasing import Lawful
from kept.core.vault import gate
from kept.core.vault.acts import LAW
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.rights.erasure.models import LawHold

HOLDER = SystemReader(job="erasure.hold")
SOURCE = "held by law"


def hold_back(subject: UUID, *, about: str) -> int:
    """Hand every row a law keeps over to a key of the hold's.

    How many rows. One transaction for each hold; done again it finds none.

    Opens the law's own purpose, outside any transaction. Raises what the gate raises.
    """
    found = sorted(erasing.holds_by_law(subject, today=timezone.localdate()), key=_group)
    return sum(_hold(list(rows), about) for _, rows in groupby(found, key=_group))


def _group(one: Lawful) -> tuple[str, str, date]:
    return one.said.purpose, one.duty.article, one.until


def _hold(rows: Sequence[Lawful], about: str) -> int:
    first = rows[0]
    purpose = first.said.purpose
    with gate.purpose(purpose, reader=HOLDER, about=Job(about), source=SOURCE) as act, transaction.atomic():
        act.kind = "changed"
        hold = LawHold.objects.create(
            duty=first.duty.what,
            article=first.duty.article,
            purpose=purpose,
            until=first.until,
            rows=len(rows),
            fields=first.fields,
        )
        keys.enrol(hold.pk, LAW + purpose)
        for one in rows:
            _move(one, hold.pk)
    return len(rows)


def _move(one: Lawful, keeper: UUID) -> None:
    """Held values are read for the law and sealed under its key; what else the row knew of her goes."""
    row = one.row
    kept = {name: getattr(row, name) for name in one.said.fields}
    for field in row.sealed_fields():
        setattr(row, field.name, kept.get(field.name))
    for path in _paths(row):
        if path not in (one.said.keeper, "self"):
            setattr(row, path, None)
    setattr(row, one.said.keeper, keeper)
    row.save()


def _paths(row: Any) -> Sequence[str]:
    table = next(table for table in erasing.tables() if table.model is type(row))
    return [path for path in table.holds.subject if "__" not in path] if table.holds else []


def let_go(today: date) -> int:
    """Destroy what no law holds any more: the rows and their key. How many holds."""
    over = list(LawHold.objects.filter(until__lt=today).order_by("until")[:100])
    for hold in over:
        with transaction.atomic():
            erasing.destroy_rows(hold.pk)
            hold.delete()
    return len(over)
