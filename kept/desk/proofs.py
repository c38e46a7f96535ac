"""That staff look at people's data for an open matter, and that each look is on record."""

from __future__ import annotations

from kept.core.register.proofs import Proof, proof
from kept.desk import matter_bounds, recorded

SHOWN = 5


@proof(
    "desk.bound_to_matters",
    promise="system-desk",
    title="Every look at the desk was bound to a matter that was open, and is on record",
    unseen=(
        "Whether the matter was a real one, what was seen over a shoulder, and looks before the newest"
        " 10,000."
    ),
)
def bound_to_matters() -> Proof:
    """Each act of staff in the ledger, against the matter it names; each matter and each value that was
    opened, against the ledger.
    """
    looks, acts = recorded.looks()
    wrong = recorded.differences(looks, acts)
    if wrong:
        told = "; ".join(dict.fromkeys(wrong[:SHOWN]))
        return Proof(False, f"{len(wrong)} not bound", f"Desk and ledger differ: {told}.")
    if not looks:
        return Proof(None, "0 looks", "Nobody at the desk has looked at anybody yet.")
    found = recorded.found_under(looks)
    if over := recorded.beyond(looks, found):
        text = f"More people were found than a matter leads to without a reason: {'; '.join(over[:SHOWN])}."
        return Proof(False, f"{len(over)} beyond their bound", text)
    text = "Each names a matter that was open then, for its purpose and its role."
    if found:
        text += (
            f" {sum(found.values()):,} people were found under {len(found):,} matters, {max(found.values())}"
            " under one; "
        )
        text += (
            f"{recorded.reasons(looks).total():,} times somebody said why a matter needs more than"
            f" {matter_bounds.SHOWN.most}."
        )
    return Proof(True, f"{len(looks)} of {len(looks)} looks", text)
