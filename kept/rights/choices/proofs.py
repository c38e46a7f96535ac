"""That the gate goes by what people said, and by nothing else."""

from __future__ import annotations

from kept.core.register.proving.proofs import Proof, proof
from kept.rights.choices import recorded
from kept.sentences import joined, sentence

SHOWN = 5


@proof(
    "choices.as_said",
    promise=("system-consent", "system-rights", "chosen-news", "click-through-off", "research-optional"),
    title=sentence("Everybody stands where their own words put them"),
    unseen=sentence(
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
        told = joined(dict.fromkeys(compared.differences[:SHOWN]), "; ")
        return Proof(
            False,
            sentence("{n} never said", n=len(compared.differences)),
            sentence("Tables and ledger differ: {differences}.", differences=told),
        )
    if not compared.people:
        return Proof(None, sentence("nobody yet"), sentence("Nobody has said yes or no to anything yet."))
    text = sentence(
        "Every yes, no and restriction was told again from the ledger, and is what the gate goes by."
    )
    return Proof(True, sentence("{n} of {n} people", n=compared.people), text)
