"""That every breach was told in time."""

from __future__ import annotations

from django.utils import timezone

from kept.core.ledger.acts import acts_of
from kept.core.register.proofs import Proof, proof
from kept.rights.breaches.flows import moment_of
from kept.rights.breaches.models import Breach

ABOUT = "breach "


@proof(
    "breaches.told_in_time",
    promise="guarded",
    title="The authority was told of every breach inside the law's hours",
    unseen="A breach that nobody noticed or wrote down.",
)
def told_in_time() -> Proof:
    now = timezone.now()
    every = list(Breach.objects.all())
    late = [breach for breach in every if breach.late(now)]
    waiting = sum(
        breach.telling_since is None and not breach.people_settled and breach.risk == Breach.Risk.HIGH
        for breach in every
    )
    figure = f"{len(every) - len(late)} of {len(every)} breaches"
    if moved := _moved(every):
        return Proof(False, f"{len(moved)} not as recorded", f"Rows and ledger differ: {', '.join(moved)}.")
    if late:
        return Proof(
            False,
            figure,
            "Told too late, or not at all by now: " + ", ".join(breach.reference for breach in late) + ".",
        )
    text = (
        "The register holds no breach."
        if not every
        else "Each was told to its authority in time, or is still inside its hours, or says why not."
    )
    return Proof(True, figure, text if not waiting else f"{text} {waiting} still to be told to the people.")


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
