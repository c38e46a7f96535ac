"""That each safeguard is looked after in time, and each badge shown on the days of its certificate alone."""

from __future__ import annotations

from kept.core.ledger import versions
from kept.core.register.proving import walk_findings
from kept.core.register.proving.proofs import Proof, proof
from kept.promises.safeguards import recorded, register
from kept.sentences import chained, counted, sentence

SHOWN = 5


@proof(
    "safeguards.looked_after",
    promise="system-safeguards",
    title=sentence("Each safeguard was looked at by its day, on record"),
    unseen=sentence(
        "Whether what was seen was so, locks and walls, and looks from before the oldest act that was not"
        " pruned."
    ),
    moment=False,
    every=walk_findings.EVERY,
)
def looked_after() -> Proof:
    """The register against the acts that tell of each look, both ways; the days against the policy in force;
    and the public page as it left.
    """
    if wrong := list(dict.fromkeys(recorded.differences())):
        return Proof(
            False,
            counted("{n} not so", "{n} not so", len(wrong)),
            sentence("Register and ledger differ: {differences}.", differences=chained(wrong[:SHOWN])),
        )
    found = register.entries(versions.current().policy)
    if not found:
        return Proof(None, sentence("none named"), sentence("The policy names no safeguard."))
    if late := sum(one.overdue for one in found):
        return Proof(
            False,
            counted("{n} overdue", "{n} overdue", late),
            sentence(
                "Whoever answers for them did not look by their day. The desk names them, and the public page"
                " says how many."
            ),
        )
    own = Proof(
        True,
        sentence("{n} of {all} in time", n=len(found), all=len(found)),
        sentence("Each was looked at by its day, or its day is still to come; each look has its act."),
    )
    text = sentence("The public page shows {safeguards seen} of them as they stand.")
    return walk_findings.and_walked(own, ("safeguard",), text=text, needs=("safeguards seen",))


@proof(
    "certificates.as_dated",
    promise=("initiatives", "system-safeguards"),
    title=sentence("A badge is shown on the days of its certificate alone, with what it covers"),
    unseen=sentence("Whether whoever certifies would say the same: follow the link beside each."),
    moment=False,
    every=walk_findings.EVERY,
)
def as_dated() -> Proof:
    """The public page as a visitor reads it today, against the days in the policy in force."""
    text = sentence(
        "{certificates seen} programmes stand on the public page, each with what it covers and its state of"
        " today; a badge stands beside none that has ended or is only being prepared."
    )
    return walk_findings.judged(
        ("certificate",),
        figure=sentence("{certificates seen} programmes"),
        text=text,
        needs=("certificates seen",),
    )
