"""That every question and request is answered by its day, and that nothing stands still which must move by
itself.
"""

from __future__ import annotations

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proofs import Proof, proof
from kept.core.register.stalled_jobs import WATCHED, standing_still
from kept.rights.requests import lateness, recorded
from kept.rights.requests.models import Request

SHOWN = 5


@proof(
    "requests.in_time",
    promise=("questions", "system-questions"),
    title="Every question and request is answered by its day",
    unseen="Whether the answer was a good one, and requests whose ledger entry is past its own term.",
)
def in_time() -> Proof:
    """Those that are open now, and those closed within a year: by their rows, and by their course in the
    ledger.
    """
    now = timezone.now()
    company = versions.current().policy.company
    still = lateness.open_late(now)
    answered = [
        row
        for region in lateness.regions(company)
        for row in lateness.answered_late(region, company, now)[:SHOWN]
    ]
    count = Request.objects.open().count()
    year = Request.objects.closed().filter(closed_at__gt=now - lateness.LOOKS_BACK).count()
    late = len(still) + sum(
        lateness.answered_late(region, company, now).count() for region in lateness.regions(company)
    )
    figure = f"{max(count + year - late, 0)} of {count + year} requests"
    if late:
        named = ", ".join(row.reference for row in [*still, *answered][:SHOWN])
        return Proof(
            False,
            figure,
            f"{len(still)} open past their day, {late - len(still)} answered after it: {named}.",
        )
    if wrong := recorded.differences(company, now, lateness.LOOKS_BACK):
        return Proof(
            False, f"{len(wrong)} not as recorded", f"Table and ledger differ. {'; '.join(wrong[:SHOWN])}."
        )
    if not count + year:
        return Proof(None, "nobody yet", "Nobody has asked anything yet.")
    text = f"{count} are open and inside their time; {year} were answered in time within the last year."
    return Proof(
        True, figure, f"{text} Arrival, day and answer of each were read from the ledger and the receipts."
    )


@proof(
    "requests.none_stuck",
    promise="system-questions",
    title="No request has stood still for more than an hour",
    unseen="Work that a person has to do by hand and did not begin.",
)
def none_stuck() -> Proof:
    """Each room that leaves work for later says what was due an hour ago and has not moved."""
    still = standing_still(timezone.now())
    figure = (
        f"{sum(still.values())} of {len(WATCHED)} kinds of work"
        if still
        else f"0 in {len(WATCHED)} kinds of work"
    )
    if still:
        return Proof(False, figure, "; ".join(f"{title}: {count}" for title, count in still.items()) + ".")
    return Proof(
        True,
        figure,
        "Watched: " + ", ".join(one.title[:1].lower() + one.title[1:] for one in WATCHED.values()) + ".",
    )
