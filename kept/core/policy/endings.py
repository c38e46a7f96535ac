"""Contracts, transfer mechanisms and certificates by their last day: after it nothing is sent to that
recipient any more, or no badge is shown; so it is said while there is time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kept.core.policy.law import MECHANISMS
from kept.core.policy.model import Policy, Recipient
from kept.core.policy.safeguards import Certificate
from kept.sentences import Sentence, counted, sentence

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

    @property
    def id(self) -> str:
        return self.recipient.id

    def sentence(self, at: date) -> Sentence:
        """When it ends, what is not sent from then on, and where the new day is written."""
        named = {
            "when": self._when((self.last - at).days),
            "stops": self._stops(),
            "place": f"{self.recipient.id}.{'contract' if self.what == 'contract' else 'transfer'}",
        }
        if self.last < at:
            return sentence(
                "{when} Since then {stops}. Renew it, and write the new day under {place} in"
                " recipients.toml.",
                **named,
            )
        return sentence(
            "{when} From the next day {stops}. Renew it, and write the new day under {place} in"
            " recipients.toml.",
            **named,
        )

    def _when(self, left: int) -> Sentence:
        """``left``: days until the last one; less than none when it is over."""
        said = {"recipient": self.recipient.title, "day": self.last}
        if left < 0:
            return {
                "contract": sentence("The contract with {recipient} ended on {day}.", **said),
                "transfer": sentence("The transfer agreed with {recipient} ended on {day}.", **said),
                "mechanism": sentence(
                    "The transfer mechanism, by law, with {recipient} ended on {day}.", **said
                ),
            }[self.what]
        if left == 0:
            return {
                "contract": sentence("The contract with {recipient} ends today, on {day}.", **said),
                "transfer": sentence("The transfer agreed with {recipient} ends today, on {day}.", **said),
                "mechanism": sentence(
                    "The transfer mechanism, by law, with {recipient} ends today, on {day}.", **said
                ),
            }[self.what]
        return {
            "contract": counted(
                "The contract with {recipient} ends in {n} day, on {day}.",
                "The contract with {recipient} ends in {n} days, on {day}.",
                left,
                **said,
            ),
            "transfer": counted(
                "The transfer agreed with {recipient} ends in {n} day, on {day}.",
                "The transfer agreed with {recipient} ends in {n} days, on {day}.",
                left,
                **said,
            ),
            "mechanism": counted(
                "The transfer mechanism, by law, with {recipient} ends in {n} day, on {day}.",
                "The transfer mechanism, by law, with {recipient} ends in {n} days, on {day}.",
                left,
                **said,
            ),
        }[self.what]

    def _stops(self) -> Sentence:
        if not self.purposes:
            return sentence("nothing is sent to it")
        return sentence("nothing is sent to it for: {purposes}", purposes=", ".join(self.purposes))

    @property
    def heading(self) -> Sentence:
        """What ends and when, in a few words."""
        said = {"recipient": self.recipient.title, "day": self.last}
        return {
            "contract": sentence("{recipient}: the contract ends on {day}", **said),
            "transfer": sentence("{recipient}: the transfer ends on {day}", **said),
            "mechanism": sentence("{recipient}: the mechanism ends on {day}", **said),
        }[self.what]


@dataclass(frozen=True, slots=True)
class CertificateEnding:
    """A certificate that ends, or has: ``last`` is the last day its badge is shown."""

    certificate: Certificate
    last: date
    what: str = "certificate"

    @property
    def id(self) -> str:
        return self.certificate.id

    def sentence(self, at: date) -> Sentence:
        """When it ends, what becomes of its badge, and where the new day is written."""
        left = (self.last - at).days
        said = {"title": self.certificate.title, "day": self.last, "place": f"{self.certificate.id}.until"}
        if left < 0:
            return sentence(
                "The certificate “{title}” ended on {day}: its badge is refused. Once it is renewed, write"
                " the new last day under {place} in certificates.toml.",
                **said,
            )
        return counted(
            "The certificate “{title}” ends in {n} day, on {day}, and its badge goes with it. Renew it, and"
            " write the new last day under {place} in certificates.toml.",
            "The certificate “{title}” ends in {n} days, on {day}, and its badge goes with it. Renew it, and"
            " write the new last day under {place} in certificates.toml.",
            left,
            **said,
        )

    @property
    def heading(self) -> Sentence:
        """What ends and when, in a few words."""
        return sentence("{title}: the certificate ends on {day}", title=self.certificate.title, day=self.last)


def certificate_endings(policy: Policy, at: date, *, within: int = SOON) -> list[CertificateEnding]:
    """Certificates that have ended, or end within so many days, the soonest first."""
    found = [
        CertificateEnding(one, one.until)
        for one in policy.certificates.values()
        if one.until and one.until <= at + timedelta(days=within)
    ]
    return sorted(found, key=lambda one: (one.last, one.id))


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
