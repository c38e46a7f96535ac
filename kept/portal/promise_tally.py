"""How many promises are kept, for every footer: what the proofs said last, never asked anew by a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kept.core.policy.model import Policy
from kept.core.register.proving import proof_results, proofs


@dataclass(frozen=True, slots=True)
class Tally:
    """``kept`` of ``all`` promises; ``at`` is the time (aware) of the oldest answer among them."""

    kept: int
    broken: int
    waiting: int
    unproven: int
    unmeasured: int
    at: datetime

    @property
    def all(self) -> int:
        return self.kept + self.broken + self.waiting + self.unproven + self.unmeasured


def tally(policy: Policy) -> Tally:
    """The count for one version of the policy. One query."""
    results = proof_results.latest(policy)
    states = list(results.promises.values())
    return Tally(
        kept=states.count(proofs.KEPT),
        broken=states.count(proofs.BROKEN),
        waiting=states.count(proofs.WAITING),
        unproven=states.count(proofs.UNPROVEN),
        unmeasured=states.count(proofs.UNMEASURED),
        at=results.at,
    )
