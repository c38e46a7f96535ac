"""That whoever works at the desk was employed, in this role, by an act on record."""

from __future__ import annotations

from kept.core.register.proving.proofs import Proof, proof
from kept.desk.staff import recorded
from kept.sentences import chained, sentence

SHOWN = 5


@proof(
    "staff.employed",
    promise="system-desk",
    title=sentence("Whoever works at the desk was employed, in their very role, by an act on record"),
    unseen=sentence(
        "Roles given before acts named them, posts older than the oldest act that was not pruned, and whether"
        " whoever employed them should have."
    ),
)
def employed() -> Proof:
    """Each post of today against the act that gave it, and each act against the posts: none appears, rises or
    vanishes without one.
    """
    compared = recorded.compare()
    if compared.differences:
        told = chained(dict.fromkeys(compared.differences[:SHOWN]))
        return Proof(
            False,
            sentence("{n} not employed so", n=len(compared.differences)),
            sentence("Posts and ledger differ: {differences}.", differences=told),
        )
    if not compared.posts:
        return Proof(None, sentence("nobody yet"), sentence("Nobody works at the desk yet."))
    return Proof(
        True,
        sentence("{n} of {all} posts", n=compared.posts, all=compared.posts),
        sentence("Each was given by an act of the ledger, with this role and company, and none has ended."),
    )
