"""Somebody else says that a machine is theirs: its holder is asked, and may say yes or no.

Staff decide by the proof where nobody answers.

The holder is looked for by a job, never while the claim is made: an answer must not take longer where
somebody holds the machine.
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SelfReader
from kept.equipment.errors import EquipmentError
from kept.equipment.models import Unit
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.sentences import sentence
from kept.touchpoints.registrations import claim_decisions
from kept.touchpoints.registrations.flows import PURPOSE
from kept.touchpoints.registrations.handing_on.flows import NotNow, may_hand_on
from kept.touchpoints.registrations.models import Claim, Handover

AT_ONCE = 50


def look_up() -> int:
    """Find the holders of what newly came in, and ask them. Returns how many claims were looked up."""
    done = 0
    for claim in Claim.objects.filter(decided_at=None, looked_up_at=None).select_related(
        "person", "organisation"
    )[:AT_ONCE]:
        with suppress(KeyErased):
            _ask_holder(claim)
        done += 1
    return done


def _ask_holder(claim: Claim) -> None:
    with (
        gate.purpose(
            PURPOSE, reader=claim_decisions.CLERK, about=Job(claim.matter_ref), source=claim.matter_ref
        ) as act,
        transaction.atomic(),
    ):
        row = (
            Claim.objects.select_for_update(of=("self",))
            .filter(pk=claim.pk, decided_at=None, looked_up_at=None)
            .first()
        )
        if row is None:
            return
        unit = Unit.objects.select_related("product").filter(serial=row.serial).first()
        holding = unit.holding if unit else None
        row.looked_up_at = timezone.now()
        row.against = holding if holding is not None and holding.subject != claim.holder.pk else None
        row.save(update_fields=["looked_up_at", "against"])
        if row.against is None or unit is None:
            return
        address = settings.KEPT_SITE + reverse("my-unit", args=[row.against.pk])
        context = {
            "product": unit.product.name,
            "number": unit.number,
            "address": address,
            "answer_by": row.answer_by,
        }
        for person in claim_decisions.people_of(row.against):
            with suppress(KeyErased):
                mail(
                    subject=person.pk,
                    to=person.email,
                    template="registrations/mail/claimed.txt",
                    context=context,
                    purpose=PURPOSE,
                )
                act.touch(
                    person.pk,
                    what=sentence("Somebody says that a product of yours is theirs; you were asked"),
                    categories=["equipment.serial"],
                )


def agree(*, person: Person, claim: Claim) -> Handover:
    """It is theirs now. Raises NotNow."""
    _check(person, claim)
    try:
        return claim_decisions.agree(claim=claim, giver=person)
    except (claim_decisions.AlreadyDecided, EquipmentError) as no:
        raise NotNow(str(no)) from None


def object_to(*, reader: SelfReader, person: Person, claim: Claim) -> None:
    """It is not theirs: the desk sees that when it looks at the proof. Raises NotNow."""
    _check(person, claim)
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="claim of somebody else") as act,
    ):
        act.kind = "changed"
        said = {"holder_said": Claim.HolderSays.NO, "holder_said_at": timezone.now()}
        if not Claim.objects.filter(pk=claim.pk, decided_at=None).update(**said):
            raise NotNow(_("This was decided already."))
        act.touch(
            person.pk,
            what=sentence("You said that a product somebody else claims is yours"),
            categories=["equipment.serial"],
        )


def _check(person: Person, claim: Claim) -> None:
    if claim.decided_at is not None or claim.against is None:
        raise NotNow(_("This was decided already."))
    if not may_hand_on(person, claim.against):
        raise NotNow(_("Only owners and buyers of an organisation answer for its products. Ask one of them."))
