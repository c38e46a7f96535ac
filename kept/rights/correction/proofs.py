"""That what was corrected here is corrected everywhere it went."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from kept.core.register.proving.proofs import Proof, proof
from kept.outbox import recorded
from kept.outbox.models import Disclosure, Notice
from kept.rights.correction.models import Correction
from kept.sentences import sentence

DONE = (Correction.Decision.DIRECT, Correction.Decision.ACCEPTED)
LATEST = 1000


@proof(
    "correction.passed_on",
    promise="accurate",
    title=sentence("Whoever had a value that was corrected was told"),
    unseen=sentence("Corrections before the latest 1,000, and what a recipient did with the notice."),
)
def passed_on() -> Proof:
    """The latest corrections, against everything that had left before: for each recipient who had that field
    there is a notice after it.
    """
    done = list(Correction.objects.filter(decision__in=DONE).order_by("-decided_at")[:LATEST])
    missing, had = 0, 0
    for one in done:
        sent = Disclosure.objects.filter(Q(sent_at__lt=one.decided_at), subject=one.subject)
        handles = {row.handle for row in sent if one.field_id in row.fields}
        had += len(handles)
        notices = (
            Notice.objects.filter(kind="correction", handle__in=handles, queued_at__gte=one.asked_at)
            if handles
            else []
        )
        missing += len(handles - {row.handle for row in notices if one.field_id in row.fields})
    handed, untold = recorded.untold(recorded.left()[0])
    missing += untold
    late = (
        Correction.objects.open()
        .filter(request__closed_at=None, request__due__lt=timezone.localdate())
        .count()
    )
    if missing or late:
        return Proof(
            False,
            sentence("{missing} not told, {late} late", missing=missing, late=late),
            sentence(
                "A recipient still holds what was corrected here, or somebody waits for an answer too long."
            ),
        )
    if not done and not handed:
        return Proof(None, sentence("nothing corrected yet"), sentence("Nobody has corrected anything yet."))
    had = max(had, handed)
    return Proof(
        True,
        sentence("{n} of {n} told", n=had),
        sentence(
            "{n} corrections, read from their rows and from the ledger. Each recipient who had the old value"
            " has a notice of it.",
            n=len(done),
        ),
    )
