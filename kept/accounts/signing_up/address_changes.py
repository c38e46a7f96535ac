"""The sign-in address changed, and taken back by whoever still reads the old one.

Each is one act in the ledger, told to its owner.

The oldest way back wins: it ends every later one, and whatever was mailed or begun since. Otherwise a thief
who changes the address twice would hold a way back too, to an address of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.accounts import mail
from kept.accounts.flows import PROGRAM, PROTECTION, note
from kept.accounts.models import AddressChange, FactorLoss, SecurityEvent, User
from kept.accounts.recovery import throwing_out
from kept.accounts.second_factors import capabilities
from kept.core.vault import gate
from kept.outbox.handing_over.corrections import correct
from kept.people import contact_copies
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.sentences import sentence


@dataclass(slots=True)
class Change:
    """What became of the address of an ID while it was confirmed; ``old`` is "" where nothing changed."""

    user: User
    old: str = ""
    new: str = ""


class AddressTaken(Exception):
    """Somebody else has proved meanwhile that the old address is theirs."""


class WayBackOver(Exception):
    """The way back was used, ended by an older one, or its 72 hours are over."""


def ask(*, user: User) -> None:
    """The old address hears of it before anything has happened."""
    note(user=user, what=sentence("Change of e-mail address asked for"))
    mail.leave(to=user.email, template="email_change_asked", context={}, user=user)


def confirm(*, user: User, session: Any, verify: Callable[[Change], bool]) -> bool:
    """Let ``verify`` confirm an address while the ID is locked, and as it was loaded.

    What it puts down as changed is told, in one act with it.

    Returns what ``verify`` did. Raises capabilities.Overtaken when a way back, or a new password, was faster.
    """
    change = Change(user)
    mark = session.mark if session.session_key else ""
    with (
        gate.purpose("security", reader=PROGRAM, about=PROTECTION, source="change of address") as act,
        transaction.atomic(),
    ):
        capabilities.lock_unchanged(user, session=session)
        confirmed = verify(change)
        if change.old and user.person is not None:
            act.kind = "changed"
            _complete(change, session=mark)
            act.touch(user.subject, what=sentence("E-mail address changed"))
    return confirmed


def _complete(change: Change, *, session: str) -> None:
    """The new address is confirmed and in force.

    The old one gets a way back for 72 hours. ``session``: the mark of the one that goes on.
    """
    user = change.user
    capabilities.end_pending(user, but=session)
    FactorLoss.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    returned = AddressChange.end_after_return(user, to=canonical(change.new))
    context = {}
    if not returned:
        key = AddressChange.begin(user, change.old)
        context["undo_address"] = settings.KEPT_SITE + reverse("account_address_undo", args=[key])
    _follow(user.person, {change.old}, change.new)
    SecurityEvent.objects.create(subject=user.subject, what=sentence("E-mail address changed"))
    mail.send(to=change.old, template="email_changed", context=context, user=user)


def _follow(person: Person | None, before: set[str], new: str) -> None:
    """Where somebody is written to follows where they sign in, unless they chose another address for it.

    What they asked from the old address follows in either case: its answer must not go where they no longer
    are.
    """
    if person is None:
        return
    if canonical(person.email or "") in {canonical(one) for one in before}:
        correct(person, {"email": new})
    for one in sorted(before):
        contact_copies.follow(person, {"email": one}, {"email": new})


def take_back(*, change: AddressChange) -> User:
    """Undo a change of address, and all that came after it: whoever made it is out.

    Raises AddressTaken, WayBackOver.
    """
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act:
        act.kind = "changed"
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=change.user_id)
            # Under the lock: another link may have been faster.
            ways = list(AddressChange.open_of(user).filter(asked_at__gte=change.asked_at))
            if change.pk not in {way.pk for way in ways}:
                raise WayBackOver
            old, now = change.old, timezone.now()
            lost = {canonical(way.old) for way in ways} | {user.email}
            _release(old, user)
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=old, primary=True, verified=True)
            _follow(user.person, lost, old)
            user.email = old
            user.set_unusable_password()
            user.save(update_fields=["email", "password", "password_is_short"])
            throwing_out.set_aside(user, since=change.since, lost=sorted(lost - {canonical(old)}))
            capabilities.end_everything(user)
            FactorLoss.objects.filter(user=user, ended_at=None).update(ended_at=now)
            AddressChange.objects.filter(pk__in=[way.pk for way in ways]).update(undone_at=now)
            AddressChange.objects.filter(pk=change.pk).update(settle_at=now)
            SecurityEvent.objects.create(
                subject=user.subject, what=sentence("E-mail address taken back, everybody signed out")
            )
        act.touch(user.subject, what=sentence("E-mail address taken back"))
    for address in sorted(lost - {canonical(old)}):
        mail.send(to=address, template="email_taken_from", context={}, user=user)
    mail.send(to=old, template="email_change_undone", context={}, user=user)
    throwing_out.end_connected(change)
    return user


def _release(address: str, user: User) -> None:
    """Whoever signed up with this address and never proved it is theirs lets go of it.

    Raises AddressTaken where somebody did.
    """
    other = User.objects.filter(email=address).exclude(pk=user.pk).first()
    if other is None:
        return
    if other.confirmed_at is not None:
        raise AddressTaken(
            _("Another ID uses this address by now. Write to us, and a human being will look into it.")
        )
    EmailAddress.objects.filter(user=other).delete()
    capabilities.end_everything(other)
    User.objects.filter(pk=other.pk).update(email=f"{other.pk.hex}@unconfirmed.invalid")
