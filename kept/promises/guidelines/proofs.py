"""That guidelines reach everybody, and that nobody reads anything before they have acknowledged theirs."""

from __future__ import annotations

from kept.accounts.models import StaffMember
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.promises.guidelines import flows, recorded
from kept.sentences import chained, counted, sentence

SHOWN = 5


@proof(
    "guidelines.acknowledged",
    promise=("guidelines", "system-safeguards"),
    title=sentence("Nobody’s data opens to staff before they have acknowledged their guidelines"),
    unseen=sentence(
        "Whether whoever acknowledged understood it; acts from before the first acknowledgement, or pruned"
        " since; and pages that only certain people’s data can make."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def acknowledged() -> Proof:
    """Each acknowledgement against its act, each look of staff against what was acknowledged by then; and
    every page of the desk as a member of staff who has acknowledged nothing.
    """
    wrong = list(dict.fromkeys(recorded.differences()))
    if wrong:
        return Proof(
            False,
            counted("{n} not so", "{n} not so", len(wrong)),
            sentence("This does not agree: {differences}.", differences=chained(wrong[:SHOWN])),
        )
    posts = list(StaffMember.objects.working().select_related("user"))
    if not posts:
        return Proof(None, sentence("nobody yet"), sentence("Nobody works at the desk yet."))
    done = len(posts) - len(flows.waiting(posts))
    own = Proof(
        True,
        sentence("{n} of {all} staff", n=done, all=len(posts)),
        sentence(
            "Each acknowledgement has its act and its words, and each look of staff names what had been"
            " acknowledged by then. To whoever has not, the desk is closed."
        ),
    )
    return walk_findings.and_walked(
        own,
        ("guideline",),
        text=sentence(
            "Somebody who had acknowledged nothing asked for {doors closed} pages of the desk and was shown"
            " nobody; the guideline could be acknowledged only once it was open."
        ),
        needs=("doors closed", "guidelines acknowledged"),
    )
