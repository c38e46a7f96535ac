"""Ways to what was borrowed, and the right to have it fetched."""

from __future__ import annotations

from kept.core.policy.verdict import Reader
from kept.portal.navigation import AT_HOME, AT_ME, AT_PRODUCT, bar_entry, foot_entry, offer
from kept.rights.requests.course.fulfilment_registry import fulfils
from kept.rights.requests.models import Request
from kept.rights.requests.request_kinds import RequestKind, request_kind
from kept.sentences import sentence

bar_entry("Borrowing", "/borrowing/", order=50)
foot_entry("Lent today", "Machines at work elsewhere", url="borrowing")
for place in (AT_HOME, AT_PRODUCT, AT_ME):
    offer(place, "Borrow a machine", url="borrowing", term="Borrow")
request_kind(
    RequestKind(
        "fetching",
        sentence("Fetching"),
        sentence("fetching"),
        sentence("Fetch the machines you lent me"),
        by_address_alone=True,
    )
)


@fulfils("fetching")
def fetch(request: Request, *, by: Reader) -> str:
    """Somebody is sent."""
    return f"Fetched for {request.reference} by {by.role}."
