"""The demo company's registrations: Alice's own and her organisation's, a claim that waits, and a crowd with
machines of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from kept import references
from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.equipment import serials
from kept.equipment.models import Holding, Unit, UnitEvent
from kept.people.models import Organisation
from kept.touchpoints.registrations import claim_decisions, flows
from kept.touchpoints.registrations.models import MYSELF, NEW, Claim, Draft, Registration

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World

HERS = {
    "holder": MYSELF,
    "phone": "04 345 00 17",
    "address": {"street": "Rue du Laveu 12", "postcode": "4000", "city": "Liège", "country": "BE"},
    "keep": "profile",
}
WORKS = {"name": "Moulin Télécom", "vat": "BE0123456749"}
CROWD = "registrations.demo"
# Of a hundred unnamed persons, so many have registered a machine.
SHARE = 0.6
# The smallest thing every viewer takes for a PDF.
INVOICE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def make(world: World) -> None:
    """Two years, told through the same journeys people make."""
    own, works, later, used = (world.serials.pop() for _ in range(4))
    world.on(days_ago=300, do=lambda: _register(world, world.alice, own, HERS))
    world.on(
        days_ago=120,
        do=lambda: _register(world, world.alice, works, {**HERS, "holder": NEW, "organisation": WORKS}),
    )
    world.on(
        days_ago=34,
        do=lambda: _register(
            world,
            world.alice,
            later,
            {**HERS, "holder": _works(world), "phone": "+32 4 345 00 18", "keep": "once"},
        ),
    )
    # Charlie bought Alice's first machine second-hand, or says so; the proof he sent for another was good.
    world.on(
        days_ago=60,
        do=lambda: _accepted(world, _claim(world, world.charlie, used, "Bought from a dealer in Namur.")),
    )
    world.on(
        days_ago=3,
        do=lambda: _claim(world, world.charlie, own, "I bought it second-hand. The invoice is attached."),
    )
    world.on(
        days_ago=1,
        do=lambda: _claim(
            world, world.charlie, _unknown(), "The plate is hard to read, but this is what it says."
        ),
    )


def _works(world: World) -> str:
    return str(
        Organisation.objects.filter(memberships__person_id=world.alice.subject)
        .values_list("pk", flat=True)
        .first()
    )


def _bought(serial: str) -> date:
    """A few weeks after it was shipped, and never in the future."""
    unit = Unit.objects.filter(serial=serial).first()
    today = timezone.localdate()
    earliest = max(unit.made or today, today - timedelta(days=40)) if unit else today - timedelta(days=40)
    return min(max(earliest, today - timedelta(days=20)), today)


def _register(world: World, user: User, serial: str, answers: dict[str, Any]) -> Registration | None:
    """A unit made only after that day is left to somebody else."""
    reader, person = world.reader(user), user.person
    assert person is not None
    unit = Unit.objects.get(serial=serial)
    if unit.made and unit.made > timezone.localdate():
        return _register(world, user, world.serials.pop(), answers)
    person.refresh_from_db()
    draft = flows.begin(reader=reader, person=person, serial=serial, purchased=_bought(serial))
    flows.answer(reader=reader, person=person, draft=draft, answers=answers)
    return flows.register(reader=reader, person=person, draft=draft)


def _claim(world: World, user: User, serial: str, note: str) -> Claim:
    reader, person = world.reader(user), user.person
    assert person is not None
    with (
        transaction.atomic(),
        gate.purpose(flows.PURPOSE, reader=reader, about=person, source="product registration"),
    ):
        draft = Draft.objects.begin(person=person, serial=serial, purchased=_bought(serial), free=False)
    upload = SimpleUploadedFile("invoice.pdf", INVOICE, "application/pdf")
    return flows.claim(
        reader=reader,
        person=person,
        draft=draft,
        holder=MYSELF,
        note=note,
        upload=upload,
        media_type="application/pdf",
    )


def _accepted(world: World, claim: Claim) -> None:
    reason = "The invoice names you and the serial number."
    world.on(
        days_ago=58,
        do=lambda: claim_decisions.accept(
            reader=world.staff(world.bob), claim=Claim.objects.get(pk=claim.pk), reason=reason
        ),
    )


def _unknown() -> str:
    """A serial number that is written right and is nobody's."""
    return next(
        serial
        for serial in map(serials.make, range(99_000, 99_999))
        if not Unit.objects.filter(serial=serial).exists()
    )


def crowd(world: World, subjects: Sequence[UUID]) -> None:
    """In bulk: one machine each for most of them, on a day between then and now."""
    chosen = [subject for subject in subjects if world.random.random() < SHARE and len(world.serials) > 50]
    taken = {world.serials.pop(): subject for subject in chosen if len(world.serials) > 50}
    units = _many(list(taken))
    now = timezone.now()
    job = Job(CROWD)
    with (
        gate.purpose(
            flows.PURPOSE, reader=SystemReader(job=CROWD), about=job, source="product registration"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        holdings = [
            _holding(world, units[serial], subject)
            for serial, subject in taken.items()
            if (units[serial].made or date.min) <= now.date()
        ]
        Holding.objects.bulk_create(holdings, batch_size=500)
        UnitEvent.objects.bulk_create(
            [
                UnitEvent(unit_id=each.unit_id, state=UnitEvent.State.REGISTERED, at=each.since)
                for each in holdings
            ],
            batch_size=500,
        )
        Registration.objects.bulk_create(_registrations(world, holdings), batch_size=500)


def _many(wanted: list[str]) -> dict[str, Unit]:
    """In pieces: a database takes only so many parameters in one question."""
    found: dict[str, Unit] = {}
    for start in range(0, len(wanted), 500):
        found |= {unit.serial: unit for unit in Unit.objects.filter(serial__in=wanted[start : start + 500])}
    return found


def _holding(world: World, unit: Unit, subject: UUID) -> Holding:
    since = timezone.now()
    bought = max(unit.made or date.min, since.date() - timedelta(days=world.random.randint(0, 30)))
    return Holding(
        id=_id(world),
        unit=unit,
        person_id=subject,
        source="registration",
        since=since,
        purchase_date=bought,
        warranty_from=bought,
    )


def _registrations(world: World, holdings: Sequence[Holding]) -> list[Registration]:
    """References are drawn by lot; one drawn twice is drawn again."""
    names: set[str] = set()
    while len(names) < len(holdings):
        wanted = {references.make("REG", world.random.choice) for _ in range(len(holdings) - len(names))}
        for start in range(0, len(wanted), 500):
            some = sorted(wanted)[start : start + 500]
            names |= set(some) - set(
                Registration.objects.filter(reference__in=some).values_list("reference", flat=True)
            )
    return [
        Registration(
            id=_id(world),
            reference=name,
            person_id=holding.subject,
            holding=holding,
            registered_at=holding.since,
        )
        for name, holding in zip(sorted(names), holdings, strict=True)
    ]


def _id(world: World) -> UUID:
    return UUID(int=world.random.getrandbits(128), version=4)
