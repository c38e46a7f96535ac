"""Helping somebody: open a matter, find who it is, see what the purpose allows, open more for a reason,
close.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.core.register.hooks.desk import FINDERS
from kept.core.vault import gate
from kept.core.vault.columns.values import show
from kept.core.vault.readers import StaffReader
from kept.desk import matter_bounds
from kept.desk.models import LOOKED_FOR, REVEALED_FOR, WENT_ON, Matter, Reveal, said_in
from kept.people.models import Person
from kept.sentences import sentence

MOST = 10
PURPOSES = {"support": ("support",), "sales": ("sales",)}
"""Under which purposes a role may open a matter of its own."""
IN_TOUCH_BY = {
    Matter.Channel.PHONE: sentence("phone call"),
    Matter.Channel.MAIL: sentence("e-mail"),
    Matter.Channel.LETTER: sentence("letter"),
    Matter.Channel.VISIT: sentence("in person"),
}
"""How somebody got in touch, as it stands inside a sentence."""


class NotAMatterOfYours(Exception):
    """Another role opened it. It looks the same as one that does not exist."""


@dataclass(frozen=True, slots=True)
class Found:
    """One person a search found, as the list shows them."""

    pk: UUID
    name: str
    email: str


class _Opening:
    """A matter that is just being opened: there is no row yet for the act to be bound to."""

    matter_open = True

    def __init__(self, number: int) -> None:
        self.matter_ref = f"matter {number}"


def open_matter(*, reader: StaffReader, purpose: str, channel: str, text: str) -> Matter:
    """A new matter about somebody not yet found. Raises what the gate raises."""
    now = timezone.now()
    for _ in range(5):
        number = Matter.next_number()
        with gate.purpose(purpose, reader=reader, about=_Opening(number), source=f"matter {number}") as act:
            act.kind = "opened"
            matter = Matter(
                number=number,
                purpose=purpose,
                channel=channel,
                keeper=reader.actor,
                opener=reader.actor,
                role=reader.role,
                entity=reader.entity,
                **{said_in(purpose): text},
                opened_at=now,
                worked_at=now,
            )
            try:
                with transaction.atomic():
                    matter.save(force_insert=True)
            except IntegrityError:
                continue  # a colleague took the number in this very moment
            act.touch(reader.actor, what=sentence("You opened matter {number}", number=number))
            return matter
    raise IntegrityError("Five matters in a row were taken by colleagues.")


def find(*, reader: StaffReader, matter: Matter, text: str) -> list[Found]:
    """Up to ten people, by name, phone in any notation, e-mail or serial number.

    Each who is found reads about it on their timeline.

    Whoever may not be read for this purpose is left out, whichever way they were looked for; they must not
    hide the others. Raises BoundReached where the matter has led to as much as it may without a reason.
    """
    matter_bounds.take(matter, matter_bounds.SEARCHES)
    most = matter_bounds.left(matter, matter_bounds.SHOWN)
    if not most:
        raise matter_bounds.BoundReached(matter_bounds.SHOWN)
    with gate.purpose(matter.purpose, reader=reader, about=matter) as act:
        found = {person.pk: person for person in matching(text)[:most]}
        # Counted before anybody is opened: what is refused further on was looked for all the same.
        if found:
            matter_bounds.take(matter, matter_bounds.SHOWN, len(found))
        for person in found.values():
            act.touch(person.pk, what=LOOKED_FOR)
        # Opened here, while the act is: name and address tell people of one name apart.
        return [
            Found(person.pk, str(name), str(show(person, "email")))
            for person in found.values()
            if (name := show(person, "name"))
        ]


def leads_to(reader: StaffReader, text: str) -> str:
    """Where a text leads in this reader's own work, like a reference to its case; "" for nowhere.."""
    ways = [finder.leads_to for finder in FINDERS.values() if finder.leads_to]
    return next((address for way in ways if (address := way(reader, text.strip()))), "")


def matching(text: str) -> list[Person]:
    """Whom a text leads to, inside an act: the surest way first, by name where no other did."""
    text = text.strip()
    if "@" in text:
        return list(Person.objects.find(email=text)[:MOST])
    subjects = [subject for finder in FINDERS.values() for subject in finder.find(text)]
    found = list(Person.objects.filter(pk__in=subjects)[:MOST]) if subjects else []
    if not found and sum(letter.isdigit() for letter in text) >= 5:
        found = Person.objects.at_phone(text)[:MOST]
    if not found and any(letter.isalpha() for letter in text):
        found = Person.objects.search(limit=MOST, name=text)
    return found


def concern(*, reader: StaffReader, matter: Matter, person: Person) -> None:
    """This is the person the matter is about. Raises BoundReached after several of them, without a reason."""
    if matter.person_id != person.pk:
        matter_bounds.take(matter, matter_bounds.OPENED)
    with gate.purpose(matter.purpose, reader=reader, about=matter, source=matter.matter_ref) as act:
        act.kind = "opened"
        with transaction.atomic():
            matter.concerns(person)
            matter.work()
        act.touch(
            person.pk,
            what=sentence(
                "Matter {number} was opened: you got in touch by {channel}",
                number=matter.number,
                channel=IN_TOUCH_BY[Matter.Channel(matter.channel)],
            ),
        )


def go_on(*, reader: StaffReader, matter: Matter, why: str, reason: str) -> None:
    """Go beyond the bound of a matter, for a reason.

    It is on record before anything more is found, and the controller is told.
    """
    with gate.purpose(
        matter.purpose, reader=reader, about=matter, reason=reason, source=matter.matter_ref
    ) as act:
        act.kind = "opened"
        with transaction.atomic():
            matter_bounds.extend(matter, why)
        act.touch(reader.actor, what=sentence("{what} {number}", what=WENT_ON, number=matter.number))


def reveal(*, reader: StaffReader, matter: Matter, field: str, reason: str) -> Reveal:
    """Open one masked value for ten minutes.

    The reason is sealed for the person, who reads it on their timeline.
    """
    person, now = matter.person, timezone.now()
    assert person is not None
    with gate.purpose(
        matter.purpose, reader=reader, about=matter, reason=reason, source=matter.matter_ref
    ) as act:
        getattr(person, field)  # refused here, before anything is written, when the policy says no
        row = Reveal(matter=matter, person=person.pk, field=field, at=now, until=now + REVEALED_FOR)
        with transaction.atomic():
            row.save(force_insert=True)
            matter.work()
        act.kind = "read"
    return row


def of_role(*, post: StaffMember, id: UUID) -> Matter:
    """A matter this post may work on: of its own role and company. Raises NotAMatterOfYours."""
    matter = Matter.objects.filter(pk=id, role=post.role, entity=post.entity).select_related("person").first()
    if matter is None:
        raise NotAMatterOfYours
    return matter
