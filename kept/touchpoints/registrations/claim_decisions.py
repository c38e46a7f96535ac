"""The desk decides a claim: the unit becomes its author's, or it stays as it is.

Both sides are told, neither about the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kept import references
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.equipment.models import Holding, Unit
from kept.outbox.mail import mail
from kept.people.models import Membership, Person
from kept.products.models import Product
from kept.rights.access.language_shown import written_in
from kept.sentences import sentence
from kept.touchpoints.registrations.flows import PURPOSE
from kept.touchpoints.registrations.handing_on import handover_lists
from kept.touchpoints.registrations.models import Claim, Handover, Registration

CLERK = SystemReader(job="registrations.transfer")

# The reason stands on the claim, sealed for its author. The act has none of its own: it is read by everybody
# the act touches.


class ProductWanted(Exception):
    """The serial number is not in our records, so somebody has to say which product it is."""


class AlreadyDecided(Exception):
    """A colleague was faster."""


def accept(*, reader: StaffReader, claim: Claim, reason: str, product: Product | None = None) -> Registration:
    """The unit is theirs from now on.

    Raises ProductWanted, AlreadyDecided, and what the unit refuses (EquipmentError).
    """
    with (
        gate.purpose(PURPOSE, reader=reader, about=claim, source=claim.matter_ref) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        _still_open(claim)
        unit = _unit(claim, product)
        before = unit.holding
        registration = _registered(act, claim, unit, role=reader.role, reason=reason)
        if before is not None and registration.holding != before:
            _tell_other_side(
                before, "claim_decided_moved", went=handover_lists.went(before), stayed=handover_lists.stays()
            )
    return registration


def agree(*, claim: Claim, giver: Person) -> Handover:
    """Whoever holds the unit says that it is its author's now: it moves, as if it had been offered.

    Raises AlreadyDecided, EquipmentError.
    """
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=Job(claim.matter_ref), source=claim.matter_ref) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        _still_open(claim)
        before = claim.against
        if before is None or before.until is not None:
            raise AlreadyDecided(_("This product has moved on already."))
        claim.holder_said, claim.holder_said_at = Claim.HolderSays.YES, timezone.now()
        claim.save(update_fields=["holder_said", "holder_said_at"])
        registration = _registered(
            act,
            claim,
            before.unit,
            role="holder",
            reason=_in_their_language(claim.person),
        )
        after = registration.holding
        assert after is not None
        handover, _key = Handover.begin(way=Handover.Way.OFFER, giver=giver, holding=before)
        handover.end(Handover.Outcome.DONE, at=after.since, taker=claim.person, after=after)
        address = settings.KEPT_SITE + reverse("product-handover", args=[handover.reference])
        _tell_other_side(
            before,
            "claim_agreed",
            went=handover_lists.went(after),
            stayed=handover_lists.stays(),
            address=address,
            handover=handover,
        )
    return handover


def _in_their_language(person: Person) -> str:
    """What they read as the reason: it is kept for them as text."""
    with override(written_in(person.language)):
        return _("Whoever it was registered to says that it is yours now.")


def _registered(act: gate.Act, claim: Claim, unit: Unit, *, role: str, reason: str) -> Registration:
    after = _handed_over(unit, unit.holding, claim)
    registration = Registration(
        reference=references.make("REG"), person=claim.person, holding=after, registered_at=timezone.now()
    )
    registration.save(force_insert=True)
    claim.decide(Claim.Decision.ACCEPTED, role=role, reason=reason)
    act.touch(
        claim.person_id,
        what=sentence(
            "Claim {reference} accepted, registered as {registration}",
            reference=claim.reference,
            registration=registration.reference,
        ),
    )
    _tell_author(claim, reason, unit=unit, registration=registration)
    return registration


def decline(*, reader: StaffReader, claim: Claim, reason: str) -> None:
    """It stays as it is. Raises AlreadyDecided."""
    with (
        gate.purpose(PURPOSE, reader=reader, about=claim, source=claim.matter_ref) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        _still_open(claim)
        unit = Unit.objects.select_related("product").filter(serial=claim.serial).first()
        claim.decide(Claim.Decision.DECLINED, role=reader.role, reason=reason)
        act.touch(claim.person_id, what=sentence("Claim {reference} declined", reference=claim.reference))
        _tell_author(claim, reason)
        if unit is not None and unit.holding is not None:
            _tell_other_side(unit.holding, "claim_decided_stays")


def _still_open(claim: Claim) -> None:
    if not Claim.objects.select_for_update().filter(pk=claim.pk, decided_at=None).exists():
        raise AlreadyDecided(_("Somebody else has decided this claim already."))


def _unit(claim: Claim, product: Product | None) -> Unit:
    unit = Unit.objects.select_related("product").filter(serial=claim.serial).first()
    if unit is not None:
        return unit
    if product is None:
        raise ProductWanted(_("Choose which product it is, as the proof says"))
    return Unit.objects.produce(serial=claim.serial, product=product)


def _handed_over(unit: Unit, before: Holding | None, claim: Claim) -> Holding:
    if before is None:
        return unit.register_to(holder=claim.holder, purchased=claim.purchase_date, source="claim")
    if before.subject == claim.holder.pk:
        return before
    after = unit.transfer_to(holder=claim.holder, source="claim")
    after.purchase_date = claim.purchase_date
    after.save(update_fields=["purchase_date"])
    return after


def _tell_author(
    claim: Claim, reason: str, *, unit: Unit | None = None, registration: Registration | None = None
) -> None:
    context = {
        "reference": claim.reference,
        "reason": reason,
        "unit": unit,
        "registration": registration,
        "went": handover_lists.went(registration.holding) if registration and registration.holding else (),
        "stayed": handover_lists.not_yours(),
        "address": settings.KEPT_SITE + reverse("registration-claim", args=[claim.reference]),
    }
    name = "claim_accepted" if registration else "claim_declined"
    mail(
        subject=claim.person_id,
        to=claim.person.email,
        template=f"registrations/mail/{name}.txt",
        context=context,
        purpose=PURPOSE,
    )


def _tell_other_side(holding: Holding, name: str, **more: Any) -> None:
    """That there was a claim and how it ended; nothing of whose it was."""
    context = {"product": holding.unit.product.name, "number": holding.unit.number, **more}
    for person in people_of(holding):
        with suppress(KeyErased):
            mail(
                subject=person.pk,
                to=person.email,
                template=f"registrations/mail/{name}.txt",
                context=context,
                purpose=PURPOSE,
            )


def people_of(holding: Holding) -> Iterable[Person]:
    """The holder, or the owners of an organisation.

    One by one: a list would show "erased" where an address belongs.
    """
    if holding.person_id:
        return [Person.objects.get(pk=holding.person_id)]
    owners = Membership.objects.current().filter(
        organisation=holding.organisation_id, role=Membership.Role.OWNER
    )
    return [Person.objects.get(pk=pk) for pk in owners.values_list("person_id", flat=True)]
