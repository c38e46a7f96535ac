"""The ledger of this database, to hold evidence against: is it continued, and is what it proves still there
for as long as was promised?
"""

from __future__ import annotations

from datetime import datetime

from kept.core.ledger import checkpoint, history, tiles
from kept.core.ledger.prune import KEPT
from kept.core.register.lifetimes import Clock
from kept.operations.checking.consistency import Ledger, Verdict, hold
from kept.operations.checking.evidence import Evidence
from kept.retention.sweep import acts_term


def ledger() -> Ledger | None:
    """As it is signed now; None before anything is. Raises ProofBroken, SigningKeyError."""
    latest = checkpoint.latest()
    return Ledger("The ledger", checkpoint.head_of(latest), tiles.stored) if latest else None


def judge(kept: Evidence) -> Verdict:
    """All of it against the ledger here. Raises ProofBroken, SigningKeyError, NothingPublished."""
    now = ledger()
    if now is None:
        return Verdict(
            against=(
                ["Nothing is signed here, and a ledger was signed when this was given out."]
                if kept.heads
                else []
            )
        )
    verdict = hold(kept.heads, now, entries=len(kept.entries), whose=kept.kind.split()[-1])
    if verdict.holds and kept.entries:
        _look_for(kept, verdict)
    return verdict


def _look_for(kept: Evidence, verdict: Verdict) -> None:
    """An act past its term may be gone from its place in the tree; one that is not must still say what it
    said.
    """
    gone = history.gone({entry["log"]["index"] for entry in kept.entries})
    if not gone:
        return
    term, _ = acts_term(Clock())
    headers = [entry["header"] for entry in kept.entries if entry["log"]["index"] in gone]
    early = [
        one
        for one in headers
        if one["kind"] in KEPT or datetime.fromisoformat(one["at"]) >= term(int(one["policy"]))
    ]
    if early:
        last = max(datetime.fromisoformat(one["at"]) for one in early)
        verdict.against.append(
            f"What {len(early):,} of these {len(kept.entries):,} entries said was taken out of the ledger"
            f" before its term; the youngest is of {last:%-d %B %Y}. Your {kept.kind.split()[-1]} still says"
            " it, and proves that it was there."
        )
    else:
        verdict.said.append(
            f"Of {len(headers):,} of them nothing but the place is left: they are past the policy’s term."
        )
