"""What a question or a request keeps, and why. The words are sealed fields and say what they are."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.outbox.models import Message
from kept.people import contact_copies
from kept.people.models import Person
from kept.rights.requests.models import Asker, Attachment, Authority, Representative, Request, Step
from kept.sentences import sentence

WORDS = "One of our own words, from a short list."
ASKED = "rights.request"
STAFF = "The role that did it; who it was is theirs."

register.holds(
    Request,
    subject=("keeper", "person_id"),
    purposes=("requests",),
    title=sentence("Questions and requests you sent"),
    columns=dict.fromkeys(
        (
            "reference",
            "kind",
            "channel",
            "received_at",
            "recorded_at",
            "due",
            "first_due",
            "paused_days",
            "waiting_since",
            "extended_at",
            "answered_at",
            "closed_at",
            "outcome",
            "topic",
            "source",
            "region",
            "jurisdiction",
        ),
        ASKED,
    )
    | {"language": "contact.preferences", "answer_by": "contact.preferences"},
    nobody={
        "code": "A keyed hash of the code that opens the status page.",
        "duplicate_of_id": "Which request says the same.",
    },
    label=lambda row: sentence(
        "{kind} {reference}, {day}",
        kind=row.get_kind_display(),
        reference=row.reference,
        day=timezone.localtime(row.received_at).date(),
    ),
)
register.holds(
    Step,
    subject="request__keeper",
    purposes=("requests",),
    title=sentence("What was done about your requests"),
    columns={"kind": ASKED, "at": ASKED, "what": ASKED, "until": ASKED},
    nobody={
        "request_id": "Which request it was.",
        "mark": "Which of our own reminders it was.",
        "message": "The words of what, so that they can be said in another language.",
        "role": STAFF,
        "entity": STAFF,
    },
    label=lambda step: sentence("{day}: {what}", day=timezone.localtime(step.at).date(), what=step.said),
)
register.holds(
    Attachment,
    subject="request__keeper",
    purposes=("requests",),
    title=sentence("Files that came with your requests"),
    columns={"at": ASKED},
    nobody={
        "request_id": "Which request it came with.",
        "step_id": "Which message it came with.",
        "file": "A random number that names a sealed file.",
    },
    label=lambda row: sentence("{day}", day=timezone.localtime(row.at).date()),
)
register.holds(
    Authority,
    subject="request__keeper",
    purposes=("requests",),
    title=sentence("Who asked for you, and by what right"),
    columns=dict.fromkeys(("relation", "claimed_at", "checked_at", "refused_at", "telling"), ASKED),
    nobody={
        "request_id": "Which request it was.",
        "proof": "A random number that names a sealed file.",
        "role": STAFF,
        "entity": STAFF,
    },
    label=lambda row: sentence(
        "{relation}, {day}",
        relation=row.get_relation_display(),
        day=timezone.localtime(row.claimed_at).date(),
    ),
)
register.holds(
    Representative,
    subject="keeper",
    purposes=("requests",),
    title=sentence("What you asked for somebody else"),
    nobody={"request_id": "Which request it was."},
    label=lambda row: sentence(
        "{kind} {reference}", kind=row.request.get_kind_display(), reference=row.request.reference
    ),
)
register.nobody(
    Asker,
    because="Random numbers, each the key of somebody nobody knows; it goes with the last request it sealed.",
)
# The meter counts on: what stays of a request leads to nobody.
register.erases(Request, "forget")
register.erases(Step, lambda subject, rows: rows.update(reason=None))
register.file(
    "request", category=ASKED, purposes=("requests",), title=sentence("Files that came with a request")
)

register.ends(Request, "request.closed", at="closed_at")
register.ends(Step, "request.closed", at="request__closed_at")
register.ends(Attachment, "request.closed", at="request__closed_at")
register.ends(Authority, "request.closed", at="request__closed_at")
register.ends(Representative, "request.closed", at="request__closed_at")
register.carries(Attachment, "file")
register.ends(Person, "request.closed", at=Latest(Request, link="person", at="closed_at"))
register.ends(
    Message,
    "request.closed",
    at=Latest(Request, link="keeper", at="closed_at", outer="subject"),
    where=Q(purpose="requests"),
)
# Whoever asked for somebody else is known, and written to, as long as what they asked.
register.ends(Person, "request.closed", at=Latest(Representative, link="keeper", at="request__closed_at"))
register.ends(
    Message,
    "request.closed",
    at=Latest(Representative, link="keeper", at="request__closed_at", outer="subject"),
    where=Q(purpose="requests"),
)

register.asks(
    "desk-requests", {"controller": "Whose requests are shown.", "state": "Which requests are shown."}
)
register.asks(
    "desk-request-recognising", {"kind": "Which right is used; who uses it is known from the matter."}
)


def _open(person: Person) -> QuerySet[Request]:
    """What is not answered yet; and by post, what is answered and not yet posted."""
    found: QuerySet[Request] = Request.objects.open().filter(person=person)
    return found


def _asked_for_others(person: Person) -> QuerySet[Representative]:
    found: QuerySet[Representative] = Representative.objects.filter(keeper=person.pk, request__closed_at=None)
    return found


for name in ("name", "email", "address"):
    contact_copies.follows(Request, name, of=name, rows=_open)
    contact_copies.follows(Representative, name, of=name, rows=_asked_for_others)
