"""Offering a machine, taking it over, giving it away, taking it back; and what the holder says to a claim of
somebody else.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kept import references
from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.equipment.errors import AlreadyHeld, EquipmentError
from kept.equipment.models import Holding, Unit
from kept.outbox.mail import mail
from kept.people.mailboxes import canonical
from kept.people.models import Membership, Organisation, Person
from kept.sentences import sentence
from kept.touchpoints.registrations.flows import PURPOSE, working_for
from kept.touchpoints.registrations.handing_on import handover_lists
from kept.touchpoints.registrations.handing_on.models import WAYS, Handover
from kept.touchpoints.registrations.models import Claim, Registration

CLERK = SystemReader(job="registrations.transfer")
OFFERS, PER = 10, timedelta(days=1)
HANDS_ON = (Membership.Role.OWNER, Membership.Role.BUYER)
Way, Outcome = Handover.Way, Handover.Outcome
RECOVERY = "taking your address back"
LATE = gettext_lazy(
    "This can no longer be taken back. If the product is still yours, register it again: we ask for a proof"
    " where we must."
)


DISPUTED = gettext_lazy(
    "Whose this product is has been disputed. It stays where it is until our desk has decided; you are told."
)


class NotNow(Exception):
    """It cannot be done, or not any more. The message says why and what to do instead."""


def may_hand_on(person: Person, holding: Holding) -> bool:
    """Its holder; of an organisation's, those who own it or buy for it."""
    if holding.person_id:
        return bool(holding.person_id == person.pk)
    mine = Membership.objects.current().filter(person=person, organisation=holding.organisation_id)
    return bool(mine.filter(role__in=HANDS_ON).exists())


def giver_stands(handover: Handover) -> bool:
    """Whoever offered it could still hand it on: an offer ends with the ID, the membership or the role it was
    made in.
    """
    giver = handover.giver
    if (
        giver is None
        or handover.holding is None
        or not User.objects.filter(person=giver, closed_at=None).exists()
    ):
        return False
    return may_hand_on(giver, handover.holding)


def disputed(holding: Holding) -> bool:
    """It came by an ID that was in other hands, and our desk has not decided yet whose it is."""
    return bool(Claim.objects.filter(against=holding, decided_at=None).exclude(lost=None).exists())


def _check(person: Person, holding: Holding) -> None:
    if not may_hand_on(person, holding):
        raise NotNow(_("Only owners and buyers of an organisation hand its products on. Ask one of them."))
    if holding.until is not None:
        raise NotNow(_("This product is no longer registered to you."))
    if disputed(holding):
        raise NotNow(DISPUTED)
    if holding.handovers.open().exists():
        raise NotNow(_("It is offered to somebody already. Withdraw that offer first."))


def offer(*, reader: SelfReader, person: Person, holding: Holding, email: str) -> Handover:
    """Ask somebody by mail whether they take it over.

    Until they say yes it stays with its holder. Raises NotNow.
    """
    _check(person, holding)
    if canonical(email) == canonical(person.account.email):
        raise NotNow(_("This is your own address. Enter the address of whoever takes it over."))
    if (
        Handover.objects.filter(giver_id=person.pk, way=Way.OFFER, begun_at__gt=timezone.now() - PER).count()
        >= OFFERS
    ):
        raise NotNow(_("You have made {n} offers today. Make the next one tomorrow.").format(n=OFFERS))
    with transaction.atomic(), gate.purpose(PURPOSE, reader=reader, about=person, source="handed on") as act:
        act.kind = "changed"
        _lapse(Handover.objects.filter(holding=holding, ended_at=None))
        handover, key = _begin(way=Way.OFFER, giver=person, holding=holding, email=email)
        link = settings.KEPT_SITE + reverse("product-offer", args=[key])
        context = {"link": link, "until": handover.until, **_named(holding.unit)}
        mail(
            subject=person.pk,
            to=email,
            template="registrations/mail/offered.txt",
            context=context,
            purpose=PURPOSE,
        )
        act.touch(
            person.pk,
            what=sentence("You offered a product to somebody, {reference}", reference=handover.reference),
            categories=["equipment.serial"],
        )
    return handover


