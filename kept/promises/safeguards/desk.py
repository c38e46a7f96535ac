"""The desk's side: safeguards that are due, for whoever answers for them."""

from __future__ import annotations

from typing import Any

from kept.core.ledger import versions
from kept.core.register.hooks.desk import EVERY_ROLE, desk_queue
from kept.promises.safeguards import flows, register
from kept.sentences import sentence


@desk_queue("safeguards", title=sentence("Safeguards"), roles=EVERY_ROLE, url="desk-safeguards")
def waiting(reader: Any) -> int:
    found = register.entries(versions.current().policy)
    return sum((one.overdue or one.soon) and flows.may_look(reader.role, one.safeguard) for one in found)
