"""Somebody lost every factor: a mail to the address, a wait of 72 hours with notices to every known address,
and the factors are gone.

Recovery codes are quicker, and the operator can do it at once (``kept accounts factors``). Whoever signs in
with a factor meanwhile has not lost it, and the wait ends.
"""

from __future__ import annotations

from secrets import token_urlsafe

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kept.accounts import mail
from kept.accounts.flows import PROGRAM, PROTECTION, note
from kept.accounts.ids import User
from kept.accounts.recovery.thrown_out import KEYS, WAIT, FactorLoss
from kept.accounts.second_factors import capabilities
from kept.accounts.second_factors.events import AddressChange, SecurityEvent
from kept.core.vault import gate
from kept.outbox import deferred_work
from kept.people.mailboxes import canonical
from kept.sentences import sentence

LONGEST_WHY = 150


class TooLate(Exception):
    """It was confirmed, cancelled or done already, or its time is over."""


def ask(user: User) -> None:
    """A mail to the address of the ID, with the link that begins the wait. Nothing is removed by asking."""
    if not factors_of(user):
        return
    key = FactorLoss.begin(user)
    note(user=user, what=sentence("Asked to remove every passkey and authenticator app"))
    link = settings.KEPT_SITE + reverse("account_factors_lost_link", args=[key])
    mail.send(to=user.email, template="factors_lost_asked", context={"link": link}, user=user)


@deferred_work.runs("accounts.lost")
def _ask_whom(*, email: str) -> None:
    user = User.objects.filter(email=canonical(email), closed_at=None).exclude(person=None).first()
    if user is not None:
        ask(user)


def factors_of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user=user).order_by("created_at"))


def begin(loss: FactorLoss) -> None:
    """The link was followed: the wait begins, and every address we know is told how to stop it.

    Raises TooLate.
    """
    user, key, now = loss.user, token_urlsafe(32), timezone.now()
    falls = now + WAIT
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act, transaction.atomic():
        act.kind = "changed"
        mine = FactorLoss.objects.filter(pk=loss.pk, confirmed_at=None, ended_at=None)
        if not mine.update(confirmed_at=now, falls_at=falls, cancelling=KEYS.mark(key)):
            raise TooLate
        FactorLoss.waiting(user).exclude(pk=loss.pk).update(ended_at=now)
        SecurityEvent.objects.create(
            subject=user.subject,
            what=sentence("Removal of every passkey and authenticator app begun, to be done in 72 hours"),
        )
        act.touch(user.subject, what=sentence("Removal of every factor begun"))
        link = settings.KEPT_SITE + reverse("account_factors_stop", args=[key])
        for address in _known(user):
            mail.send(
                to=address, template="factors_lost_begun", context={"link": link, "day": falls}, user=user
            )


def _known(user: User) -> list[str]:
    """Where she signs in, where she is written to, and where a change of address can be taken back to.

    Inside an act.
    """
    found = [
        user.email,
        (user.person.email if user.person else "") or "",
        *(way.old for way in AddressChange.open_of(user)),
    ]
    return list(dict.fromkeys(canonical(one) for one in found if one))


def cancel(user: User, *, why: str) -> bool:
    """Whatever waits is over. ``why``: for the security log. False where nothing waited."""
    ended = FactorLoss.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    if ended:
        note(user=user, what=sentence("Removal of passkeys and authenticator apps stopped: {why}", why=why))
        mail.send(to=user.email, template="factors_lost_stopped", context={}, user=user)
    return bool(ended)


def remove_due() -> int:
    """Those whose 72 hours are over. Returns how many."""
    due = list(
        FactorLoss.objects.select_related("user").filter(ended_at=None, falls_at__lte=timezone.now())[:20]
    )
    return sum(_remove_one(loss) for loss in due)


def _remove_one(loss: FactorLoss) -> bool:
    return bool(remove(loss.user, why=sentence("after 72 hours in which nobody stopped it"), loss=loss))


def remove(user: User, *, why: str, loss: FactorLoss | None = None) -> int:
    """Every factor goes, everybody is signed out, and a new password is needed.

    The person is told. Returns how many factors went.
    """
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION, reason=why) as act, transaction.atomic():
        act.kind = "changed"
        locked = User.objects.select_for_update().get(pk=user.pk)
        if loss is not None and not FactorLoss.objects.filter(pk=loss.pk, ended_at=None).update(
            ended_at=timezone.now()
        ):
            return 0
        gone = Authenticator.objects.filter(user=locked).delete()[0]
        FactorLoss.objects.filter(user=locked, ended_at=None).update(ended_at=timezone.now())
        locked.set_unusable_password()
        locked.save(update_fields=["password", "password_is_short"])
        capabilities.end_everything(locked)
        said = why if len(why) <= LONGEST_WHY else why[:LONGEST_WHY]
        SecurityEvent.objects.create(
            subject=locked.subject,
            what=sentence("Every passkey and authenticator app removed, {why}", why=said),
        )
        act.touch(locked.subject, what=sentence("Every factor removed, {why}", why=said))
        for address in _known(locked):
            mail.send(to=address, template="factors_removed", context={}, user=locked)
    return int(gone)