def _begin(**given: Any) -> tuple[Handover, str]:
    try:
        with transaction.atomic():
            return Handover.begin(**given)
    except IntegrityError:
        raise NotNow(_("It is offered to somebody already. Withdraw that offer first.")) from None


def withdraw(*, reader: SelfReader, person: Person, handover: Handover) -> None:
    """The link opens nothing any more. Raises NotNow."""
    with transaction.atomic(), gate.purpose(PURPOSE, reader=reader, about=person, source="handed on") as act:
        act.kind = "changed"
        _locked(handover).end(Outcome.WITHDRAWN)
        act.touch(
            person.pk, what=sentence("You withdrew your offer {reference}", reference=handover.reference)
        )


def decline(*, handover: Handover) -> None:
    """Whoever it was offered to does not want it; its holder is told. Raises NotNow."""
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=_job(handover), source="handed on") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        row = _locked(handover)
        assert row.giver_id is not None
        row.end(Outcome.DECLINED)
        _tell(row.giver, "offer_declined", row)
        act.touch(row.giver_id, what=sentence("Your offer {reference} was declined", reference=row.reference))


def accept(*, handover: Handover, person: Person, organisation: UUID | None) -> Registration:
    """The machine is theirs, or their organisation's, from now on, with its history and the rest of its
    warranty. Raises NotNow.
    """
    if handover.giver_id == person.pk:
        raise NotNow(_("You offered it yourself. Whoever takes it over accepts with an ID of their own."))
    if organisation is not None and organisation not in working_for(person.pk):
        raise NotNow(_("You only view this organisation. Ask one of its owners to take it over."))
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=_job(handover), source="handed on") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        row = _locked(handover)
        assert row.holding is not None and row.giver_id is not None
        # Whoever was let go by their organisation since, or is erased, gives nothing of it away any more.
        if not giver_stands(row):
            raise NotNow(
                _("Whoever offered this product can no longer hand it on. Ask its owner for a new offer.")
            )
        if disputed(row.holding):
            raise NotNow(DISPUTED)
        holder = Organisation.objects.get(pk=organisation) if organisation else person
        now = timezone.now()
        try:
            if row.holding.until is not None or row.holding.subject == holder.pk:
                raise NotNow(_("This product is no longer registered to whoever offered it."))
            after = row.holding.unit.transfer_to(holder=holder, at=now)
        except EquipmentError as no:
            raise NotNow(str(no)) from None
        registration = Registration(
            reference=references.make("REG"), person=person, holding=after, registered_at=now
        )
        registration.save(force_insert=True)
        row.end(Outcome.DONE, at=now, taker=person, after=after)
        both = {"went": handover_lists.went(after), "registration": registration}
        _tell(person, "taken_over", row, **both, stayed=handover_lists.not_yours())
        _tell(row.giver, "handed_on", row, **both, stayed=handover_lists.stays())
        act.touch(
            person.pk,
            what=sentence("You took over a product, {reference}", reference=row.reference),
            categories=["equipment.serial"],
        )
        act.touch(
            row.giver_id,
            what=sentence("Your product was taken over, {reference}", reference=row.reference),
            categories=["equipment.serial"],
        )
    return registration


def give_up(*, reader: SelfReader, person: Person, holding: Holding, way: str) -> Handover:
    """It went to nobody we know, or is out of service for good. Raises NotNow."""
    _check(person, holding)
    with transaction.atomic(), gate.purpose(PURPOSE, reader=reader, about=person, source="handed on") as act:
        act.kind = "changed"
        _lapse(Handover.objects.filter(holding=holding, ended_at=None))
        now = timezone.now()
        handover, _key = _begin(way=way, giver=person, holding=holding)
        try:
            (holding.unit.scrap if way == Way.SCRAPPED else holding.unit.release)(at=now)
        except EquipmentError as no:
            raise NotNow(str(no)) from None
        handover.end(Outcome.DONE, at=now)
        _tell(person, "given_up", handover, went=handover_lists.went(holding), stayed=handover_lists.stays())
        act.touch(
            person.pk,
            what=sentence("{way}, {reference}", way=WAYS[handover.way], reference=handover.reference),
            categories=["equipment.serial"],
        )
    return handover


