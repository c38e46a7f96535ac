"""That staff look at people's data for an open matter, and that each look is on record."""

from __future__ import annotations

from kept.core.register.proving.proofs import Proof, proof
from kept.desk import matter_bounds, recorded
from kept.sentences import chained, sentence

SHOWN = 5


@proof(
    "desk.bound_to_matters",
    promise="system-desk",
    title=sentence("Every look at the desk was bound to a matter that was open, and is on record"),
    unseen=sentence(
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
        told = chained(dict.fromkeys(wrong[:SHOWN]))
        return Proof(
            False,
            sentence("{n} not bound", n=len(wrong)),
            sentence("Desk and ledger differ: {differences}.", differences=told),
        )
    if not looks:
        return Proof(None, sentence("0 looks"), sentence("Nobody at the desk has looked at anybody yet."))
    found = recorded.found_under(looks)
    if over := recorded.beyond(looks, found):
        text = sentence(
            "More people were found than a matter leads to without a reason: {matters}.",
            matters=chained(over[:SHOWN]),
        )
        return Proof(False, sentence("{n} beyond their bound", n=len(over)), text)
    text = sentence("Each names a matter that was open then, for its purpose and its role.")
    if found:
        text = sentence(
            "{bound} {people} people were found under {matters} matters, {under_one} under one;"
            " {reasons} times"
            " somebody said why a matter needs more than {most}.",
            bound=text,
            people=sum(found.values()),
            matters=len(found),
            under_one=max(found.values()),
            reasons=recorded.reasons(looks).total(),
            most=matter_bounds.SHOWN.most,
        )
    return Proof(True, sentence("{n} of {all} looks", n=len(looks), all=len(looks)), text)
