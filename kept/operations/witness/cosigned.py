"""Whether others sign our checkpoints too: how many of how many, and how fresh (``operations.proofs``
registers it).
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.core.ledger.notes import cosignatures
from kept.core.register.proving.proofs import Proof
from kept.operations.witness.configuration import NamedWrong, witnesses
from kept.sentences import counted, joined, sentence

STALE = timedelta(hours=24)


def witnessed() -> Proof:
    """How many witnesses signed of how many.

    Each line is held against its checkpoint again; a clock that is wrong was refused before.
    """
    try:
        named = witnesses()
    except NamedWrong as wrong:
        return Proof(
            False,
            sentence("no witness"),
            sentence("KEPT_WITNESSES cannot be read: {wrong}", wrong=str(wrong)),
        )
    if not named.all:
        return Proof(
            True,
            sentence("no witness named"),
            sentence("Nobody else signs our checkpoints. Whoever keeps one can still hold us to it."),
        )
    now = timezone.now()
    words = cosignatures.words(named.keys)
    signed = [word.at for word in words.values() if word.at is not None]
    fresh = sorted((at for at in signed if now - at <= STALE), reverse=True)
    refused = [one.name for one in named.all if one.key in words and words[one.key].at is None]
    figure = sentence("{n} of {all} witnesses", n=len(fresh), all=len(named.all))
    refusal = (
        [sentence("{witnesses} refused: another ledger than this one was signed there.", witnesses=refused)]
        if refused
        else []
    )
    if len(fresh) < named.quorum and not words:
        return Proof(None, figure, sentence("The witnesses were not heard yet."))
    if len(fresh) < named.quorum:
        few = sentence("{n} must have signed within 24 hours.", n=named.quorum)
        return Proof(False, figure, joined([few, *refusal]))
    age = max(0, int((now - fresh[named.quorum - 1]).total_seconds() // 60))
    signed_by = counted(
        "The quorum of {quorum} signed within the last minute.",
        "The quorum of {quorum} signed within the last {n:,} minutes.",
        age + 1,
        quorum=named.quorum,
    )
    return Proof(True, figure, joined([signed_by, *refusal]))
