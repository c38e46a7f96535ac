"""That every question and request is answered by its day, and that nothing stands still which must move by
itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.hooks.stalled_jobs import WATCHED, standing_still
from kept.core.register.proving.proofs import Proof, proof
from kept.rights.requests import recorded
from kept.rights.requests.course import lateness
from kept.rights.requests.models import Request
from kept.sentences import sentence

SHOWN = 5


@proof(
    "requests.in_time",
    promise=("questions", "system-questions"),
    title=sentence("Every question and request is answered by its day"),
    unseen=sentence(
        "Whether the answer was a good one, and requests whose ledger entry is past its own term."
    ),
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
    figure = sentence("{n} of {all} requests", n=max(count + year - late, 0), all=count + year)
    if late:
        named = ", ".join(row.reference for row in [*still, *answered][:SHOWN])
        return Proof(
            False,
            figure,
            sentence(
                "{open} open past their day, {answered} answered after it: {named}.",
                open=len(still),
                answered=late - len(still),
                named=named,
            ),
        )
    if wrong := recorded.differences(company, now, lateness.LOOKS_BACK):
        return Proof(
            False,
            sentence("{n} not as recorded", n=len(wrong)),
            sentence("Table and ledger differ. {differences}.", differences=_one_by_one(wrong[:SHOWN])),
        )
    if not count + year:
        return Proof(None, sentence("nobody yet"), sentence("Nobody has asked anything yet."))
    return Proof(
        True,
        figure,
        sentence(
            "{open} are open and inside their time; {answered} were answered in time within the last year."
            " Arrival, day and answer of each were read from the ledger and the receipts.",
            open=count,
            answered=year,
        ),
    )


@proof(
    "requests.none_stuck",
    promise="system-questions",
    title=sentence("No request has stood still for more than an hour"),
    unseen=sentence("Work that a person has to do by hand and did not begin."),
)
def none_stuck() -> Proof:
    """Each room that leaves work for later says what was due an hour ago and has not moved."""
    still = standing_still(timezone.now())
    if still:
        figure = sentence("{n} of {all} kinds of work", n=sum(still.values()), all=len(WATCHED))
        each = [sentence("{what}: {n}", what=title, n=count) for title, count in still.items()]
        return Proof(False, figure, sentence("{each}.", each=_one_by_one(each)))
    figure = sentence("0 in {all} kinds of work", all=len(WATCHED))
    watched = _one_by_one([one.title for one in WATCHED.values()])
    return Proof(True, figure, sentence("Watched: {each}.", each=watched))


def _one_by_one(said: Sequence[str]) -> str:
    """One after the other, so that each still says itself in the reader's language."""
    return reduce(lambda before, one: sentence("{before}; {one}", before=before, one=one), said)
