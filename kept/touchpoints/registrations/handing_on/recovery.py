"""Machines that left while somebody else held their owner's ID come back, or are disputed where somebody
holds them in good faith.

What nobody would lose is undone at once. Whoever took a machine over more than a day ago keeps it for now:
they are told that it is disputed and cannot hand it on, and a person at the desk decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from kept import references
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job
from kept.equipment.events import UnitEvent
from kept.equipment.models import Holding
from kept.outbox.mail import mail
from kept.people.models import Membership, Person
from kept.portal.organisations import recovery
from kept.sentences import sentence
from kept.touchpoints.registrations import claim_decisions
from kept.touchpoints.registrations.flows import PURPOSE
from kept.touchpoints.registrations.handing_on import flows
from kept.touchpoints.registrations.models import Claim, Handover, Registration, due


def recover_all(person: Person, since: datetime) -> Iterator[str]:
    """Her machines, and those of organisations in which somebody acted by a role the thief gave.

    Says each in a few words.
    """
    for handover in _begun(person, since):
        with suppress(flows.NotNow):
            yield from _recovered(person, handover)
    given_back = Registration.objects.filter(
        person=person, undone_at__gte=since, holding__until__gte=since, holding__came_by=None
    )
    for registration in given_back.select_related("holding__unit"):
        yield from _registered_again(person, registration)


def _begun(person: Person, since: datetime) -> QuerySet[Handover]:
    mine = Q(giver_id=person.pk)
    for organisation in recovery.of(person, since):
        # What an accomplice handed on before the thief gave them a role was theirs to hand on.
        for role in Membership.objects.filter(pk__in=recovery.acted_for(person, organisation.pk, since)):
            mine |= Q(holding__organisation=organisation, giver_id=role.person_id, begun_at__gte=role.since)
    rows = Handover.objects.filter(mine, begun_at__gte=since, taken_back_at=None).exclude(
        outcome__in=["declined", "withdrawn", "lapsed"]
    )
    found: QuerySet[Handover] = rows.select_related("holding__unit").order_by("begun_at")
    return found


def _recovered(person: Person, handover: Handover) -> Iterator[str]:
    what = sentence(
        "A product handed on, {reference}, begun on {day}",
        reference=handover.reference,
        day=timezone.localdate(handover.begun_at),
    )
    if handover.ended_at is None:
        flows.withdraw_for(person, handover)
        yield what
        return
    try:
        flows.recover(person=person, handover=handover)
    except flows.NotNow:
        if handover.holding is not None and (claim := _dispute(person, handover.holding, handover.reference)):
            yield sentence(
                "{what}: whoever holds it now may have it in good faith. They were told, and our desk decides"
                " by {day}, {reference}",
                what=what,
                day=claim.answer_by,
                reference=claim.reference,
            )
    else:
        yield what


def _registered_again(person: Person, registration: Registration) -> Iterator[str]:
    """A registration that was undone: it stands again, unless somebody else registered the machine since."""
    holding = registration.holding
    assert holding is not None
    assert registration.undone_at is not None
    what = sentence(
        "Your registration {reference}, undone on {day}",
        reference=registration.reference,
        day=timezone.localdate(registration.undone_at),
    )
    if holding.unit.holding is not None:
        if holding.unit.holding != holding and (claim := _dispute(person, holding, registration.reference)):
            yield sentence(
                "{what}: somebody else has registered it since. They were told, and our desk decides by"
                " {day}, {reference}",
                what=what,
                day=claim.answer_by,
                reference=claim.reference,
            )
        return
    _stand_again(person, registration, holding)
    yield sentence("{what}: it stands again", what=what)


def _stand_again(person: Person, registration: Registration, holding: Holding) -> None:
    with _act() as act, transaction.atomic():
        act.kind = "changed"
        holding.unit.take_back(holding, handed_on_at=holding.since)
        holding.unit.mark(UnitEvent.State.REGISTERED, at=holding.since)
        Registration.objects.filter(pk=registration.pk).update(undone_at=None)
        act.touch(
            person.pk,
            what=sentence("Your registration {reference} stands again", reference=registration.reference),
            categories=["equipment.serial"],
        )


def added(person: Person, since: datetime) -> Iterator[str]:
    """What was added in her name harms nobody else by itself: she gives it up where it stands."""
    for made in Registration.objects.filter(
        person=person, registered_at__gte=since, undone_at=None, holding__until=None
    ).exclude(holding=None):
        yield sentence(
            "A product registered in your name on {day}, {reference}. If it was not you, give it up under"
            " Your products",
            day=timezone.localdate(made.registered_at),
            reference=made.reference,
        )
    for sent in Claim.objects.filter(person=person, opened_at__gte=since, decided_at=None, lost=None):
        yield sentence(
            "A proof of purchase sent in your name, {reference}. If it was not you, answer the mail about it",
            reference=sent.reference,
        )


def _dispute(person: Person, holding: Holding, reference: str) -> Claim | None:
    """Ask for it back: whoever holds it now is told, and a person decides.

    None where nobody holds it, or it was asked before.
    """
    now = timezone.now()
    with _act() as act, transaction.atomic():
        act.kind = "changed"
        against = (
            Holding.objects.select_for_update(of=("self",))
            .select_related("unit__product")
            .filter(unit=holding.unit_id, until=None)
            .first()
        )
        if (
            against is None
            or against.subject == holding.subject
            or Claim.objects.filter(lost=holding).exists()
        ):
            return None
        note = sentence(
            "Handed on, {reference}, while the ID of its owner was in somebody else's hands. Its sign-in"
            " address was taken back on {day}.",
            reference=reference,
            day=now.date(),
        )
        claim = Claim(
            reference=references.make("CLM"),
            person=person,
            organisation=holding.organisation,
            opened_at=now,
            answer_by=due(now),
            serial=against.unit.serial,
            purchase_date=holding.purchase_date or timezone.localdate(holding.since),
            note=note,
            looked_up_at=now,
            against=against,
            lost=holding,
        )
        claim.save(force_insert=True)
        act.touch(
            person.pk,
            what=sentence("A product of yours is asked back, {reference}", reference=claim.reference),
            categories=["equipment.serial"],
        )
        _tell(act, against, claim)
    return claim


def _tell(act: gate.Act, against: Holding, claim: Claim) -> None:
    address = settings.KEPT_SITE + reverse("my-unit", args=[against.pk])
    context = {
        "product": against.unit.product.name,
        "number": against.unit.number,
        "address": address,
        "answer_by": claim.answer_by,
    }
    for holder in claim_decisions.people_of(against):
        with suppress(KeyErased):
            mail(
                subject=holder.pk,
                to=holder.email,
                template="registrations/mail/disputed.txt",
                context=context,
                purpose=PURPOSE,
            )
            act.touch(
                holder.pk,
                what=sentence("A product of yours is disputed; you were told"),
                categories=["equipment.serial"],
            )


def _act() -> gate.purpose:
    return gate.purpose(PURPOSE, reader=flows.CLERK, about=Job("disputed products"), source=flows.RECOVERY)
