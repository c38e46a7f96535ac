"""The desk's way to the visits: staff see the page that everybody sees, and no other."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from kept.core.register.hooks.desk import desk_queue
from kept.sentences import sentence
from kept.touchpoints.visits import log_folder

ROLES = ("marketing", "operator", "controller")


@desk_queue("visits", title=sentence("Visits"), roles=ROLES, url="visits")
def waiting(reader: Any) -> int:
    """Days that are over and wait to be packed: none, as long as the jobs run."""
    today = timezone.localdate().isoformat()
    logs = log_folder.places().logs
    return len({file.name[:10] for file in logs.glob("*.log") if file.name[:10] < today})
