"""Does the ledger as it is now continue what was signed then?

Only hashes are worked out here; where they are read from is no matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kept.core.ledger.tree import layout, merkle
from kept.core.ledger.verifying.offline import Head
from kept.core.policy.duration import Duration
from kept.operations.checking.evidence import COPY, RECEIPT, Evidence, Signed
from kept.sentences import sentence


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

    ``address``: where it was asked for; "" for the one of this portal.
    """

    address: str
    head: Head
    load: layout.Load

    @property
    def named(self) -> str:
        """As a sentence begins with it."""
        return self.address or sentence("The ledger")


def hold(heads: Sequence[Signed], ledger: Ledger, *, entries: int = 0, kind: str = COPY) -> Verdict:
    """Every head against the ledger, the smallest first. ``entries``: how many proofs hang on the first."""
    verdict, nodes = Verdict(), layout.reader(ledger.load)
    now = ledger.head
    try:
        fits = merkle.root(now.size, nodes) == now.root
    except merkle.MerkleError:
        fits = False
    if not fits:
        verdict.against.append(
            sentence(
                "The tiles of {address} do not lead to the checkpoint that it signs, so it shows no ledger at"
                " all.",
                address=ledger.address,
            )
            if ledger.address
            else sentence(
                "The tiles of the ledger do not lead to the checkpoint that it signs, so it shows no ledger"
                " at all."
            )
        )
        return verdict
    for one in heads:
        _hold_one(one.head, now, ledger, nodes, verdict)
    if heads and verdict.holds:
        first, last = heads[0].head.size, heads[-1].head.size
        verdict.said.append(
            sentence(
                "{ledger} has {n:,} entries under its newest signed checkpoint, and continues the {first:,}"
                " and {last:,} of then unchanged.",
                ledger=ledger.named,
                n=now.size,
                first=first,
                last=last,
            )
            if len(heads) > 1
            else sentence(
                "{ledger} has {n:,} entries under its newest signed checkpoint, and continues the {first:,}"
                " of then unchanged.",
                ledger=ledger.named,
                n=now.size,
                first=first,
            )
        )
        if entries:
            verdict.said.append(_proven(kind, entries))
    return verdict


def _proven(kind: str, entries: int) -> str:
    if kind == RECEIPT:
        return sentence(
            "So every one of the {n:,} entries that the receipt proves is in it, as it was written.",
            n=entries,
        )
    return sentence(
        "So every one of the {n:,} entries that the copy proves is in it, as it was written.", n=entries
    )


def _hold_one(then: Head, now: Head, ledger: Ledger, nodes: merkle.Nodes, verdict: Verdict) -> None:
    if then.origin != now.origin:
        verdict.against.append(
            sentence(
                "The checkpoint is of {then}, and {address} is {now}: they are two ledgers.",
                then=then.origin,
                address=ledger.address,
                now=now.origin,
            )
            if ledger.address
            else sentence(
                "The checkpoint is of {then}, and the ledger is {now}: they are two ledgers.",
                then=then.origin,
                now=now.origin,
            )
        )
    elif then.size > now.size:
        verdict.against.append(
            sentence(
                "{ledger} has {now:,} entries now, and had {then:,} when the checkpoint was signed: entries"
                " were taken away.",
                ledger=ledger.named,
                now=now.size,
                then=then.size,
            )
        )
    else:
        try:
            path = merkle.consistency(then.size, now.size, nodes)
            merkle.check_consistency(then.size, now.size, then.root, now.root, path)
        except merkle.MerkleError:
            verdict.against.append(
                sentence(
                    "{ledger} was rewritten: its first {n:,} entries are not the ones that were signed then."
                    " Keep what you have; both checkpoints carry the signature of the same key, and that is"
                    " the proof.",
                    ledger=ledger.named,
                    n=then.size,
                )
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
                sentence(
                    "Two different ledgers of {n:,} entries were signed, so one of them was rewritten.",
                    n=other.head.size,
                )
            )
        open_ += not same
    if not open_ and verdict.holds:
        verdict.said.append(sentence("The checkpoints are the same."))
    return verdict, open_


def since(new: Evidence, old: Evidence, *, term: Duration | None, now: datetime) -> Verdict:
    """Is every entry of an older copy in the newer one?

    ``term``: so long an entry is kept, and may be gone afterwards.
    """
    verdict = Verdict()
    if new.kind != COPY or old.kind != COPY:
        verdict.against.append(
            sentence("Both must be copies: the newer one, and with --since the older one.")
        )
        return verdict
    if old.heads and new.heads and old.heads[0].head.size > new.heads[0].head.size:
        verdict.against.append(
            sentence(
                "The copy that should be newer is of a shorter ledger. Name the newer one first, the older"
                " one with --since."
            )
        )
        return verdict
    there = {_identity(entry) for entry in new.entries}
    missing = [entry for entry in old.entries if _identity(entry) not in there]
    young = [entry for entry in missing if term is None or term.after(_time(entry)) > now]
    if young:
        last = max(map(_time, young))
        verdict.against.append(
            sentence(
                "{n:,} of the {all:,} entries of the older copy are not in the newer one; the youngest is of"
                " {day}. If the policy's term for them is over, say how long it is with --term, like --term"
                " P3Y.",
                n=len(young),
                all=len(old.entries),
                day=last.date(),
            )
        )
    else:
        there_still = len(old.entries) - len(missing)
        verdict.said.append(
            sentence(
                "All {n:,} entries of the older copy are in the newer one, in their places; {gone:,} more are"
                " past their term.",
                n=there_still,
                gone=len(missing),
            )
            if missing
            else sentence(
                "All {n:,} entries of the older copy are in the newer one, in their places.", n=there_still
            )
        )
    return verdict


def _identity(entry: Mapping[str, Any]) -> tuple[int, str, str]:
    """The place of an act in the ledger, and what was written there.

    Each was proven against a checkpoint before.
    """
    return int(entry["log"]["index"]), str(entry["root"]), str(entry["digest"])


def _time(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["header"]["at"])
