"""The desk's side: recipients whom people must tell.

Loading it registers what carries out the requests of this room.
"""

from __future__ import annotations

from typing import Any

from kept.core.register.hooks.desk import desk_queue
from kept.rights.correction import fulfilment, manual_notices
from kept.sentences import sentence

__all__ = ["TELLING", "fulfilment", "waiting"]

TELLING = ("controller", "support", "sales")


@desk_queue("recipients", title=sentence("Tell a recipient"), roles=TELLING, url="desk-recipients")
def waiting(reader: Any) -> int:
    return manual_notices.count(reader.role)
