"""Numbers are compared by a job, never while somebody waits: an answer must not take longer where an
organisation is here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import Ended, ends_with_recovery, taken_again
from kept.core.register.hooks.jobs import job
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job
from kept.people.models import Membership, Organisation
from kept.portal.organisations import recovery
from kept.portal.organisations.flows import CLERK, PURPOSE, end_invitations, tell_owners
from kept.portal.organisations.models import Joining
from kept.sentences import counted, sentence

AT_ONCE = 50
ABOUT = Job("numbers of organisations")


@job("organisations.wishes", every=timedelta(minutes=1))
def pass_wishes_on() -> int:
    """Wishes to join whose number an organisation has are shown to its owners. Returns how many."""
    done = 0
    for joining in (
        Joining.objects.open().filter(organisation=None, key_hash=None).select_related("person")[:AT_ONCE]
    ):
        with suppress(KeyErased):
            done += _passed_on(joining)
    return done


def _passed_on(joining: Joining) -> int:
    assert joining.person is not None
    with (
        gate.purpose(PURPOSE, reader=CLERK, about=ABOUT, source="your organisation") as act,
        transaction.atomic(),
    ):
        row = (
            Joining.objects.select_for_update(of=("self",))
            .filter(pk=joining.pk, ended_at=None, organisation=None)
            .first()
        )
        organisation = _with_number(str(row.vat)) if row is not None else None
        if row is None or organisation is None:
            return 0
        person = joining.person
        row.found(organisation, name=str(person.name), email=str(person.email))
        tell_owners(organisation, "wished")
        act.touch(organisation.pk, what=sentence("Somebody asked to join"))
    return 1


def _with_number(vat: str) -> Organisation | None:
    """The organisation of a number that has an owner; where several have it, the one that was here first."""
    found = {one.pk: one for one in Organisation.objects.find(vat=vat)}
    owned = (
        Membership.objects.current()
        .filter(organisation__in=found, role=Membership.Role.OWNER)
        .order_by("since")
    )
    first = owned.values_list("organisation_id", flat=True).first()
    return found.get(first) if first else None


@job("organisations.same_number", every=timedelta(minutes=5))
def tell_of_same_numbers() -> int:
    """Owners hear that somebody else typed their organisation's number, and may invite a colleague.

    Returns how many were compared.
    """
    done = 0
    for organisation in Organisation.objects.filter(number_compared_at=None)[:AT_ONCE]:
        with suppress(KeyErased):
            _compared(organisation)
        done += Organisation.objects.filter(pk=organisation.pk, number_compared_at=None).update(
            number_compared_at=timezone.now()
        )
    return done


def _compared(organisation: Organisation) -> None:
    with gate.purpose(PURPOSE, reader=CLERK, about=ABOUT, source="your organisation"), transaction.atomic():
        vat = organisation.vat
        first = _with_number(str(vat)) if vat else None
        # The second of two tells the first, and not the other way round: whoever came later may be nobody's
        # colleague.
        if first is not None and first.pk != organisation.pk:
            tell_owners(first, "same_number")


@job("organisations.lapsed", every=timedelta(hours=1))
def forget_lapsed() -> int:
    """What nobody answered, or nobody can answer any more, ends, and what was typed for it goes.

    Returns how many.
    """
    gone = Joining.objects.filter(ended_at=None).exclude(pk__in=Joining.objects.open().values("pk"))
    said = {"ended_at": timezone.now(), "outcome": Joining.Outcome.LAPSED}
    return int(gone.update(**said, name=None, email=None, vat=None, key_hash=None))


@ends_with_recovery("organisations")
def undo_what_was_done_meanwhile(user: User, since: datetime) -> Iterator[str | Ended]:
    """Roles in her organisations that whoever held her ID gave and took; and links into them that they may
    have sent.
    """
    yield from recovery.undo(user, since)
    mine = (
        Membership.objects.current()
        .filter(person=user.person, role=Membership.Role.OWNER)
        .select_related("organisation")
    )
    ended = sum(end_invitations(one.organisation, since=since) for one in mine)
    if ended:
        yield counted(
            "{n} invitation into your organisation", "{n} invitations into your organisation", ended
        )


ends_with_recovery("organisations.founded")(recovery.founded)
taken_again("membership")(recovery.take_again)
