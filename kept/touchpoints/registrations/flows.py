"""The journeys of a registration: a serial number looked up, registered, undone.

Each is one act and one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kept import references
from kept.core.vault import gate
from kept.core.vault.readers import SelfReader
from kept.equipment.errors import AlreadyHeld, NotInService, WrongPurchaseDate
from kept.equipment.models import Holding, Unit, UnitEvent
from kept.outbox.handing_over.corrections import correct
from kept.outbox.mail import mail
from kept.people import phones
from kept.people.models import Membership, Organisation, Person
from kept.sentences import sentence
from kept.touchpoints.registrations.models import (
    MYSELF,
    NEW,
    Claim,
    Draft,
    Registration,
    claim_from,
    seal_proof,
)

PURPOSE = "registration"
TRIES, PER = 20, timedelta(hours=1)


class TooManyTries(Exception):
    """So many serial numbers in an hour are a search, not a registration."""


class Mine(Exception):
    """The unit is theirs already, or their organisation's. ``holding`` says which."""

    def __init__(self, holding: Holding) -> None:
        super().__init__(_("You registered this product already."))
        self.holding = holding


class NotAtOnce(Exception):
    """Unknown, or somebody else's, or out of service: which of them is never said."""


class AlreadySent(Exception):
    """The claim was made a moment ago, by the same form sent twice."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What can be said of a serial number to somebody who typed it."""

    unit: Unit | None
    free: bool
    mine: bool


def machine(serial: str, mine: Collection[UUID]) -> Machine:
    """Look up seven figures.

    One query of the same shape whatever the answer, so that it takes the same time.
    """
    open_holdings = Holding.objects.filter(unit=OuterRef("pk"), until=None)
    gone = UnitEvent.objects.filter(
        unit=OuterRef("pk"), state__in=[UnitEvent.State.SCRAPPED, UnitEvent.State.STOLEN]
    )
    unit = (
        Unit.objects.filter(serial=serial)
        .select_related("product")
        .annotate(
            held=Exists(open_holdings),
            mine=Exists(open_holdings.filter(person_id__in=mine))
            | Exists(open_holdings.filter(organisation_id__in=mine)),
            gone=Exists(gone),
        )
        .first()
    )
    if unit is None:
        return Machine(None, free=False, mine=False)
    return Machine(unit, free=not (unit.held or unit.gone), mine=bool(unit.mine))


def own_subjects(reader: SelfReader) -> set[UUID]:
    """Their own id and those of their organisations."""
    return {reader.subject, *reader.organisations}


def working_for(person: UUID) -> set[UUID]:
    """Organisations they register products for: theirs, but those that they only view."""
    found = Membership.objects.current().filter(person=person).exclude(role=Membership.Role.VIEWER)
    return set(found.values_list("organisation_id", flat=True))


def begin(
    *, reader: SelfReader, person: Person, serial: str, purchased: date, before: Draft | None = None
) -> Draft:
    """Look a serial number up and keep the answers.

    ``draft.free`` says how it goes on; the work is the same either way.

    Raises TooManyTries, Mine, and WrongPurchaseDate for a unit that is free: of another one nothing is told.
    """
    if Draft.objects.filter(person=person, started_at__gt=timezone.now() - PER).count() >= TRIES:
        raise TooManyTries(
            _("You have tried {n} serial numbers. Wait an hour, and try again.").format(n=TRIES)
        )
    found = machine(serial, own_subjects(reader))
    if found.mine:
        raise Mine(Holding.objects.of(*own_subjects(reader)).filter(unit=found.unit, until=None).first())
    if found.unit is not None and found.free:
        _check_date(found.unit, purchased, person)
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="product registration"),
    ):
        draft = Draft.objects.begin(person=person, serial=serial, purchased=purchased, free=found.free)
        if before is not None:
            draft.carry_over(before)
    return draft


def _check_date(unit: Unit, purchased: date, person: Person) -> None:
    """A date that does not fit tells that the unit is known and free, so it counts as a try.

    Raises WrongPurchaseDate.
    """
    try:
        unit.check_purchase(purchased)
    except WrongPurchaseDate:
        Draft.objects.create(person=person, free=True, ended_at=timezone.now())
        raise


