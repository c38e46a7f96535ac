"""Whether others sign our checkpoints too: how many of how many, and how fresh (``operations.proofs``
registers it).
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.core.ledger import cosignatures
from kept.core.register.proofs import Proof
from kept.operations.witness.configuration import NamedWrong, witnesses

STALE = timedelta(hours=24)


def witnessed() -> Proof:
    """How many witnesses signed of how many.

    Each line is held against its checkpoint again; a clock that is wrong was refused before.
    """
    try:
        named = witnesses()
    except NamedWrong as wrong:
        return Proof(False, "no witness", f"KEPT_WITNESSES cannot be read: {wrong}")
    if not named.all:
        return Proof(
            True,
            "no witness named",
            "Nobody else signs our checkpoints. Whoever keeps one can still hold us to it.",
        )
    now = timezone.now()
    words = cosignatures.words(named.keys)
    signed = [word.at for word in words.values() if word.at is not None]
    fresh = sorted((at for at in signed if now - at <= STALE), reverse=True)
    refused = [one.name for one in named.all if one.key in words and words[one.key].at is None]
    figure = f"{len(fresh)} of {len(named.all)} witnesses"
    named_refusal = (
        f" {' and '.join(refused)} refused: another ledger than this one was signed there." if refused else ""
    )
    if len(fresh) < named.quorum and not words:
        return Proof(None, figure, "The witnesses were not heard yet.")
    if len(fresh) < named.quorum:
        return Proof(False, figure, f"{named.quorum} must have signed within 24 hours.{named_refusal}")
    age = max(0, int((now - fresh[named.quorum - 1]).total_seconds() // 60))
    return Proof(
        True,
        figure,
        f"The quorum of {named.quorum} signed within the last {age + 1:,} minutes.{named_refusal}",
    )
