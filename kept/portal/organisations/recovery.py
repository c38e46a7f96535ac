"""What a stolen ID did in an organisation of its owner is undone: roles given, members put out, ownership
handed on, the whole dissolved.

Accomplices are followed: whoever was made an owner by the thief did what they did since in the thief's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.accounts.models import User
from kept.accounts.recovery.granted_roles import not_trusted, stood_before
from kept.accounts.recovery.throwing_out import CannotKeep, Ended
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job
from kept.equipment.errors import EquipmentError
from kept.equipment.models import Holding
from kept.outbox.mail import mail
from kept.people.models import LastOwner, Membership, Organisation, Person
from kept.portal.organisations import flows
from kept.portal.organisations.models import Joining, Seat
from kept.sentences import sentence

Role = Membership.Role
SOURCE = "taking an address back"
GIVES = (Role.OWNER,)
HANDS_ON = (Role.OWNER, Role.BUYER)
WORDS = {
    "put out": sentence(
        "Somebody who was let into your organisation, or given a role there, belongs to it no longer"
    ),
    "put back": sentence(
        "Somebody who was put out of your organisation, or given another role, is again what they were"
    ),
    "you": sentence("Your own role in your organisation is again what it was"),
}


def of(person: Person, since: datetime) -> list[Organisation]:
    """Those the person belonged to at any moment since then."""
    mine = Membership.objects.filter(Q(until=None) | Q(until__gte=since), person=person)
    return list(Organisation.objects.filter(pk__in=mine.values("organisation")).order_by("pk"))


def acted_for(person: Person, organisation: UUID, since: datetime) -> set[int]:
    """Numbers of the memberships in which the thief, or an accomplice, could act for this organisation since
    then.
    """
    rows = list(Membership.objects.filter(organisation=organisation).order_by("pk"))
    return _not_trusted(rows, person, since, HANDS_ON)


def _not_trusted(
    rows: list[Membership], person: Person, since: datetime, roles: tuple[Role, ...]
) -> set[int]:
    before = {
        row.person_id
        for row in rows
        if row.role in GIVES and row.since < since and (row.until is None or row.until >= since)
    }
    able = not_trusted(
        rows,
        hers=[row.pk for row in rows if row.person_id == person.pk],
        since=since,
        gives=lambda row: row.role in GIVES and row.person_id not in before,
    )
    return able | {
        row.pk
        for row in rows
        if row.begun_by in able and row.since >= since and row.role in roles and row.person_id not in before
    }


def undo(user: User, since: datetime) -> Iterator[Ended]:
    """Put every organisation of hers back to what it was.

    Each in one act, told to whoever it changes something for.
    """
    person = user.person
    for organisation in of(person, since) if person is not None else ():
        assert person is not None
        yield from _roles_back(organisation, person, since)
        yield from _machines_back(organisation, person, since)


def _roles_back(organisation: Organisation, person: Person, since: datetime) -> list[Ended]:
    about = Job("roles in an organisation")
    with (
        gate.purpose(flows.PURPOSE, reader=flows.CLERK, about=about, source=SOURCE) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        return list(_undone(act, organisation, person, since))


def _undone(act: gate.Act, organisation: Organisation, person: Person, since: datetime) -> Iterator[Ended]:
    rows = list(
        Membership.objects.select_for_update()
        .filter(organisation=organisation)
        .order_by("person_id", "-since", "-pk")
    )
    by = _not_trusted(rows, person, since, GIVES)
    joined = _joined_by_themselves(organisation, person, since)
    back: list[tuple[UUID, str]] = []
    out: list[tuple[UUID, Membership]] = []
    for whose, theirs in groupby(rows, key=lambda row: row.person_id):
        held = list(theirs)
        mine = by | {row.begun_by for row in held if row.pk in joined and row.begun_by is not None}
        now, before = (held[0] if held[0].until is None else None), stood_before(held, since=since, by=mine)
        if before is not None and (now is None or now.role != before.role):
            back.append((whose, before.role))
        elif before is None and now is not None:
            out.append((whose, now))
    # First owners who come back, last who goes: an organisation never stands without an owner.
    for whose, role in sorted(back, key=lambda one: one[1] != Role.OWNER):
        try:
            organisation.admit(Person.objects.get(pk=whose), role=role)
        except LastOwner:
            continue
        yield from _said(act, organisation, whose, "you" if whose == person.pk else "put back")
    for whose, now in out:
        others = (
            Membership.objects.current().filter(organisation=organisation, role=Role.OWNER).exclude(pk=now.pk)
        )
        if now.role == Role.OWNER and not others.exists():
            continue
        now.end()
        Seat.objects.filter(organisation=organisation, person=whose).delete()
        again = f"membership:{now.pk}"
        yield from _said(act, organisation, whose, "you" if whose == person.pk else "put out", again=again)


def _joined_by_themselves(organisation: Organisation, person: Person, since: datetime) -> set[int]:
    """Memberships of hers that began by a yes of whoever held her ID, to an invitation or to a wish of
    theirs.
    """
    told = Joining.objects.filter(
        organisation=organisation, person=person, outcome=Joining.Outcome.JOINED, ended_at__gte=since
    )
    if not told.exclude(inviting_member=None, begun_at__lt=since).exists():
        return set()
    mine = Membership.objects.filter(organisation=organisation, person=person, since__gte=since)
    return set(mine.values_list("pk", flat=True))


def _said(
    act: gate.Act, organisation: Organisation, whose: UUID, how: str, again: str = ""
) -> Iterator[Ended]:
    """On the timeline and by mail to whoever it changes something for; among what was thrown out for its
    owner.
    """
    with suppress(KeyErased):
        act.touch(
            whose,
            what=sentence("Your role in an organisation is again what it was, as a stolen ID had changed it"),
            categories=["identity.organisation"],
        )
        found = Person.objects.get(pk=whose)
        context = {"organisation": organisation.name, "out": how == "put out"}
        mail(
            subject=whose,
            to=found.email,
            template="organisations/mail/role_back.txt",
            context=context,
            purpose=flows.PURPOSE,
        )
        if how != "put out":
            flows.sit(organisation, found, str(found.name))
    yield Ended(sentence("{what}, {day}", what=WORDS[how], day=timezone.localdate()), again=again)


def _machines_back(organisation: Organisation, person: Person, since: datetime) -> Iterator[Ended]:
    """What became a member's own by a dissolving that is undone is the organisation's again, as long as
    nobody else holds it.
    """
    numbers = acted_for(person, organisation.pk, since)
    people = set(Membership.objects.filter(pk__in=numbers).values_list("person_id", flat=True))
    if not Membership.objects.current().filter(organisation=organisation).exists():
        return
    for before in Holding.objects.filter(organisation=organisation, until__gte=since).select_related("unit"):
        now = before.unit.holding
        theirs = (
            now is not None
            and now.source == "dissolved"
            and now.since == before.until
            and now.person_id in people
        )
        if theirs and _taken_back(before):
            yield Ended(
                sentence(
                    "A product that left your organisation when it was dissolved is registered to it again,"
                    " {day}",
                    day=timezone.localdate(),
                )
            )


def _taken_back(before: Holding) -> bool:
    job = Job("dissolving an organisation")
    with (
        gate.purpose(flows.REGISTRATION, reader=flows.CLERK, about=job, source=SOURCE) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        try:
            assert before.until is not None
            before.unit.take_back(before, handed_on_at=before.until)
        except EquipmentError:
            return False
    return True


def take_again(user: User, id: str) -> str:
    """The owner gave that role herself: it is given again.

    Returns the sentence that says so. Raises CannotKeep.
    """
    row = Membership.objects.select_related("organisation", "person").filter(pk=int(id)).first()
    mine = (
        flows.membership(user.person, row.organisation)
        if row is not None and user.person is not None
        else None
    )
    if row is None or (row.person_id != user.person_id and (mine is None or mine.role != Role.OWNER)):
        raise CannotKeep(_("Only an owner gives it again. Invite them on the page of your organisation."))
    with (
        gate.purpose(
            flows.PURPOSE, reader=flows.CLERK, about=Job("roles in an organisation"), source=SOURCE
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        if flows.membership(row.person, row.organisation) is not None:
            raise CannotKeep(
                _("They belong to it again already. Give them another role on the page of your organisation.")
            )
        if not Membership.objects.current().filter(organisation=row.organisation).exists():
            raise CannotKeep(_("This organisation was dissolved."))
        row.organisation.admit(row.person, role=row.role, by=mine.pk if mine else None)
        flows.sit(row.organisation, row.person, str(row.person.name))
        act.touch(
            row.person_id,
            what=sentence("You belong to an organisation again, as {role}", role=row.role),
            categories=["identity.organisation"],
        )
    return _("They belong to it again.") if row.person_id != user.person_id else _("You belong to it again.")


def founded(user: User, since: datetime) -> Iterator[str]:
    """Organisations that were made in her name: she dissolves them herself, as machines hang on them."""
    mine = Membership.objects.current().filter(
        person=user.person, since__gte=since, begun_by=None, role=Role.OWNER
    )
    for one in mine:
        alone = not Membership.objects.filter(organisation=one.organisation_id, since__lt=one.since).exists()
        if alone:
            yield sentence(
                "An organisation was made in your name on {day}. If it was not you, dissolve it there",
                day=timezone.localdate(one.since),
            )
