"""The register of safeguards as it stands today: due when, overdue or not, and what a machine says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.model import Policy
from kept.core.policy.safeguards import Safeguard
from kept.core.register.proving import proof_results
from kept.core.register.proving.proofs import BROKEN, KEPT, UNMEASURED, UNPROVEN, WAITING
from kept.promises.safeguards.models import Review

SOON = timedelta(days=30)
"""So long before its day a safeguard is named to whoever answers for it."""
WORST_FIRST = (BROKEN, UNPROVEN, UNMEASURED, WAITING, KEPT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One safeguard. ``looked``: when somebody last did; ``live``: the worst of its proofs, "" for none."""

    safeguard: Safeguard
    looked: date | None
    due: date
    live: str

    @property
    def kind(self) -> str:
        return self.safeguard.kind

    @property
    def overdue(self) -> bool:
        return self.due < timezone.localdate()

    @property
    def soon(self) -> bool:
        return not self.overdue and self.due <= timezone.localdate() + SOON


def entries(policy: Policy) -> list[Entry]:
    """Every safeguard of a policy, in its language, as it stands today."""
    looked, known = last_looked(), named_since()
    answers = proof_results.latest(versions.current().policy).answers
    today = timezone.localdate()
    found = []
    for one in policy.safeguards.values():
        states = [answers[proof].state if proof in answers else UNMEASURED for proof in one.proofs]
        last = looked.get(one.id)
        due = one.every.after(last or known.get(one.id, today))
        live = next((state for state in WORST_FIRST if state in states), "")
        found.append(Entry(one, last, due, live))
    return found


def last_looked() -> Mapping[str, date]:
    """The last day somebody looked, by safeguard."""
    rows = Review.objects.values("safeguard").annotate(last=Max("looked_at"))
    return {row["safeguard"]: timezone.localdate(row["last"]) for row in rows}


def named_since() -> Mapping[str, date]:
    """The day each safeguard came into force: until somebody first looks, its term runs from there."""
    found: dict[str, date] = {}
    for slot in versions.slots():
        begins = slot.begins[0]
        if slot.withdrawn is None and begins <= timezone.localdate():
            for id in versions.version(slot.number).safeguards:
                found.setdefault(id, begins)
    return found
