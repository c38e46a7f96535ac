"""From a demand on paper to what leaves: one writes it down, another decides, and the person hears of it.

Each verb leaves its entry in the ledger before anything follows from it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.core.vault.sealing.sealed_box import Box
from kept.disclosures.authorities.models import LEGAL, PUBLIC, Demand, DemandCount
from kept.disclosures.flows import disclose
from kept.outbox.mail import mail
from kept.outbox.models import Disclosure
from kept.outbox.send_rules import DoorClosed
from kept.people.models import Person
from kept.sentences import sentence

RECIPIENT = "courts-and-authorities"
TELLER = SystemReader(job="disclosures.demands")
_STAFF = Box("disclosures.staff")
FIELDS = {
    "identity.name": {"person.name": "name"},
    "contact.email": {"person.email": "email"},
    "contact.phone": {"person.phone": "phone"},
    "contact.address": {"person.address": "address"},
}
"""What can be handed over of each kind: field id → where it lies."""


class NotPossible(Exception):
    """The step cannot be taken. The message says why, and what to do; ``field``: where on the form."""

    def __init__(self, said: str, field: str = "kinds") -> None:
        super().__init__(said)
        self.field = field


class _Opening:
    """A demand that is just being written down: there is no row yet for the act to be bound to."""

    matter_open = True

    def __init__(self, reference: str) -> None:
        self.matter_ref = f"demand {reference}"


def mark_of(reader: StaffReader) -> str:
    """By what the ledger tells two members of staff apart, and names neither."""
    return _STAFF.mark(str(reader.actor))


def write_down(
    *,
    by: StaffReader,
    email: str,
    purpose: str,
    authority: str,
    basis: str,
    authenticity: str,
    kinds: Collection[str],
) -> Demand:
    """A demand about whoever has this address.

    ``authenticity``: how it was checked that the authority sent it. Raises NotPossible for a demand of
    everything, or of kinds no authority may have.
    """
    if purpose not in (LEGAL, PUBLIC):
        raise NotPossible(sentence("Choose whether a law demands it, or we decide it ourselves."))
    if not set(kinds) or set(kinds) - FIELDS.keys():
        raise NotPossible(sentence("Choose the kinds of data it names."))
    if set(kinds) == FIELDS.keys():
        raise NotPossible(
            sentence("A demand of everything is too wide. Choose only the kinds of data it names and needs.")
        )
    demand = Demand(purpose=purpose, kinds=sorted(kinds), entity=by.entity, asker=by.actor)
    with gate.purpose(purpose, reader=by, about=_Opening(demand.reference)) as act, transaction.atomic():
        act.kind = "asked"
        act.payload["by"] = mark_of(by)
        people = list(Person.objects.find(email=email).filter(controller=by.entity)[:2])
        if len(people) != 1:
            raise NotPossible(
                sentence("No ID has this e-mail address. Check it, or answer by post."), "email"
            )
        demand.subject = people[0].pk
        act.touch(
            demand.subject, what=sentence("A demand about you was written down"), demand=demand.reference
        )
        demand.authority, demand.basis, demand.authenticity = authority, basis, authenticity
        demand.save(force_insert=True)
        DemandCount.count_one(demand, "received")
    return demand


def grant(demand: Demand, *, by: StaffReader) -> Disclosure:
    """Another member of staff decides that it is handed over: the least that fits it, and no more.

    Raises NotPossible for whoever wrote it down, and for one that is decided; DoorClosed.
    """
    _refuse_foreign(demand, by)
    _refuse_own(demand, by)
    with gate.purpose(demand.purpose, reader=by, about=demand) as act, transaction.atomic():
        row = _open(demand)
        act.kind = "answered"
        act.payload["by"] = mark_of(by)
        person = Person.objects.get(pk=row.subject)
        wanted = {field: name for kind in row.kinds for field, name in FIELDS[kind].items()}
        values = {field: value for field, name in wanted.items() if (value := getattr(person, name))}
        if not values:
            raise NotPossible(sentence("Nothing of these kinds is known. Refuse the demand, and say so."))
        act.touch(row.subject, what=sentence("A demand about you was granted"), demand=row.reference)
        done = disclose(
            subject=row.subject,
            recipient=RECIPIENT,
            purpose=row.purpose,
            values=values,
            reason=sentence("Demand {reference}, decided by two people", reference=row.reference),
            key=row.key,
            approver=by,
        )
        Demand.objects.filter(pk=row.pk).update(granted_at=timezone.now(), approver=by.actor)
        DemandCount.count_one(row, "granted")
    return done.row


def refuse(demand: Demand, *, by: StaffReader, why: str) -> None:
    """It is not handed over, and why. Raises as ``grant``."""
    _refuse_foreign(demand, by)
    _refuse_own(demand, by)
    with gate.purpose(demand.purpose, reader=by, about=demand) as act, transaction.atomic():
        row, now = _open(demand), timezone.now()
        act.kind = "answered"
        act.payload["by"] = mark_of(by)
        act.touch(row.subject, what=sentence("A demand about you was refused"), demand=row.reference)
        row.refusal, row.refused_at, row.approver = why, now, by.actor
        row.save(update_fields=["refusal", "refused_at", "approver"])
        DemandCount.count_one(row, "refused")


def _refuse_foreign(demand: Demand, by: StaffReader) -> None:
    if demand.entity != by.entity:
        raise NotPossible(sentence("Another company of the group got this demand, and decides it."))


def _refuse_own(demand: Demand, by: StaffReader) -> None:
    if demand.asker == by.actor:
        raise NotPossible(sentence("You wrote it down, so somebody else decides. Ask a colleague."))


def _open(demand: Demand) -> Demand:
    """The row as it is now, locked. Raises NotPossible where it was decided meanwhile."""
    row: Demand = Demand.objects.select_for_update().get(pk=demand.pk)
    if row.decided:
        raise NotPossible(sentence("This demand is decided already."))
    return row


def tell_and_close() -> int:
    """Write to whoever a decided demand is about, and close what is done; how many moved.

    Killed anywhere, the next run goes on: a row and its mail are one.
    """
    moved = 0
    for row in Demand.objects.filter(closed_at=None).order_by("opened_at")[:200]:
        if row.decided and row.told_at is None:
            moved += _tell(row)
        elif row.decided and _is_done(row):
            moved += Demand.objects.filter(pk=row.pk, closed_at=None).update(closed_at=timezone.now())
    return moved


def _tell(row: Demand) -> int:
    about = Job(f"demand {row.reference}")
    try:
        with gate.purpose("own-data", reader=TELLER, about=about) as act, transaction.atomic():
            act.kind = "sent"
            new = Demand.objects.filter(pk=row.pk, told_at=None).update(told_at=timezone.now())
            person = Person.objects.filter(pk=row.subject).first()
            if not new or person is None or not person.email:
                return int(bool(new))
            policy = versions.current().policy
            context: dict[str, Any] = {
                "reference": row.reference,
                "granted": row.granted_at is not None,
                "legal": row.purpose == LEGAL,
                "clause": policy.purposes[row.purpose].clause if row.purpose in policy.purposes else "",
            }
            mail(
                subject=person.pk,
                to=person.email,
                template="disclosures/mail/demand.txt",
                context=context,
                purpose="own-data",
            )
            act.touch(person.pk, what=sentence("You were told of a demand about you"))
    except (KeyErased, DoorClosed):
        return 0
    return 1


def _is_done(row: Demand) -> bool:
    if row.refused_at:
        return True
    handed = Disclosure.objects.filter(key=row.key, subject=row.subject).first()
    return handed is None or handed.sent_at is not None or handed.stopped_at is not None
