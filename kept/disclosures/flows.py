"""Hand something of a person to a recipient: minimal by the policy, once for each key, on record before it
leaves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.vault.readers import StaffReader
from kept.disclosures.models import Refused
from kept.outbox import send_rules
from kept.outbox.handing_over import transfers
from kept.outbox.models import Disclosure
from kept.outbox.send_rules import DoorClosed

KEY = re.compile(r"[a-z0-9][a-z0-9.:/-]{2,119}")


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What became of it.

    ``left_out``: field id → the sentence that says why it may not go there. ``again``: the key was known, and
    nothing new was prepared. ``same_as``: an earlier disclosure of the very same content to the same
    recipient.
    """

    row: Disclosure
    left_out: Mapping[str, str]
    again: bool = False
    same_as: Disclosure | None = None


def disclose(
    *,
    subject: UUID,
    recipient: str,
    purpose: str,
    values: Mapping[str, Any],
    reason: str,
    key: str,
    approver: StaffReader | None = None,
    collected: int = 0,
    row_id: UUID | None = None,
) -> Disclosed:
    """Hand ``values`` ({field id: value}) of one person to a recipient of the policy, for one purpose.

    ``reason``: why, as a ``sentence(…)`` the person will read; no words anybody typed. ``key``: your own name
    for this sending, like ``order-4711/carrier/1``: the same key never prepares a second one, in whatever
    process. ``approver``: the member of staff who approved it, if one did. ``collected``: the lowest version
    of the policy any of the values was collected under, if known. ``row_id``: for whoever carries it by a way
    of their own, in an act about ``transfer <row_id>``, whose entry is then that of the row.

    Joins the open act, or opens one of its own; then call it outside ``atomic``. It writes a row in your
    transaction and sends nothing: the worker carries it within seconds, with its entry in the ledger before
    the first byte, and tries again until it is taken.

    A field the policy does not let go there is left out and named. Raises DoorClosed where nothing may go
    (the message is for people), ValueError for a field nobody declared or a key that was used for something
    else, KeyErased.
    """
    if not KEY.fullmatch(key):
        raise ValueError("A key is 3 to 120 small letters, digits and . : / -, like order-4711/carrier/1.")
    known = _known(key, subject, recipient, purpose)
    if known is not None:
        return Disclosed(known, {}, again=True)
    allowed, left_out = minimal(recipient=recipient, purpose=purpose, values=values)
    same = like(subject=subject, recipient=recipient, purpose=purpose, values=allowed)
    noted = {
        "key": key,
        "reason": reason,
        "left_out": sorted(left_out),
        "approver": approver.role if approver else "",
        "approved_by": approver.actor if approver else None,
        **({"id": row_id} if row_id else {}),
    }
    try:
        row = transfers.disclose(
            subject=subject,
            recipient=recipient,
            purpose=purpose,
            values=allowed,
            collected=collected,
            **noted,
        )
    except IntegrityError:
        # Another process was quicker by a moment; whatever else broke is not ours to hide.
        known = _known(key, subject, recipient, purpose)
        if known is None:
            raise
        return Disclosed(known, {}, again=True)
    return Disclosed(row, left_out, same_as=same)


def minimal(
    *, recipient: str, purpose: str, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What of it may go, and why the rest may not, by every version that binds today.

    Raises DoorClosed where nothing may; that is counted, and the counts are public.
    """
    categories = transfers.categories_of(values)
    left_out: dict[str, str] = {}
    try:
        for policy in versions.current().policies:
            whom = send_rules.reaches(policy, recipient, purpose)
            for name, category in categories.items():
                if said := send_rules.left_out(policy, whom, purpose, category):
                    left_out.setdefault(name, said)
        if not values.keys() - left_out.keys():
            raise DoorClosed(next(iter(left_out.values()), ""), "field")
    except DoorClosed as closed:
        Refused.count_one(closed.kind, timezone.localdate())
        raise
    return {name: value for name, value in values.items() if name not in left_out}, left_out


def like(*, subject: UUID, recipient: str, purpose: str, values: Mapping[str, Any]) -> Disclosure | None:
    """The newest disclosure of the very same content to the same recipient; it may have arrived already."""
    mark = transfers.mark_of(subject, recipient, purpose, values)
    return (
        Disclosure.objects.filter(mark=mark, subject=subject, stopped_at=None).order_by("-queued_at").first()
    )


def _known(key: str, subject: UUID, recipient: str, purpose: str) -> Disclosure | None:
    row = Disclosure.objects.filter(key=key).first()
    if row is not None and (row.subject, row.recipient, row.purpose) != (subject, recipient, purpose):
        raise ValueError("This key was used for another disclosure. Each sending has a key of its own.")
    return row
