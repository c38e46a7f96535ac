"""That nothing is held past its date: counted now, in every table about people, whatever the sweep says of
itself.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kept.core.register.destroying import batches, expiring
from kept.core.register.destroying.external_retention import SHELVES
from kept.core.register.proving.proofs import Proof, proof
from kept.core.register.terms import closing_days, lifetimes
from kept.retention.models import Died
from kept.sentences import counted, joined, sentence

SHOWN = 5
GRACE = timedelta(days=1)
"""The sweep comes by every hour. What is a day late was forgotten."""


@proof(
    "retention.nothing_past_its_date",
    promise="what-you-asked",
    title=sentence("Nothing is held past its date"),
    unseen=(
        sentence(
            "A closing day of a machine or an employment that somebody moved by hand to another "
            "day of the past, and copies outside the portal: exports on somebody's disk, backups "
            "in a place that this machine cannot reach."
        )
    ),
)
def nothing_past_its_date() -> Proof:
    """Every table about people, asked for rows and values whose last term was over a day ago; and what lies
    outside the database under a term.
    """
    clock = lifetimes.Clock(now=timezone.now() - GRACE)
    kinds = len(SHELVES)
    late = {shelf.title: count for shelf in SHELVES.values() if (count := shelf.waiting(clock))}
    for one in expiring.due(clock):
        kinds += 1
        # At most a batch is counted: one is too many already.
        count = len(one.rows().order_by().values_list("pk", flat=True)[: batches.BATCH])
        if count:
            late[one.title] = late.get(one.title, 0) + count
    if late:
        figure = counted("{n} past their date", "{n} past their date", sum(late.values()))
        return Proof(
            False,
            figure,
            sentence(
                "Held for longer than the policy says: {late}.",
                late=joined((joined((title, f"({count})")) for title, count in late.items()), ", "),
            ),
        )
    if moved := closing_days.moved():
        text = sentence(
            "Terms run from a day that is not the one on record: {moved}.", moved=joined(moved[:SHOWN], "; ")
        )
        return Proof(False, counted("{n} closing days moved", "{n} closing days moved", len(moved)), text)
    died = sum(Died.objects.values_list("count", flat=True))
    return Proof(
        True,
        sentence("0 past their date, {died:,} deleted so far", died=died),
        sentence(
            "{kinds} kinds of records and values were asked. Each was inside a term of the policy.",
            kinds=kinds,
        ),
    )
