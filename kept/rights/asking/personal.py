"""What taking a question in leaves behind, beside the request itself: marks and moments."""

from __future__ import annotations

from django.utils import timezone

from kept.core.register import declarations as register
from kept.rights.asking.models import Arrival, Check, Unsorted
from kept.sentences import sentence

ASKED = "rights.request"
MARK = "A keyed hash, compared and never read back."

register.holds(
    Arrival,
    subject="request__keeper",
    purposes=("requests",),
    title=sentence("What you sent us, so that it counts once"),
    columns={"at": ASKED},
    nobody={"mark": MARK, "request_id": "Which request it became."},
    label=lambda row: sentence("Taken in on {day}", day=timezone.localtime(row.at).date()),
)
register.holds(
    Check,
    subject="request__keeper",
    purposes=("requests",),
    title=sentence("Codes that confirmed that it was you"),
    columns=dict.fromkeys(("tries", "sent_at", "ends_at", "answered_at", "settled_at", "outcome"), ASKED),
    nobody={"mark": MARK, "proof": MARK, "request_id": "Which request it was for."},
    label=lambda row: sentence("Code of {day}", day=timezone.localtime(row.sent_at).date()),
)
register.nobody(
    Unsorted,
    because=(
        "Mail nobody took for a request, of nobody known: sealed as a whole, shown to the controllers alone,"
        " and emptied when it is sorted."
    ),
)
register.ends(Arrival, "request.closed", at="request__closed_at")
register.ends(Check, "request.closed", at="request__closed_at")
