"""Does the ledger as it is now continue what was signed then?

Only hashes are worked out here; where they are read from is no matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kept.core.ledger import layout, merkle
from kept.core.ledger.offline import Head
from kept.core.policy.duration import Duration
from kept.operations.checking.evidence import COPY, Evidence, Signed


@dataclass(slots=True)
class Verdict:
    """``said``: one sentence for each thing that was looked at; it holds unless one of ``against`` stands."""

    said: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.against


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger as it is now: its newest head, and how its tiles are read.

    ``named``: as a sentence names it.
    """

    named: str
    head: Head
    load: layout.Load


def hold(heads: Sequence[Signed], ledger: Ledger, *, entries: int = 0, whose: str = "copy") -> Verdict:
    """Every head against the ledger, the smallest first. ``entries``: how many proofs hang on the first."""
    verdict, nodes = Verdict(), layout.reader(ledger.load)
    now = ledger.head
    try:
        fits = merkle.root(now.size, nodes) == now.root
    except merkle.MerkleError:
        fits = False
    if not fits:
        verdict.against.append(
            f"The tiles of {ledger.named} do not lead to the checkpoint that it signs, so it shows no ledger"
            " at all."
        )
        return verdict
    for one in heads:
        _hold_one(one.head, now, ledger, nodes, verdict)
    if heads and verdict.holds:
        sizes = " and ".join(
            [f"{heads[0].head.size:,}", *([f"{heads[-1].head.size:,}"] if len(heads) > 1 else [])]
        )
        verdict.said.append(
            f"{ledger.named} has {now.size:,} entries under its newest signed checkpoint, and continues the"
            f" {sizes} of then unchanged."
        )
        if entries:
            verdict.said.append(
                f"So every one of the {entries:,} entries that the {whose} proves is in it, as it was"
                " written."
            )
    return verdict


def _hold_one(then: Head, now: Head, ledger: Ledger, nodes: merkle.Nodes, verdict: Verdict) -> None:
    if then.origin != now.origin:
        verdict.against.append(
            f"The checkpoint is of {then.origin}, and {ledger.named} is {now.origin}: they are two ledgers."
        )
    elif then.size > now.size:
        verdict.against.append(
            f"{ledger.named} has {now.size:,} entries now, and had {then.size:,} when the checkpoint was"
            " signed: entries were taken away."
        )
    else:
        try:
            path = merkle.consistency(then.size, now.size, nodes)
            merkle.check_consistency(then.size, now.size, then.root, now.root, path)
        except merkle.MerkleError:
            verdict.against.append(
                f"{ledger.named} was rewritten: its first {then.size:,} entries are not the ones that were"
                " signed then. Keep what you have; both checkpoints carry the signature of the same key, and"
                " that is the proof."
            )


def hold_offline(heads: Sequence[Signed], others: Iterable[Signed]) -> tuple[Verdict, int]:
    """Heads of one size must be one head.

    The second: how many could not be compared, as only the tiles lead from one to the other.
    """
    verdict, open_ = Verdict(), 0
    for other in others:
        same = [one for one in heads if one.head.size == other.head.size]
        if any(one.head != other.head for one in same):
            verdict.against.append(
                f"Two different ledgers of {other.head.size:,} entries were signed, so one of them was"
                " rewritten."
            )
        open_ += not same
    if not open_ and verdict.holds:
        verdict.said.append("The checkpoints are the same.")
    return verdict, open_


def since(new: Evidence, old: Evidence, *, term: Duration | None, now: datetime) -> Verdict:
    """Is every entry of an older copy in the newer one?

    ``term``: so long an entry is kept, and may be gone afterwards.
    """
    verdict = Verdict()
    if new.kind != COPY or old.kind != COPY:
        verdict.against.append("Both must be copies: the newer one, and with --since the older one.")
        return verdict
    if old.heads and new.heads and old.heads[0].head.size > new.heads[0].head.size:
        verdict.against.append(
            "The copy that should be newer is of a shorter ledger. Name the newer one first, the older one"
            " with --since."
        )
        return verdict
    there = {_identity(entry) for entry in new.entries}
    missing = [entry for entry in old.entries if _identity(entry) not in there]
    young = [entry for entry in missing if term is None or term.after(_time(entry)) > now]
    if young:
        last = max(map(_time, young))
        verdict.against.append(
            f"{len(young):,} of the {len(old.entries):,} entries of the older copy are not in the newer one;"
            f" the youngest is of {last:%-d %B %Y}. If the policy's term for them is over, say how long it is"
            " with --term, like --term P3Y."
        )
    else:
        gone = f"; {len(missing):,} more are past their term" if missing else ""
        verdict.said.append(
            f"All {len(old.entries) - len(missing):,} entries of the older copy are in the newer one, in"
            f" their places{gone}."
        )
    return verdict


def _identity(entry: Mapping[str, Any]) -> tuple[int, str, str]:
    """The place of an act in the ledger, and what was written there.

    Each was proven against a checkpoint before.
    """
    return int(entry["log"]["index"]), str(entry["root"]), str(entry["digest"])


def _time(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["header"]["at"])
