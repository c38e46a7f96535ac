"""The ledger of this database, to hold evidence against: is it continued, and is what it proves still there
for as long as was promised?
"""

from __future__ import annotations

from datetime import datetime

from kept.core.ledger import history
from kept.core.ledger.notes import checkpoint
from kept.core.ledger.prune import KEPT
from kept.core.ledger.tree import tiles
from kept.core.register.terms.lifetimes import Clock
from kept.operations.checking.consistency import Ledger, Verdict, hold
from kept.operations.checking.evidence import RECEIPT, Evidence
from kept.retention.sweep import acts_term
from kept.sentences import sentence


def ledger() -> Ledger | None:
    """As it is signed now; None before anything is. Raises ProofBroken, SigningKeyError."""
    latest = checkpoint.latest()
    return Ledger("", checkpoint.head_of(latest), tiles.stored) if latest else None


def judge(kept: Evidence) -> Verdict:
    """All of it against the ledger here. Raises ProofBroken, SigningKeyError, NothingPublished."""
    now = ledger()
    if now is None:
        return Verdict(
            against=(
                [sentence("Nothing is signed here, and a ledger was signed when this was given out.")]
                if kept.heads
                else []
            )
        )
    verdict = hold(kept.heads, now, entries=len(kept.entries), kind=kept.kind)
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
            sentence(
                "What {n:,} of these {all:,} entries said was taken out of the ledger before its term; the"
                " youngest is of {day}. Your receipt still says it, and proves that it was there.",
                n=len(early),
                all=len(kept.entries),
                day=last.date(),
            )
            if kept.kind == RECEIPT
            else sentence(
                "What {n:,} of these {all:,} entries said was taken out of the ledger before its term; the"
                " youngest is of {day}. Your copy still says it, and proves that it was there.",
                n=len(early),
                all=len(kept.entries),
                day=last.date(),
            )
        )
    else:
        verdict.said.append(
            sentence(
                "Of {n:,} of them nothing but the place is left: they are past the policy’s term.",
                n=len(headers),
            )
        )
