"""The nouns of what guards the data: safeguards, each somebody's task, and certificates with a last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kept.core.policy.duration import Duration
from kept.sentences import sentence

KINDS = {
    "administrative": sentence("administrative"),
    "technical": sentence("technical"),
    "physical": sentence("physical"),
}
PREPARED, COMING, VALID, ENDED = "prepared", "coming", "valid", "ended"


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One thing that guards the data, and who answers for it.

    ``evidence``: what shows that it is there. ``every``: how often somebody looks at it.
    """

    id: str
    title: str
    kind: str
    owner: str
    """A role of the policy."""
    evidence: str
    every: Duration
    proofs: tuple[str, ...]
    """Live proofs, where a machine can tell."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certification programme: what it covers, who certifies, from when to when.

    Without days it is being prepared.
    """

    id: str
    title: str
    issuer: str
    scope: str
    evidence: str
    verify: str
    """The issuer's page, where anybody can check it."""
    since: date | None
    until: date | None

    def state(self, at: date) -> str:
        """PREPARED, COMING, VALID, or ENDED from the day after its last one."""
        if self.since is None or self.until is None:
            return PREPARED
        if at < self.since:
            return COMING
        return VALID if at <= self.until else ENDED
