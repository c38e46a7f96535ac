"""Who may be sent anything today: the contract's dates, the transfer mechanism's life, and whom the purpose may reach."""

from __future__ import annotations

from datetime import date

from kept.core.policy.model import Policy, Recipient
from kept.core.policy.render import recipient_state


class DoorClosed(Exception):
    """Nothing goes to this recipient for this purpose today. The message says why, and names the clause."""


def check(policy: Policy, recipient_id: str, *, purpose: str, at: date) -> Recipient:
    """The recipient, if the policy lets this purpose reach it today. Raises DoorClosed."""
    recipient = policy.recipients.get(recipient_id)
    if recipient is None:
        raise DoorClosed(f"The policy names no recipient “{recipient_id}”. Register the recipient first.")
    if purpose not in policy.purposes:
        raise DoorClosed(f"The policy has no purpose “{purpose}” any more.")
    if recipient not in policy.recipients_of(purpose):
        clause = policy.purposes[purpose].clause
        raise DoorClosed(f"“{policy.purposes[purpose].title}” may not reach {recipient.title} (clause {clause}).")
    dead = recipient_state(recipient, at)
    if dead:
        raise DoorClosed(f"Nothing goes to {recipient.title} today. {dead}")
    return recipient
