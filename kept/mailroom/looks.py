"""Each look at a mail that waits is on record: for whoever it says it is from, where we know them, or else
for whoever looked.
"""

from __future__ import annotations

from kept.core.vault import gate
from kept.core.vault.readers import StaffReader
from kept.mailroom.models import ReceivedMail
from kept.mailroom.takers import Mail
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.sentences import sentence

PURPOSE_OF = {"support": "support", "sales": "sales", "controller": "requests"}
OTHERWISE = "auditing"
"""The purpose under which any other role looks."""
MOST = 20
"""Of several with one address, so many are told."""


def record(reader: StaffReader, row: ReceivedMail, mail: Mail | None) -> None:
    """On record before the first byte of it leaves. Nobody has proven to be whom the mail names."""
    sender = canonical(mail.letter.sender) if mail is not None else ""
    with gate.purpose(PURPOSE_OF.get(reader.role, OTHERWISE), reader=reader, about=row) as act:
        people = list(Person.objects.find(email=sender)[:MOST]) if sender else []
        for person in people:
            act.touch(person.pk, what=sentence("Looked at a mail that says it is from you"))
        if not people:
            act.touch(reader.actor, what=sentence("You looked at a mail that waited for a decision"))
