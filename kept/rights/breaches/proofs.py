"""That every breach was told in time."""

from __future__ import annotations

from django.utils import timezone

from kept.core.ledger.acts import acts_of
from kept.core.register.proving.proofs import Proof, proof
from kept.rights.breaches.flows import moment_of
from kept.rights.breaches.models import Breach
from kept.sentences import counted, sentence

ABOUT = "breach "


@proof(
    "breaches.told_in_time",
    promise="guarded",
    title=sentence("The authority was told of every breach inside the law's hours"),
    unseen=sentence("A breach that nobody noticed or wrote down."),
)
def told_in_time() -> Proof:
    now = timezone.now()
    every = list(Breach.objects.all())
    late = [breach for breach in every if breach.late(now)]
    waiting = sum(
        breach.telling_since is None and not breach.people_settled and breach.risk == Breach.Risk.HIGH
        for breach in every
    )
    figure = sentence("{n} of {all} breaches", n=len(every) - len(late), all=len(every))
    if moved := _moved(every):
        return Proof(
            False,
            sentence("{n} not as recorded", n=len(moved)),
            sentence("Rows and ledger differ: {references}.", references=", ".join(moved)),
        )
    if late:
        return Proof(
            False,
            figure,
            sentence(
                "Told too late, or not at all by now: {references}.",
                references=", ".join(breach.reference for breach in late),
            ),
        )
    text = (
        sentence("The register holds no breach.")
        if not every
        else sentence(
            "Each was told to its authority in time, or is still inside its hours, or says why not."
        )
    )
    if waiting:
        text = counted(
            "{text} {n} still to be told to the people.",
            "{text} {n} still to be told to the people.",
            waiting,
            text=text,
        )
    return Proof(True, figure, text)


def _moved(every: list[Breach]) -> list[str]:
    """Breaches whose moments are not those that were written into the ledger, or whose row is gone."""
    said: dict[str, list[dict[str, str]]] = {}
    for act in acts_of(["changed"]):
        if act.about.startswith(ABOUT) and "breach" in act.payload:
            said.setdefault(act.about.removeprefix(ABOUT), []).append(act.payload["breach"])
    rows = {breach.reference: breach for breach in every}
    return [reference for reference, told in said.items() if not _agrees(rows.get(reference), told[-1])]


def _agrees(row: Breach | None, told: dict[str, str]) -> bool:
    if row is None:
        return False
    authority = row.authority_told_at
    return told == {
        "noticed": moment_of(row.noticed_at),
        "authority": moment_of(authority) if authority else "",
    }
