"""What the promises room can prove: nothing was widened without the notice that was promised."""

from __future__ import annotations

from itertools import pairwise

from kept.core.ledger import versions
from kept.core.policy.diff import diff
from kept.core.register.proofs import Proof, proof
from kept.promises.flows import notice_before


@proof("promises.announced", promise="announced", title="Every widening was announced in time")
def announced() -> Proof:
    """Every published version is signed, and whatever it widened took effect no sooner than the notice after its publication."""
    rows = sorted(versions.all_versions(), key=lambda row: row.number)
    late = []
    for before, row in pairwise(rows):
        policy = versions.examine(row)
        widened = [change for change in diff(versions.version(before.number), policy) if change.material and change.kind == "widened"]
        announced_on = row.published_at.date()
        if widened and row.effective < notice_before(policy).after(announced_on):
            late.append(f"version {row.number} ({len(widened)} widened, {(row.effective - announced_on).days} days' notice)")
    if late:
        return Proof(False, f"{len(late)} of {len(rows)} too soon", f"Took effect before their notice had run: {', '.join(late)}.")
    return Proof(
        True,
        f"{len(rows)} of {len(rows)} in time",
        "Every published version is signed and in the ledger, and no widening took effect before its notice had run.",
    )
