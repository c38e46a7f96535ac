"""What a case keeps, and why. What was said and sent is sealed, and says itself what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Case as Either
from django.db.models import DateTimeField, F, Model, Q, When
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from kept.accounts.models import StaffMember
from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.desk.models import OPEN_FOR
from kept.equipment.models import Holding
from kept.outbox.models import Message as Mailed
from kept.people import contact_copies
from kept.people.models import Organisation, Person
from kept.rights.access import value_names
from kept.sentences import sentence
from kept.touchpoints.support.calls.models import Annotation, Call
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.drafts import Draft
from kept.touchpoints.support.models import (
    Attachment,
    Case,
    CaseImport,
    CaseLink,
    CaseOutcome,
    CaseUpload,
    CustomerWait,
    Escalation,
    Heard,
    HeldAnswer,
    HeldFile,
    ImportedCase,
    Message,
    Note,
    Presence,
    Reveal,
    Ring,
    SecondLevel,
    Share,
    Step,
    UploadPart,
)

WORDS = sentence("One of our own words, from a short list.")
STAFF = sentence(
    "Role and company of the member of staff; who they are is theirs, and stands in their record."
)
WHICH = sentence("Which case it belongs to.")
SAID = "support.content"
BOTH = ("support", "sales")
OF_BOTH = {"text": ("support",), "enquiry": ("sales",)}
OF_CASE = {"title": ("support",), "enquiry": ("sales",), "serial": ("support",), "firmware": ("support",)}

OF_A_CASE = (
    *("reference", "kind", "topic", "severity", "channel", "opened_at", "answered_at", "closed_at", "stars"),
    *("rated_at", "language", "market", "awaits", "snoozed_until"),
)

register.touchpoint("support", purposes=BOTH, near=register.HERS)
register.holds(
    Case,
    subject="person_id",
    purposes=BOTH,
    purposes_of=OF_CASE,
    title=sentence("Your cases"),
    columns=dict.fromkeys(OF_A_CASE, SAID),
    clear={
        **dict.fromkeys(("kind", "topic", "severity", "channel", "language", "market", "awaits"), WORDS),
        "reference": sentence("Drawn by lot, and read out on the phone: it says nothing of anybody."),
    },
    nobody={
        "entity": sentence("Which company of the group answers."),
        "product": sentence("A product of the catalogue."),
        "holding": sentence("Leads to the product, which is declared itself."),
        "worked_at": sentence("When something last happened to it, for the order of lists."),
        "answer_by": sentence("When the first answer is due; it follows from how bad it is."),
        "close_by": sentence("When it should be done; it follows from how bad it is, and from the waiting."),
        "clock": sentence("Which state of our opening hours that was counted by."),
        "counted_at": sentence("When it was added to the reports, which say of nobody whose it was."),
        "assignee": STAFF,
        "code": sentence("The hash of a random code that only a mail holds."),
        "merged_into": sentence("The case it was put together with."),
        "suggested": sentence("A case it may belong to; whose that is, is theirs."),
    },
    label=lambda row: sentence("Case {reference}", reference=row.reference),
)
register.holds(
    Step,
    subject="case__person_id",
    purposes=BOTH,
    title=sentence("What happened to your cases"),
    columns=dict.fromkeys(("kind", "at", "until"), SAID),
    clear={"kind": WORDS},
    nobody={"case": WHICH, "role": STAFF},
    label=lambda row: sentence("{what}, {day}", what=row.get_kind_display(), day=timezone.localdate(row.at)),
)
register.holds(
    CustomerWait,
    subject="case__person_id",
    purposes=BOTH,
    title=sentence("When we waited for you"),
    columns=dict.fromkeys(("since", "until"), SAID),
    nobody={"case": WHICH},
    label=lambda row: sentence("Since {day}", day=timezone.localdate(row.since)),
)
register.holds(
    Message,
    subject="keeper",
    purposes=BOTH,
    purposes_of=OF_BOTH,
    title=sentence("What was said in your cases"),
    columns=dict.fromkeys(("author", "channel", "at", "written_at", "masked"), SAID),
    clear=dict.fromkeys(("author", "channel"), WORDS),
    nobody={
        "case": WHICH,
        "writer": STAFF,
        "role": STAFF,
        "came_to": WHICH,
        "parted_from": WHICH,
        "mail_mark": sentence("A keyed hash by which the same mail is known again."),
    },
    label=lambda row: sentence(
        "Case {reference}, {day}", reference=row.case.reference, day=timezone.localdate(row.at)
    ),
)
register.holds(
    Escalation,
    subject="case__person_id",
    purposes=BOTH,
    title=sentence("Cases that were passed to the second level"),
    columns=dict.fromkeys(("since", "until"), SAID),
    nobody={"case": WHICH, "note": sentence("Which note says why."), "role": STAFF},
    label=lambda row: sentence("Since {day}", day=timezone.localdate(row.since)),
)
register.holds(
    SecondLevel,
    subject="subject",
    purposes=("staff",),
    title=sentence("When you were on the second level"),
    columns=dict.fromkeys(("since", "until"), "work.record"),
    label=lambda row: sentence("Since {day}", day=timezone.localdate(row.since)),
)
register.holds(
    HeldAnswer,
    subject="keeper",
    purposes=BOTH,
    purposes_of=OF_BOTH,
    title=sentence("Answers that leave in a moment"),
    columns=dict.fromkeys(("at", "leaves_at", "masked"), SAID),
    nobody={"case": WHICH, "writer": STAFF, "role": STAFF},
    label=lambda row: sentence(
        "Case {reference}, {day}", reference=row.case.reference, day=timezone.localdate(row.at)
    ),
)
register.holds(
    HeldFile,
    subject="keeper",
    purposes=BOTH,
    title=sentence("Files of answers that leave in a moment"),
    nobody={
        "held": sentence("Which answer it leaves with."),
        "file": sentence("A random number that names a sealed file."),
    },
    label=lambda row: sentence("{day}", day=timezone.localdate(row.held.at)),
)
register.holds(
    Attachment,
    subject="keeper",
    purposes=BOTH,
    title=sentence("Files of your cases"),
    columns={"at": SAID},
    nobody={"message": WHICH, "file": sentence("A random number that names a sealed file.")},
    label=lambda row: sentence("{day}", day=timezone.localdate(row.at)),
)
register.holds(
    Note,
    subject="keeper",
    purposes=BOTH,
    purposes_of=OF_BOTH,
    title=sentence("What staff noted for each other in your cases"),
    columns={"at": SAID},
    nobody={"case": WHICH, "came_to": WHICH, "writer": STAFF, "role": STAFF},
    label=lambda row: sentence(
        "Case {reference}, {day}", reference=row.case.reference, day=timezone.localdate(row.at)
    ),
)
register.holds(
    Share,
    subject="person_id",
    purposes=BOTH,
    title=sentence("Cases that colleagues share with you"),
    columns={"since": SAID, "until": SAID},
    nobody={"case": WHICH},
    label=lambda row: sentence("Since {day}", day=timezone.localdate(row.since)),
)
register.holds(
    Reveal,
    subject="person",
    purposes=BOTH,
    title=sentence("What was opened in your cases for a reason"),
    columns={"field": SAID, "at": SAID, "until": SAID},
    clear={"field": sentence("One of our own words for a kind of data, never the data.")},
    nobody={"case": WHICH},
    label=lambda row: sentence("{day}", day=timezone.localdate(row.at)),
)
register.holds(
    Call,
    subject=("keeper", "person_id"),
    purposes=BOTH,
    purposes_of=OF_BOTH,
    title=sentence("Phone calls"),
    columns=dict.fromkeys(
        (
            "kind",
            "direction",
            "outcome",
            "at",
            "minutes",
            "next_step",
            "next_at",
            "next_done_at",
            "verified_at",
        ),
        SAID,
    ),
    clear=dict.fromkeys(("kind", "direction", "outcome", "next_step"), WORDS),
    nobody={
        "case": WHICH,
        "came_to": WHICH,
        "matter": sentence("The matter at the desk it was looked up in."),
        "opener": STAFF,
        "role": STAFF,
        "entity": STAFF,
        "code": sentence("The hash of a random code that only a mail holds."),
        "code_until": sentence("Until when that code counts."),
        "tries": sentence("How many codes were read out that were not right."),
    },
    label=lambda row: sentence(
        "{way}, {day}", way=row.get_direction_display(), day=timezone.localdate(row.at)
    ),
)
register.holds(
    Annotation,
    subject="keeper",
    purposes=BOTH,
    purposes_of=OF_BOTH,
    title=sentence("What you said of our call notes"),
    columns={"at": SAID},
    nobody={"call": sentence("Which call it is about.")},
    label=lambda row: sentence("{day}", day=timezone.localdate(row.at)),
)
register.holds(
    Draft,
    subject="person_id",
    purposes=BOTH,
    purposes_of={"words": ("support",), "enquiry": ("sales",)},
    title=sentence("A case you began"),
    columns=dict.fromkeys(("kind", "topic", "severity", "touched_at"), SAID),
    clear=dict.fromkeys(("kind", "topic", "severity"), WORDS),
    label=lambda row: sentence("Last changed on {day}", day=timezone.localdate(row.touched_at)),
)
register.holds(
    CaseUpload,
    subject="person_id",
    purposes=BOTH,
    purposes_of={"name": ("support",), "enquiry": ("sales",)},
    title=sentence("Files on their way to a case"),
    columns=dict.fromkeys(("kind", "size", "taken", "media_type", "touched_at"), SAID),
    clear=dict.fromkeys(("kind", "media_type"), WORDS),
    label=lambda row: sentence("Last changed on {day}", day=timezone.localdate(row.touched_at)),
)
register.holds(
    UploadPart,
    subject="upload__person_id",
    purposes=BOTH,
    title=sentence("Pieces of files on their way to a case"),
    columns={"number": SAID},
    nobody={
        "upload": sentence("Which file it belongs to."),
        "file": sentence("A random number that names a sealed file."),
    },
    label=lambda row: sentence("Piece {number}", number=row.number + 1),
)
register.nobody(
    Presence,
    because=sentence(
        "A keyed hash of who has a case open, for two minutes, so that two do not answer at once."
    ),
)
register.nobody(
    CaseOutcome,
    because=sentence(
        "What one closed case came to: the quarter, the market, the product and rounded hours. Nothing leads"
        " to the case or to anybody in it, and fewer than ten are never shown."
    ),
)
register.nobody(
    Ring,
    because=sentence(
        "A call that rings. Its number lies sealed for an hour at most, and whose it is nobody has looked; a"
        " call that is taken has it under its own purpose."
    ),
)
register.nobody(
    Heard,
    because=sentence(
        "Keyed hashes of messages of phone systems, for a quarter of an hour, so that none counts twice."
    ),
)
register.nobody(
    CaseLink,
    because=sentence("Which cases belong together; the cases themselves are declared."),
)
register.nobody(
    CaseImport,
    because=sentence("Which export of another program was taken in, and when; none of what is in it."),
)
register.nobody(
    ImportedCase,
    because=sentence(
        "A keyed hash by which a case of another program is known again: what was erased does not come back."
    ),
)
register.unlinks(Case, "assignee")
register.unlinks(Message, "writer")
register.unlinks(HeldAnswer, "writer")
register.unlinks(Note, "writer")
register.unlinks(Call, "opener")
register.file("case", category=SAID, purposes=("support",), title=sentence("Files of your cases"))
register.file(
    "enquiry", category="sales.content", purposes=("sales",), title=sentence("Files of your enquiries")
)
register.carries(Attachment, "file")
register.carries(HeldFile, "file")
register.carries(UploadPart, "file")
value_names.known_as(
    pgettext_lazy("value", "Title"),
    pgettext_lazy("value", "Size"),
    pgettext_lazy("value", "Taken"),
    pgettext_lazy("value", "Media type"),
    pgettext_lazy("value", "Enquiry"),
    pgettext_lazy("value", "Firmware"),
    pgettext_lazy("value", "Text"),
    pgettext_lazy("value", "Words"),
    pgettext_lazy("value", "Number"),
    pgettext_lazy("value", "Name"),
    pgettext_lazy("value", "Author"),
    pgettext_lazy("value", "Awaits"),
    pgettext_lazy("value", "Direction"),
    pgettext_lazy("value", "Market"),
    pgettext_lazy("value", "Mail"),
    pgettext_lazy("value", "Masked"),
    pgettext_lazy("value", "Minutes"),
    pgettext_lazy("value", "Next at"),
    pgettext_lazy("value", "Next done at"),
    pgettext_lazy("value", "Next step"),
    pgettext_lazy("value", "Rated at"),
    pgettext_lazy("value", "Severity"),
    pgettext_lazy("value", "Snoozed until"),
    pgettext_lazy("value", "Stars"),
    pgettext_lazy("value", "Touched at"),
    pgettext_lazy("value", "Leaves at"),
    pgettext_lazy("value", "Verified at"),
    pgettext_lazy("value", "Written at"),
)


def _ends(model: type[Model], *, at: str | Callable[[], Any], kind: str) -> None:
    for sort, event in ((topics.SERVICE, "case.closed"), (topics.SALES, "enquiry.closed")):
        register.ends(model, event, at=at, where=Q(**{kind: sort}))


_ends(Case, at="closed_at", kind="kind")
for of_a_case in (Step, CustomerWait, Message, HeldAnswer, Escalation, Note, Share, Reveal):
    _ends(of_a_case, at="case__closed_at", kind="case__kind")
_ends(Attachment, at="message__case__closed_at", kind="message__case__kind")
_ends(HeldFile, at="held__case__closed_at", kind="held__case__kind")
_ends(Draft, at="touched_at", kind="kind")
_ends(CaseUpload, at="touched_at", kind="kind")
_ends(UploadPart, at="upload__touched_at", kind="upload__kind")


register.ends(
    SecondLevel,
    "employment.ended",
    at=Latest(StaffMember, link="user__person", at="until", outer="subject"),
)


def over(call: str = "") -> Any:
    """When a call was over: with its case; of one that belongs to none, an hour after it was logged."""
    alone = When(**{f"{call}case": None}, then=F(f"{call}at") + OPEN_FOR)
    return Either(alone, default=F(f"{call}case__closed_at"), output_field=DateTimeField())


_ends(Call, at=over, kind="kind")
_ends(Annotation, at=lambda: over("call__"), kind="call__kind")
for kind, event in ((topics.SERVICE, "case.closed"), (topics.SALES, "enquiry.closed")):
    purpose, of_kind = topics.PURPOSE_OF[kind], Q(kind=kind)
    for of, at in ((Case, "closed_at"), (Call, over)):
        register.ends(Person, event, at=Latest(of, link="person", at=at, where=of_kind))
        register.ends(
            Mailed,
            event,
            at=Latest(of, link="person", at=at, outer="subject", where=of_kind),
            where=Q(purpose=purpose),
        )
of_service = Q(kind=topics.SERVICE)
register.ends(
    Holding,
    "case.closed",
    at=Latest(Case, link="person", at="closed_at", outer="person_id", where=of_service),
)
register.ends(
    Organisation,
    "case.closed",
    at=Latest(Case, link="person__memberships__organisation", at="closed_at", where=of_service),
)
register.asks(
    "desk-cases",
    {
        "show": "Which cases are shown.",
        "language": "Which cases are shown.",
        "market": "Which cases are shown.",
        "by": "The number of a colleague's post, whose cases are shown.",
    },
)
register.asks("desk-case-parting", {"message": "The number of a message that goes."})
register.asks("desk-case-linking", {"end": "The number of a link that ends."})
register.asks("desk-call-case", {"case": "Into which case a call note goes."})
register.asks(
    "desk-case-revealing", {"reason": "Why staff open a value: the person reads it in her timeline."}
)
for sent_to in ("support-new", "support-new-offer", "support-case-reply"):
    register.asks(sent_to, {"uploads": "Which files that are here already go with the message."})
register.asks("desk-call-person", {"person": "A number the page before gave."})

contact_copies.stays(
    Call,
    "number",
    "name",
    because=sentence("What was said and shown when the phone rang. The note of a call stays as it was."),
)
