"""What an answer must not wait for, done by the worker a moment later: looking whom a typed address is of,
and writing to them.

An answer that did it itself would take longer where somebody is known, and tell. Whatever was typed lies
sealed until then, for everybody alike: the same row, by the same statements, whether it leads to somebody or
to nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing.sealed_box import Box, renew_column, reseals
from kept.outbox.models import Errand
from kept.registry import Registry

BOX = Box("outbox.errands")
SIZES = 512
"""Boxes are filled up to a multiple of so many bytes, so that their size tells nothing."""
LEASE, ATTEMPTS = timedelta(minutes=1), 5
Doing = Callable[..., None]
DOINGS: Registry[Doing] = Registry(
    "deferred work", "what the worker does for an answer that did not wait, by kind"
)


def runs(kind: str) -> Callable[[Doing], Doing]:
    """Register what is done for errands of this kind, with what was said as its arguments.

    It may be done twice, and opens its own acts.
    """

    return DOINGS.under(kind)


def leave(kind: str, **said: Any) -> None:
    """Leave an errand for the worker. One statement, whatever is said. Joins the transaction."""
    id = uuid4()
    words = json.dumps(said)
    filled = words + " " * (-len(words.encode()) % SIZES)
    Errand.objects.create(pk=id, kind=kind, data=BOX.seal(filled.encode(), bound_to=str(id)))


def run_due(most: int = 50) -> int:
    """Do what is due.

    Returns how many were done. One that fails is tried again, and stands in nobody's way.
    """
    done = 0
    for errand in _due(timezone.now(), most):
        try:
            said = json.loads(BOX.open(bytes(errand.data), bound_to=str(errand.pk)))
        except SealBroken:
            errand.delete()
            continue
        DOINGS[errand.kind](**said)
        errand.delete()
        done += 1
    return done


def _due(now: datetime, most: int) -> list[Errand]:
    """Ours for a lease: nobody else does them meanwhile, and one whose worker dies is due again.

    After some tries it is given up.
    """
    Errand.objects.filter(due_at__lte=now, attempts__gte=ATTEMPTS).delete()
    found = Errand.objects.filter(due_at__lte=now).order_by("due_at")[:most]
    ours = {"due_at": now + LEASE, "attempts": F("attempts") + 1}
    return [row for row in found if Errand.objects.filter(pk=row.pk, due_at=row.due_at).update(**ours)]


@reseals(BOX, table="outbox_errand")
def reseal_errands() -> int:
    return renew_column(BOX, Errand, "data")
