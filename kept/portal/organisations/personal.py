"""What belonging to an organisation keeps: the name colleagues know, and who is on the way in."""

from __future__ import annotations

from django.db.models import DateTimeField
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from kept.core.register import declarations as register
from kept.core.register.terms.event_dates import Latest
from kept.core.vault.acts import current
from kept.core.vault.readers import SelfReader
from kept.people import contact_copies
from kept.people.models import Membership, Person
from kept.portal.organisations.models import Joining, Seat
from kept.sentences import day, sentence

OF = "identity.organisation"

register.holds(
    Seat,
    subject=("person_id", "organisation_id"),
    purposes=("account",),
    title=sentence("The name your colleagues know you by"),
    columns={"since": OF},
    label=lambda row: _("Since {day}").format(day=day(row.since)),
)
register.holds(
    Joining,
    subject=("keeper", "person_id", "organisation_id"),
    purposes=("account",),
    title=sentence("Invitations and wishes to join an organisation"),
    columns={"role": OF, "begun_at": OF, "until": OF, "ended_at": OF, "outcome": OF},
    nobody={
        "key_hash": "The hash of a random key that only a mail holds.",
        "inviting_member": "The number of the membership of whoever invites: the invitation ends with it.",
        "refused_at": (
            "What an organisation's owners said to a wish is theirs; its author sees it end by its date."
        ),
    },
    label=lambda row: day(row.begun_at),
)


def over() -> Coalesce:
    return Coalesce("ended_at", "until", output_field=DateTimeField())


register.ends(
    Seat, "account.closed", at=Latest(Membership, link="organisation", at="until", outer="organisation_id")
)
register.ends(Joining, "account.closed", at=over)


def _seats(person: Person) -> list[Seat]:
    """Those the open act reaches. The others go: colleagues see no name rather than an old one."""
    reader, found = current("seat.name").reader, list(Seat.objects.filter(person=person))
    if not isinstance(reader, SelfReader):
        return found
    Seat.objects.filter(
        pk__in=[seat.pk for seat in found if not reader.covers(seat.organisation_id)]
    ).delete()
    return [seat for seat in found if reader.covers(seat.organisation_id)]


contact_copies.follows(Seat, "name", of="name", rows=_seats)
contact_copies.stays(
    Joining,
    "name",
    "email",
    because=(
        "What an owner typed, or was told when somebody asked. The answer goes to the address they have by"
        " then; gone in two weeks."
    ),
)
