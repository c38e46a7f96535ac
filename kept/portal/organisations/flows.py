"""Into an organisation and out of it. Owners invite and decide; whoever comes and goes does so themselves.

What one side knows of the other is what that other said to them: an owner types an address, a wish shows a
name to the owners it is addressed to, and its author learns of an organisation by a yes alone. (Her own copy
says that her wish is kept under somebody else's key from the day it was passed on: who holds what is hers is
hers to know, who is in there is not.)
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.equipment.models import Holding
from kept.outbox.mail import mail
from kept.people.models import LastOwner, Membership, Organisation, Person
from kept.portal.organisations.models import Joining, Seat
from kept.sentences import sentence

PURPOSE, REGISTRATION = "account", "registration"
CLERK = SystemReader(job="organisations.joining")
MOST, PER = 20, timedelta(days=1)
Role, Outcome = Membership.Role, Joining.Outcome


class NotNow(Exception):
    """It cannot be done, or not any more. The message says why and what to do instead."""


def membership(person: Person, organisation: Organisation) -> Membership | None:
    """Theirs today, if any."""
    return Membership.objects.current().filter(person=person, organisation=organisation).first()


def _owner(person: Person, organisation: Organisation) -> int:
    """The number of the membership in which they own it. Raises NotNow."""
    mine = membership(person, organisation)
    if mine is None or mine.role != Role.OWNER:
        raise NotNow(_("Only an owner of the organisation does that. Ask one of them."))
    return int(mine.pk)


def invite(
    *, reader: SelfReader, person: Person, organisation: Organisation, email: str, role: str
) -> Joining:
    """Ask somebody in by mail, with a link that works once for two weeks. Raises NotNow."""
    _owner(person, organisation)
    if (
        Joining.objects.filter(
            organisation=organisation, person=None, begun_at__gt=timezone.now() - PER
        ).count()
        >= MOST
    ):
        raise NotNow(_("You have sent {n} invitations today. Send the next one tomorrow.").format(n=MOST))
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="your organisation") as act,
    ):
        act.kind = "changed"
        sit(organisation, person, str(person.name))
        made, key = Joining.invite(organisation, email=email, role=role, by=membership(person, organisation))
        link = settings.KEPT_SITE + reverse("organisation-invitation", args=[key])
        context = {
            "organisation": organisation.name,
            "role": Role(made.role).label,
            "link": link,
            "until": made.until,
        }
        mail(
            subject=person.pk,
            to=email,
            template="organisations/mail/invited.txt",
            context=context,
            purpose=PURPOSE,
        )
        act.touch(
            person.pk,
            what=sentence("You invited somebody into your organisation"),
            categories=["identity.organisation"],
        )
    return made


def accept(*, reader: SelfReader, person: Person, joining: Joining) -> Organisation:
    """The invited is a member from now on; colleagues see the name of their profile. Raises NotNow."""
    with gate.purpose(PURPOSE, reader=reader, about=person):
        name = str(person.name)
    return _joined(
        joining, person, name, what=sentence("You joined an organisation"), by=joining.inviting_member
    )


def _joined(joining: Joining, person: Person, name: str, *, what: str, by: int | None) -> Organisation:
    with (
        gate.purpose(
            PURPOSE, reader=CLERK, about=Job("joining an organisation"), source="your organisation"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        row = _locked(joining)
        organisation = row.organisation
        assert organisation is not None
        if not row.inviter_stands():
            raise NotNow(
                _(
                    "Whoever invited you no longer owns this organisation. Ask one of its owners for a new"
                    " invitation."
                )
            )
        if membership(person, organisation) is not None:
            raise NotNow(_("They belong to this organisation already."))
        organisation.admit(person, role=row.role, by=by)
        sit(organisation, person, name)
        row.end(Outcome.JOINED)
        Joining.objects.filter(pk=row.pk, person=None).update(person=person)
        act.touch(person.pk, what=what, categories=["identity.organisation"])
        act.touch(organisation.pk, what=sentence("Somebody joined"), categories=["identity.organisation"])
    return organisation


def decline(*, joining: Joining) -> None:
    """Whoever was invited does not want it. Raises NotNow."""
    with transaction.atomic():
        _locked(joining).end(Outcome.DECLINED)


def withdraw(*, person: Person, joining: Joining) -> None:
    """An owner takes an invitation back, or somebody their own wish. Raises NotNow."""
    own_wish = joining.key_hash is None and joining.person_id == person.pk
    if not own_wish:
        assert joining.organisation is not None
        _owner(person, joining.organisation)
    with transaction.atomic():
        _locked(joining).end(Outcome.WITHDRAWN)


def wish(*, reader: SelfReader, person: Person, vat: str) -> Joining:
    """Ask whoever owns the organisation of a number.

    The answer is the same, and as quick, where there is none. Raises NotNow.
    """
    if (
        Joining.objects.filter(person=person, key_hash=None, begun_at__gt=timezone.now() - PER).count()
        >= MOST
    ):
        raise NotNow(_("You have asked often today. Ask again tomorrow."))
    with (
        transaction.atomic(),
        gate.purpose(PURPOSE, reader=reader, about=person, source="your organisation") as act,
    ):
        act.kind = "collected"
        made = Joining.wish(person, vat=vat)
        act.touch(person.pk, what=sentence("You asked to join your organisation"))
    return made


def agree(*, person: Person, joining: Joining) -> None:
    """An owner says yes to a wish. Raises NotNow."""
    name = _wished(person, joining)
    asker = joining.person
    assert asker is not None and joining.organisation is not None
    by = _owner(person, joining.organisation)
    organisation = _joined(
        joining, asker, name, what=sentence("An owner said yes: you joined your organisation"), by=by
    )
    with gate.purpose(PURPOSE, reader=CLERK, about=Job("joining an organisation")):
        address = settings.KEPT_SITE + reverse("organisations")
        context = {"organisation": organisation.name, "address": address}
        mail(
            subject=asker.pk,
            to=asker.email,
            template="organisations/mail/joined.txt",
            context=context,
            purpose=PURPOSE,
        )


def refuse(*, person: Person, joining: Joining) -> None:
    """An owner says no.

    The author of the wish is not told, as nobody is told whether there was anybody to ask. Raises NotNow.
    """
    _wished(person, joining)
    Joining.objects.filter(pk=joining.pk, ended_at=None).update(
        refused_at=timezone.now(), name=None, email=None
    )


def _wished(person: Person, joining: Joining) -> str:
    if joining.organisation is None or joining.person is None or joining.refused_at is not None:
        raise NotNow(_("This was answered already."))
    _owner(person, joining.organisation)
    with gate.purpose(PURPOSE, reader=CLERK, about=Job("joining an organisation")):
        return str(joining.name)


def change_role(*, reader: SelfReader, person: Person, member: Membership, role: str) -> None:
    """Another role from now on; making somebody an owner is how ownership is handed over.

    Raises NotNow, LastOwner.
    """
    organisation = member.organisation
    by = _owner(person, organisation)
    with (
        gate.purpose(
            PURPOSE, reader=CLERK, about=Job("roles in an organisation"), source="your organisation"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        if membership(member.person, organisation) is None:
            raise NotNow(_("They belong to this organisation no longer."))
        organisation.admit(member.person, role=role, by=by)
        act.touch(
            member.person_id,
            what=sentence("Your role in your organisation is {role} now", role=role),
            categories=["identity.organisation"],
        )


def leave(*, person: Person, member: Membership) -> None:
    """One's own membership, or an owner another's.

    What is the organisation's stays with it. Raises NotNow, LastOwner.
    """
    by = member.pk if member.person_id == person.pk else _owner(person, member.organisation)
    with (
        gate.purpose(
            PURPOSE, reader=CLERK, about=Job("leaving an organisation"), source="your organisation"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        row = Membership.objects.select_for_update().get(pk=member.pk)
        if row.until is not None:
            raise NotNow(_("They belong to this organisation no longer."))
        row.leave(by=by)
        Seat.objects.filter(organisation=row.organisation_id, person=row.person_id).delete()
        act.touch(
            row.person_id,
            what=sentence("You belong to an organisation no longer"),
            categories=["identity.organisation"],
        )


def end_invitations(organisation: Organisation, *, since: datetime) -> int:
    """Open links into an organisation sent ``since`` end: a thief of an owner's ID may have sent them.

    Returns how many.

    An owner who goes ends nothing here: a link asks, each time it is used, whether whoever sent it owns the
    organisation still.
    """
    rows = (
        Joining.objects.open().filter(organisation=organisation, begun_at__gte=since).exclude(key_hash=None)
    )
    said = {"ended_at": timezone.now(), "outcome": Outcome.WITHDRAWN}
    return int(rows.update(**said, name=None, email=None, vat=None, key_hash=None))


def dissolve(*, person: Person, organisation: Organisation) -> int:
    """Its only member gives it up: its machines become theirs, with history and warranty.

    Returns how many. Raises NotNow.
    """
    with (
        gate.purpose(
            REGISTRATION, reader=CLERK, about=Job("dissolving an organisation"), source="your organisation"
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        by = _owner(person, organisation)
        members = list(organisation.memberships.current().select_for_update())
        if len(members) > 1:
            raise NotNow(
                _("Others belong to it. Make one of them an owner and leave, or ask them to leave first.")
            )
        held = list(
            Holding.objects.current().filter(organisation=organisation).select_related("unit__product")
        )
        for holding in held:
            # A machine out of service stays where it is: there is nothing to hand on.
            if holding.unit.state not in {"scrapped", "stolen"}:
                holding.unit.transfer_to(holder=person, source="dissolved")
            else:
                holding.end()
        members[0].end(by=by)
        Seat.objects.filter(organisation=organisation).delete()
        Joining.objects.open().filter(organisation=organisation).update(
            ended_at=timezone.now(), outcome=Outcome.WITHDRAWN, name=None, email=None, key_hash=None
        )
        act.touch(
            person.pk, what=sentence("You dissolved your organisation"), categories=["identity.organisation"]
        )
    return len(held)


def sit(organisation: Organisation, person: Person, name: str) -> None:
    """Colleagues know them by this name from now on. Inside an act."""
    if not Seat.objects.filter(organisation=organisation, person=person).exists():
        Seat(organisation=organisation, person=person, name=name).save(force_insert=True)


def _locked(joining: Joining) -> Joining:
    row: Joining = (
        Joining.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=joining.pk)
    )
    if row.ended_at is not None or row.until <= timezone.now():
        raise NotNow(_("This was answered or withdrawn, or its time is over. Ask for a new one."))
    return row


def tell_owners(organisation: Organisation, template: str, **context: Any) -> None:
    """A mail to each owner. Inside an act that may read their addresses."""
    owners = (
        Membership.objects.current()
        .filter(organisation=organisation, role=Role.OWNER)
        .values_list("person_id", flat=True)
    )
    address = settings.KEPT_SITE + reverse("organisation", args=[organisation.pk])
    for owner in owners:
        with suppress(KeyErased):
            found = Person.objects.get(pk=owner)
            said = {"organisation": organisation.name, "address": address, **context}
            mail(
                subject=owner,
                to=found.email,
                template=f"organisations/mail/{template}.txt",
                context=said,
                purpose=PURPOSE,
            )


__all__ = [
    "LastOwner",
    "NotNow",
    "accept",
    "agree",
    "change_role",
    "decline",
    "dissolve",
    "end_invitations",
    "invite",
    "leave",
    "refuse",
    "sit",
    "tell_owners",
    "wish",
    "withdraw",
]
