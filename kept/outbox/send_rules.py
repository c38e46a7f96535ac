"""Who may be sent anything today: the contract's dates, the transfer mechanism's life, and whom the purpose
may reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kept.core.ledger import versions
from kept.core.ledger.versions import Ruling
from kept.core.policy.model import Policy, Recipient, sells
from kept.core.policy.render import recipient_state
from kept.sentences import sentence


class DoorClosed(Exception):
    """Nothing goes to this recipient for this purpose today. The message says why, and names the clause.

    ``kind``: what was asked for in vain: "sale", "recipient", "purpose", "reach", "field", or "" where it is
    a matter of days.
    """

    def __init__(self, said: str, kind: str = "") -> None:
        super().__init__(said)
        self.said, self.kind = said, kind


def reaches(policy: Policy, recipient_id: str, purpose: str) -> Recipient:
    """The recipient, if the policy lets this purpose reach it at all. Raises DoorClosed."""
    if sells(purpose):
        raise DoorClosed(sentence("The policy never allows this."), "sale")
    recipient = policy.recipients.get(recipient_id)
    if recipient is None:
        raise DoorClosed(
            sentence(
                "The policy names no recipient “{recipient}”. Register the recipient first.",
                recipient=recipient_id,
            ),
            "recipient",
        )
    if purpose not in policy.purposes:
        raise DoorClosed(
            sentence("The policy has no purpose “{purpose}” any more.", purpose=purpose), "purpose"
        )
    if recipient not in policy.recipients_of(purpose):
        clause = policy.purposes[purpose].clause
        raise DoorClosed(
            sentence(
                "“{title}” may not reach {recipient} (clause {clause}).",
                title=policy.purposes[purpose].title,
                recipient=recipient.title,
                clause=clause,
            ),
            "reach",
        )
    return recipient


def left_out(policy: Policy, recipient: Recipient, purpose: str, category: str) -> str:
    """Why a kind of data may not go to a recipient for a purpose it is reached by; "" where it may."""
    rule = policy.purposes[purpose]
    if category in rule.uses and recipient.may_have(category):
        return ""
    known = policy.categories.get(category)
    return sentence(
        "{kind} is not allowed for “{purpose}” to {recipient} (clause {clause}).",
        kind=known.title if known else category,
        purpose=rule.title,
        recipient=recipient.title,
        clause=rule.clause,
    )


def check_kinds(ruling: Ruling, recipient_id: str, *, purpose: str, categories: Iterable[str]) -> None:
    """That each kind of data may go there by every version that binds today. Raises DoorClosed."""
    for policy in ruling.policies:
        recipient = reaches(policy, recipient_id, purpose)
        for category in categories:
            if said := left_out(policy, recipient, purpose, category):
                raise DoorClosed(said, "field")


def check(policy: Policy, recipient_id: str, *, purpose: str, at: date) -> Recipient:
    """The recipient, if the policy lets this purpose reach it today. Raises DoorClosed."""
    recipient = reaches(policy, recipient_id, purpose)
    dead = recipient_state(recipient, at)
    if dead:
        raise DoorClosed(
            sentence("Nothing goes to {recipient} today. {why}", recipient=recipient.title, why=dead)
        )
    return recipient


def check_all(ruling: Ruling, recipient_id: str, *, purpose: str, at: date, collected: int = 0) -> Recipient:
    """As ``check``, by every version that binds today: the one in force, those that wait, and the one
    something was collected under. Raises DoorClosed.
    """
    recipient = check(ruling.policy, recipient_id, purpose=purpose, at=at)
    for policy in ruling.policies[1:]:
        check(policy, recipient_id, purpose=purpose, at=at)
    if 0 < collected < ruling.number and recipient_id not in {
        one.id for one in _reached_then(versions.version(collected), purpose)
    }:
        raise DoorClosed(
            sentence(
                "It was collected under an earlier version of the policy, which did not let it "
                "reach {recipient}.",
                recipient=recipient.title,
            )
        )
    return recipient


def _reached_then(policy: Policy, purpose: str) -> tuple[Recipient, ...]:
    return policy.recipients_of(purpose) if purpose in policy.purposes else ()
