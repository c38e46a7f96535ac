"""Keys of askers nobody knew: when the last request of one is gone, by its term or otherwise, whatever else
is theirs goes with the key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from kept.core.register.destroying import erasing
from kept.rights.requests.models import Asker, Representative, Request

REST = timedelta(hours=1)
"""What a receipt is just writing is left alone."""


def left_behind(now: datetime | None = None) -> list[Asker]:
    """Those that seal no request any more."""
    old = Asker.objects.filter(since__lt=(now or timezone.now()) - REST)
    sealing = Exists(Request.objects.filter(keeper=OuterRef("pk"))) | Exists(
        Representative.objects.filter(keeper=OuterRef("pk"))
    )
    return list(old.exclude(sealing).order_by("since")[:200])


def let_go(now: datetime | None = None) -> int:
    """Destroy them: what was mailed to them, their mark in the ledger, the key.

    Killed between two, the next run goes on.
    """
    gone = 0
    for asker in left_behind(now):
        erasing.destroy_rows(asker.pk)
        asker.delete()
        gone += 1
    return gone