def take_back(*, person: Person, handover: Handover) -> None:
    """As if it had never been handed on; whoever took it over is told. Raises NotNow after a day."""
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=_job(handover), source="taken back") as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        row = _row(handover)
        if row.giver_id != person.pk or not row.can_be_taken_back or row.holding is None:
            raise NotNow(LATE)
        _taken_back(row)
        act.touch(
            person.pk,
            what=sentence("You took a product back, {reference}", reference=row.reference),
            categories=["equipment.serial"],
        )
        if row.taker is not None:
            _tell(row.taker, "taken_back", row)


def recover(*, person: Person, handover: Handover) -> None:
    """As ``take_back``, for whoever is back in their ID: also later than a day, as long as nobody would lose
    it. Raises NotNow.
    """
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=_job(handover), source=RECOVERY) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        row = _row(handover)
        if (
            row.holding is None
            or row.taken_back_at is not None
            or not (row.can_be_taken_back or row.holding.unit.holding is None)
        ):
            raise NotNow(LATE)
        _taken_back(row)
        act.touch(
            person.pk,
            what=sentence("A product is registered to you again, {reference}", reference=row.reference),
            categories=["equipment.serial"],
        )
        if row.taker is not None:
            _tell(row.taker, "taken_back", row)


def _taken_back(row: Handover) -> None:
    assert row.holding is not None and row.ended_at is not None
    unit = row.holding.unit
    # Somebody else may have registered it since. Who holds it is not told, only that it is too late.
    if unit.holding is not None and unit.holding != row.after:
        raise NotNow(LATE)
    try:
        unit.take_back(row.holding, handed_on_at=row.ended_at)
    except AlreadyHeld:
        raise NotNow(LATE) from None
    Registration.objects.filter(holding=row.after, undone_at=None).exclude(holding=None).update(
        undone_at=timezone.now()
    )
    row.taken_back_at = timezone.now()
    row.save(update_fields=["taken_back_at"])


def withdraw_for(person: Person, handover: Handover) -> None:
    """An offer somebody else made with her ID. Raises NotNow."""
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=_job(handover), source=RECOVERY) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        _locked(handover).end(Outcome.WITHDRAWN)
        act.touch(
            person.pk,
            what=sentence(
                "The offer {reference} ended, as your address was taken back", reference=handover.reference
            ),
        )


def forget_lapsed() -> int:
    """Offers nobody answered end, and the address they went to goes. Returns how many."""
    gone = Handover.objects.filter(ended_at=None, until__lte=timezone.now())
    return _lapse(gone)


def _lapse(rows: Any) -> int:
    late = rows.filter(until__lte=timezone.now())
    return int(late.update(ended_at=timezone.now(), outcome=Outcome.LAPSED, email=None, key_hash=None))


def _job(handover: Handover) -> Job:
    return Job(f"handover {handover.reference}")


def _row(handover: Handover) -> Handover:
    rows = Handover.objects.select_for_update(of=("self",)).select_related(
        "holding__unit__product", "after", "taker"
    )
    found: Handover = rows.get(pk=handover.pk)
    return found


def _locked(handover: Handover) -> Handover:
    row = _row(handover)
    if not row.is_open or row.holding is None or row.giver_id is None:
        raise NotNow(_("This offer was answered or withdrawn, or its time is over. Ask for a new one."))
    return row


def _named(unit: Unit) -> dict[str, str]:
    return {"product": unit.product.name, "number": unit.number}


def _tell(person: Person | None, template: str, handover: Handover, **more: Any) -> None:
    """Nothing of one side is ever told to the other. Whoever was erased meanwhile is told nothing."""
    if person is None or handover.holding is None:
        return
    address = settings.KEPT_SITE + reverse("product-handover", args=[handover.reference])
    context = {**_named(handover.holding.unit), "handover": handover, "address": address, **more}
    with suppress(KeyErased):
        name = f"registrations/mail/{template}.txt"
        mail(subject=person.pk, to=person.email, template=name, context=context, purpose=PURPOSE)
