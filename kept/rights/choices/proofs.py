"""That the gate goes by what people said, and by nothing else."""

from __future__ import annotations

from kept.core.register.proofs import Proof, proof
from kept.rights.choices import recorded

SHOWN = 5


@proof(
    "choices.as_said",
    promise=("system-consent", "system-rights", "chosen-news", "click-through-off", "research-optional"),
    title="Everybody stands where their own words put them",
    unseen=(
        "What was chosen before the oldest act of the ledger, or before the newest 10,000 answers; and"
        " whether a notice was understood."
    ),
)
def as_said() -> Proof:
    """Each yes, no and restriction there is, by everybody, against the acts in the ledger; and the gate's own
    table against both.
    """
    compared = recorded.compare()
    if compared.differences:
        told = "; ".join(dict.fromkeys(compared.differences[:SHOWN]))
        return Proof(False, f"{len(compared.differences)} never said", f"Tables and ledger differ: {told}.")
    if not compared.people:
        return Proof(None, "nobody yet", "Nobody has said yes or no to anything yet.")
    text = "Every yes, no and restriction was told again from the ledger, and is what the gate goes by."
    return Proof(True, f"{compared.people} of {compared.people} people", text)
