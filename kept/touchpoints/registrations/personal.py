"""What a product registration keeps, and why.

The values themselves are sealed fields and say what they are.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case, DateField, DateTimeField, QuerySet, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from kept.core.register import corrects
from kept.core.register import declarations as register
from kept.people import contact_copies
from kept.people.models import Person
from kept.rights.access import value_names
from kept.sentences import sentence
from kept.touchpoints.registrations.handing_on.models import WAYS
from kept.touchpoints.registrations.models import Claim, Draft, Handover, Registration

LEADS = sentence("Leads to the product, which is declared itself.")
register.touchpoint("registrations", purposes=("registration", "safety", "filling-in"), near=register.HERS)
register.cookie("kept_registering", kind="preference")
register.holds(
    Registration,
    subject="person_id",
    purposes=("registration",),
    purposes_of={"contact_phone": ("registration", "safety"), "contact_address": ("registration", "safety")},
    title=sentence("Your registrations"),
    columns={
        "reference": "equipment.purchase",
        "registered_at": "equipment.purchase",
        "undone_at": "equipment.purchase",
    },
    nobody={"holding": LEADS},
    label=lambda row: sentence("Registration {reference}", reference=row.reference),
)
register.holds(
    Draft,
    subject="person_id",
    purposes=("registration",),
    title=sentence("Registrations you began"),
    columns={"started_at": "equipment.purchase", "ended_at": "equipment.purchase"},
    nobody={"free": sentence("How the next page goes on.")},
    label=lambda row: sentence("Begun on {day}, gone a day later", day=timezone.localdate(row.started_at)),
)
register.holds(
    Claim,
    subject="person_id",
    purposes=("registration",),
    title=sentence("Proofs of purchase you sent"),
    columns={
        "reference": "equipment.purchase",
        "organisation": "identity.organisation",
        "opened_at": "equipment.purchase",
        "answer_by": "equipment.purchase",
        "decided_at": "equipment.purchase",
        "decision": "equipment.purchase",
        "holder_said": "equipment.purchase",
        "holder_said_at": "equipment.purchase",
    },
    nobody={
        "looked_up_at": sentence("When a job of ours looked for a holder."),
        "against": sentence("Which holding it is against; whose that is, is theirs."),
        "lost": sentence("Which holding of theirs it asks for back; that is declared itself."),
        "proof": sentence("A random number that names a sealed file."),
        "decided_by": sentence("The role that decided; who it was is theirs."),
    },
    label=lambda row: sentence("Claim {reference}", reference=row.reference),
)
value_names.known_as(
    pgettext_lazy("value", "Way"),
    pgettext_lazy("value", "Taken back at"),
    pgettext_lazy("value", "Started at"),
    pgettext_lazy("value", "Serial"),
    pgettext_lazy("value", "Holder"),
    pgettext_lazy("value", "Keep"),
    pgettext_lazy("value", "Computer"),
    pgettext_lazy("value", "Registered at"),
    pgettext_lazy("value", "Contact phone"),
    pgettext_lazy("value", "Contact address"),
    pgettext_lazy("value", "Contact language"),
    pgettext_lazy("value", "Note"),
    pgettext_lazy("value", "Holder said"),
    pgettext_lazy("value", "Holder said at"),
)
WAS = "equipment.purchase"
register.holds(
    Handover,
    subject=("giver_id", "taker_id"),
    purposes=("registration",),
    title=sentence("Products you handed on or took over"),
    columns=dict.fromkeys(
        ("reference", "way", "begun_at", "until", "ended_at", "outcome", "taken_back_at"), WAS
    ),
    nobody={
        "holding": LEADS,
        "after": LEADS,
        "key_hash": sentence("The hash of a random key that only a mail holds."),
    },
    label=lambda row: sentence("{way}, {reference}", way=WAYS[row.way], reference=row.reference),
)
register.file(
    "proof-of-purchase",
    category="equipment.proof",
    purposes=("registration",),
    title=sentence("Proofs of purchase"),
)


def given_back() -> Case:
    """The product it led to was given back; where it leads to none any more, when it was undone or made."""
    undone = Coalesce("undone_at", "registered_at")
    return Case(When(holding=None, then=undone), default="holding__until", output_field=DateTimeField())


def shipped() -> Coalesce:
    return Coalesce("holding__unit__shipped", TruncDate("registered_at"), output_field=DateField())


register.ends(Registration, "holding.ended", at=given_back)
register.ends(Registration, "unit.shipped", at=shipped)
register.ends(Draft, "holding.ended", at="started_at")
register.ends(Claim, "holding.ended", at="decided_at")
register.carries(Claim, "proof")
corrects(Registration, contact_phone=Registration.correct_phone, contact_address=Registration.correct_address)
corrects(Claim, purchase_date=Claim.correct_purchase, serial=Claim.correct_serial)


def _out_of(subject: UUID, rows: QuerySet[Handover]) -> int:
    """The other side keeps what is theirs: that they gave or took a machine.

    When both are gone, so is the row.
    """
    return sum(row.leave(subject) for row in rows)


register.erases(Handover, _out_of)
register.ends(
    Handover, "holding.ended", at=lambda: Coalesce("ended_at", "until", output_field=DateTimeField())
)


def _standing(person: Person) -> QuerySet[Registration]:
    """Of products that are still theirs: a recall must find them."""
    found: QuerySet[Registration] = Registration.objects.filter(
        person=person, undone_at=None, holding__until=None
    )
    return found


contact_copies.follows(Registration, "contact_phone", of="phone", rows=_standing)
contact_copies.follows(Registration, "contact_address", of="address", rows=_standing)
contact_copies.stays(
    Draft,
    "phone",
    "address",
    because=sentence(
        "Typed for a registration that is not finished. Shown before it is sent; gone within a day."
    ),
)
contact_copies.stays(
    Handover,
    "email",
    because=sentence("Somebody else's address, as the giver typed it. Gone when it is answered."),
)
