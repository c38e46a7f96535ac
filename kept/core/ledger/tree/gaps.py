"""Whether anything is missing between the parts of one person that a copy shows.

Plain Python: no Django, no database, no network.

Each part names the previous one by its number, its leaf and its hash, and the tree is made of that. So a copy
that leaves one out shows it in the next. What was past its term and pruned is missing lawfully: then the copy
brings the act of pruning that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kept.core.ledger.verifying.offline import Head, Part, ProofBroken, check_open


@dataclass(frozen=True, slots=True)
class Pruned:
    """Leaves that an act of pruning names, and the moment (ISO 8601) before which it says they were
    written.
    """

    first: int
    last: int
    before: str


def read_pruned(proofs: Iterable[Mapping[str, Any]], head: Head) -> list[Pruned]:
    """What the acts of pruning in a copy name, once each is found to be in the ledger. Raises ProofBroken."""
    found: list[Pruned] = []
    for proof in proofs:
        header = check_open(proof, head)
        try:
            if header["kind"] != "pruned":
                raise ProofBroken("An act that is shown for what is missing is no act of pruning.")
            for group in header["payload"]["pruned"]:
                found += [Pruned(first, last, str(group["before"])) for first, last in group["leaves"]]
        except (KeyError, TypeError, ValueError):
            raise ProofBroken("An act of pruning is not written as one.") from None
    return found


def check_chain(parts: Iterable[Part], pruned: Iterable[Pruned]) -> int:
    """How many parts before those shown were past their term.

    Raises ProofBroken, and names the gap, where one is missing.

    Parts from before there were chains (number 0) come first, and hang on nothing.
    """
    named, missing = list(pruned), 0
    before: Part | None = None
    for part in sorted(parts, key=lambda one: one.leaf):
        if before is not None and before.leaf == part.leaf:
            raise ProofBroken(f"Leaf {part.leaf} is shown twice.")
        if before is not None and before.number >= max(part.number, 1):
            raise ProofBroken(
                f"Part {part.number} at leaf {part.leaf} stands behind part {before.number}: the chain was"
                " begun anew."
            )
        if part.number > 1:
            missing += _missing(part, before, named)
        before = part
    return missing


def _missing(part: Part, before: Part | None, named: list[Pruned]) -> int:
    """How many parts are missing, lawfully, between two that are shown."""
    expected = (before.number if before else 0) + 1
    if part.number == expected:
        if before is None or (before.leaf, before.hash) != (part.previous, part.previous_hash):
            raise ProofBroken(
                f"Part {part.number} of {part.at[:10]} does not continue the part before it in this copy."
            )
        return 0
    leaf = part.previous
    if not any(one.first <= leaf <= one.last for one in named):
        which = (
            f"part {expected}" if part.number == expected + 1 else f"parts {expected} to {part.number - 1}"
        )
        raise ProofBroken(
            f"A gap: {which} of this person, the last of them at leaf {leaf}, must come before part"
            f" {part.number} of {part.at[:10]}, and no act of pruning says that its term was over."
        )
    return part.number - expected
