"""That every breach was told in time."""

from __future__ import annotations

from django.utils import timezone

from kept.core.register.proofs import Proof, proof
from kept.rights.breaches.models import Breach


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
    waiting = sum(breach.telling_since is None and not breach.people_settled and breach.risk == Breach.Risk.HIGH for breach in every)
    figure = f"{len(every) - len(late)} of {len(every)} breaches"
    if late:
        return Proof(False, figure, "Told too late, or not at all by now: " + ", ".join(breach.reference for breach in late) + ".")
    text = "The register holds no breach." if not every else "Each was told to its authority in time, or is still inside its hours, or says why not."
    return Proof(True, figure, text if not waiting else f"{text} {waiting} still to be told to the people.")
