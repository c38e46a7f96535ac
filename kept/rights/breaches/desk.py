"""The desk's side: breaches that are still open."""

from __future__ import annotations

from typing import Any

from kept.core.register.hooks.desk import desk_queue
from kept.rights.breaches.models import Breach
from kept.sentences import sentence

ROLES = ("controller", "officer")


@desk_queue("breaches", title=sentence("Breaches"), roles=ROLES, url="desk-breaches")
def waiting(reader: Any) -> int:
    return Breach.objects.open().count()
