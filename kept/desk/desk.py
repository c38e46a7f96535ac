"""The desk's own queue: matters that went beyond their bound, for whoever answers for what staff look at."""

from __future__ import annotations

from typing import Any

from kept.core.register.hooks.desk import desk_queue
from kept.desk.models import Excess
from kept.sentences import sentence

ROLES = ("controller", "officer")


@desk_queue("beyond", title=sentence("Matters beyond their bound"), roles=ROLES, url="desk-beyond")
def waiting(reader: Any) -> int:
    return Excess.objects.filter(entity=reader.entity, seen_at=None).count()
