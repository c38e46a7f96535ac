"""Did enough of the witnesses that somebody trusts sign the ledger, as far as what they keep?

Lines of all others say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from kept.core.ledger.notes import cosignature
from kept.core.ledger.notes.signed_note import SignatureWrong, Verifier
from kept.operations.checking.consistency import Verdict
from kept.operations.checking.evidence import Signed
from kept.sentences import sentence


def hold(
    notes: Sequence[Signed], witnesses: Sequence[Verifier], quorum: int, verdict: Verdict, *, least: int = 0
) -> None:
    """Say in ``verdict`` which of the notes the quorum signed. ``least``: it must be of so many entries.

    Each note was read with the ledger's own key before, and each continues the others.
    """
    best: tuple[int, list[cosignature.Cosigned]] = (0, [])
    for one in notes:
        try:
            found = cosignature.count(one.text, witnesses)
        except SignatureWrong as wrong:
            verdict.against.append(str(wrong))
            return
        if (
            one.head.size >= least
            and len(found) >= min(quorum, len(best[1]) + 1)
            and (len(found) < quorum or one.head.size > best[0])
        ):
            best = (one.head.size, found)
    size, found = best
    if len(found) < quorum:
        verdict.against.append(
            sentence(
                "{n} of the {all} witnesses you named signed a checkpoint that reaches as far as what you"
                " keep, and {quorum} must. A new one is signed within minutes; where they never sign it, they"
                " know another ledger.",
                n=len(found),
                all=len(witnesses),
                quorum=quorum,
            )
        )
        return
    oldest = datetime.fromtimestamp(min(one.at for one in found), UTC)
    verdict.said.append(
        sentence(
            "{n} of the {all} witnesses you named signed {size:,} entries: {names}; the earliest of them on"
            " {moment} UTC.",
            n=len(found),
            all=len(witnesses),
            size=size,
            names=", ".join(one.name for one in found),
            moment=oldest.replace(tzinfo=None),
        )
    )
