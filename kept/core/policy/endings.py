"""Contracts and transfer mechanisms by their last day: after it nothing is sent to that recipient any more,
so it is said while there is time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kept.core.policy.law import MECHANISMS
from kept.core.policy.model import Policy, Recipient

SOON = 60
"""Days before a last day from which it is named."""


@dataclass(frozen=True, slots=True)
class Ending:
    """``what``: "contract", "transfer", or "mechanism" where the law itself ends.

    ``last``: the last day on which something may be sent.
    """

    recipient: Recipient
    what: str
    last: date
    purposes: tuple[str, ...]

    def sentence(self, at: date) -> str:
        day = f"{self.last.day} {self.last:%B %Y}"
        name = {
            "contract": "The contract",
            "transfer": "The transfer agreed",
            "mechanism": "The transfer mechanism, by law,",
        }[self.what]
        left = (self.last - at).days
        when = (
            "ended"
            if left < 0
            else "ends today,"
            if left == 0
            else f"ends in {left} {'day' if left == 1 else 'days'},"
        )
        stops = (
            f"nothing is sent to it for: {', '.join(self.purposes)}"
            if self.purposes
            else "nothing is sent to it"
        )
        since = f"on {day}. Since then {stops}" if left < 0 else f"on {day}. From the next day {stops}"
        key = "contract" if self.what == "contract" else "transfer"
        return (
            f"{name} with {self.recipient.title} {when} {since}. Renew it, and write the new day under"
            f" {self.recipient.id}.{key} in recipients.toml."
        )


def endings(policy: Policy, at: date, *, within: int = SOON) -> list[Ending]:
    """What has ended, or ends within so many days, the soonest first."""
    found = []
    for recipient in policy.recipients.values():
        purposes = tuple(
            one.title for one in policy.purposes.values() if recipient in policy.recipients_of(one.id)
        )
        for what, last in _last_days(recipient):
            if last and last <= at + timedelta(days=within):
                found.append(Ending(recipient, what, last, purposes))
    return sorted(found, key=lambda one: (one.last, one.recipient.id, one.what))


def _last_days(recipient: Recipient) -> list[tuple[str, date | None]]:
    days: list[tuple[str, date | None]] = [
        ("contract", recipient.contract.until if recipient.contract else None)
    ]
    if recipient.transfer:
        days.append(("transfer", recipient.transfer.until))
        ends = MECHANISMS[recipient.transfer.mechanism].until
        # The law names the first day without it.
        days.append(("mechanism", ends - timedelta(days=1) if ends else None))
    return days
