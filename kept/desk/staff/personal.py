"""What taking somebody in keeps: the invitation, until it is answered."""

from __future__ import annotations

from django.db.models import DateTimeField, Q
from django.db.models.functions import Coalesce

from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.desk.staff.models import Invitation
from kept.outbox.models import Message
from kept.people import contact_copies
from kept.people.models import Person
from kept.sentences import day, sentence

POST = "identity.account"

register.holds(
    Invitation,
    subject="person_id",
    purposes=("staff",),
    title=sentence("Invitations to work at the desk"),
    columns={
        "role": POST,
        "entity": POST,
        "invited_at": POST,
        "until": POST,
        "ended_at": POST,
        "outcome": POST,
    },
    nobody={
        "key_hash": "The hash of a random key that only a mail holds.",
        "inviting_post": "The number of the post of whoever invites: the invitation ends with it.",
    },
    label=lambda row: f"{row.role}, {row.entity}, {day(row.invited_at)}",
)


def over() -> Coalesce:
    """When an invitation came to its end: by an answer, or by its date."""
    return Coalesce("ended_at", "until", output_field=DateTimeField())


OF_STAFF = Q(purpose="staff")

register.ends(Invitation, "employment.ended", at=over)
register.ends(Person, "employment.ended", at=Latest(Invitation, link="person", at=over))
register.ends(
    Message,
    "employment.ended",
    at=Latest(Invitation, link="person", at=over, outer="subject"),
    where=OF_STAFF,
)

contact_copies.stays(
    Invitation,
    "name",
    "email",
    because=(
        "As whoever invites typed them: they learn nothing new of somebody who has not accepted. Gone within"
        " a week."
    ),
)