def answer(*, reader: SelfReader, person: Person, draft: Draft, answers: Mapping[str, Any]) -> None:
    """Keep what was said about who holds it. An organisation of somebody else is no answer: ValueError."""
    if answers["holder"] not in {MYSELF, NEW, *map(str, working_for(person.pk))}:
        raise ValueError("This organisation is not one of theirs.")
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="product registration"),
    ):
        draft.say(**answers)


def register(*, reader: SelfReader, person: Person, draft: Draft) -> Registration:
    """Make the registration, keep in the profile what was said to be kept, and confirm it by mail.

    Raises NotAtOnce, WrongPurchaseDate.
    """
    founded = uuid4()
    # She founds it in this very act; nobody else knows its id, and its first key is made for her.
    reader = reader.founding(founded)
    registration = Registration(
        id=draft.pk, reference=references.make("REG"), person=person, registered_at=timezone.now()
    )
    try:
        with (
            transaction.atomic(),
            gate.purpose(
                PURPOSE, reader=reader, about=person, source=f"your registration {registration.reference}"
            ) as act,
        ):
            act.kind = "collected"
            unit = Unit.objects.select_related("product").get(serial=draft.serial)
            holder = _holder(draft, person, founded)
            registration.holding = unit.register_to(holder=holder, purchased=draft.purchase_date)
            registration.contact_phone, registration.contact_address = draft.phone, draft.address
            registration.contact_language, registration.computer = draft.language, draft.computer
            registration.save(force_insert=True)
            if draft.keep == "profile":
                _keep(person, draft.phone, draft.address)
            _confirm(person, registration, unit)
            draft.delete()
    except (Unit.DoesNotExist, AlreadyHeld, NotInService):
        Draft.objects.filter(pk=draft.pk).update(free=False)
        raise NotAtOnce from None
    return registration


def _holder(draft: Draft, person: Person, founded: UUID) -> Person | Organisation:
    if draft.holder == MYSELF:
        return person
    if draft.holder == NEW:
        return Organisation.objects.found(
            id=founded, by=person, name=draft.organisation["name"], vat=draft.organisation["vat"]
        )
    return Organisation.objects.get(pk=draft.holder)


def _keep(person: Person, phone: str, address: Mapping[str, str]) -> None:
    """Into the profile goes only what differs from it, so that the rest keeps its day and its origin."""
    country = address["country"]
    changes: dict[str, Any] = {}
    if phone != person.phone_typed and (given := phones.parse(phone, country)).e164 != person.phone:
        changes["phone"] = given
    parts = {part: said for part, said in address.items() if part != "country"}
    if parts != person.address or country != person.country:
        changes |= {"address": parts, "country": country}
    correct(person, changes)


def _confirm(person: Person, registration: Registration, unit: Unit) -> None:
    context = {
        "reference": registration.reference,
        "product": unit.product.name,
        "number": unit.number,
        "until": registration.undo_until,
        "address": settings.KEPT_SITE + reverse("registration", args=[registration.reference]),
    }
    mail(
        subject=person.pk,
        to=person.email,
        template="registrations/mail/registered.txt",
        context=context,
        purpose=PURPOSE,
    )


def undo(*, reader: SelfReader, person: Person, registration: Registration) -> None:
    """Raises TooLate after a day."""
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="undone registration"),
    ):
        registration.undo()


def claim(
    *, reader: SelfReader, person: Person, draft: Draft, holder: str, note: str, upload: Any, media_type: str
) -> Claim:
    """Send the proof to the desk.

    Raises FileNotKept; AlreadySent; ValueError for an organisation that is not theirs.
    """
    if holder not in {MYSELF, *map(str, working_for(person.pk))}:
        raise ValueError("This organisation is not one of theirs.")
    organisation = None if holder == MYSELF else Organisation.objects.get(pk=holder)
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="product registration") as act,
    ):
        act.kind = "collected"
        # Whoever sends the form twice waits here for the first, before a second file is sealed.
        if not Draft.objects.select_for_update().filter(pk=draft.pk, ended_at=None).exists():
            raise AlreadySent
        made = claim_from(
            draft, proof=seal_proof(person, upload, media_type), note=note, organisation=organisation
        )
        context = {"reference": made.reference, "answer_by": made.answer_by, "number": made.number}
        mail(
            subject=person.pk,
            to=person.email,
            template="registrations/mail/claim_received.txt",
            context=context,
            purpose=PURPOSE,
        )
        act.touch(
            person.pk, what=sentence("You sent a proof of purchase, {reference}", reference=made.reference)
        )
    return made
