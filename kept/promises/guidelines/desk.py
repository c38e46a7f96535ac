"""The desk's side: guidelines of one's own that wait to be read."""

from __future__ import annotations

from typing import Any

from kept.core.register.hooks.desk import EVERY_ROLE, desk_queue
from kept.promises.guidelines import flows
from kept.sentences import sentence


@desk_queue("guidelines", title=sentence("Guidelines"), roles=EVERY_ROLE, url="desk-guidelines")
def waiting(reader: Any) -> int:
    return sum(not one.done for one in flows.bound(reader.actor, reader.role))
