"""What is younger than 72 hours goes when an address is taken back: factors, browsers, addresses, and what
was begun in the person's name.

Nothing is asked first, as a thief may be quicker than a form. What goes stands on a page of its own, and a
factor can be taken in again by whoever has signed in since and proved themselves once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.accounts import mail
from kept.accounts.flows import PROGRAM, PROTECTION
from kept.accounts.ids import User
from kept.accounts.recovery.thrown_out import SetAside
from kept.accounts.second_factors.events import AddressChange, SecurityEvent
from kept.accounts.signing_in import browsers
from kept.core.vault import gate
from kept.registry import Registry
from kept.sentences import sentence

Kind = SetAside.Kind
OVER = _("This was taken in again already, or its 14 days are over.")
SECRETS = ("secret", "seed")
NAMES = {
    "totp": sentence("Authenticator app"),
    "webauthn": sentence("Passkey"),
    "recovery_codes": sentence("Recovery codes"),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """What was ended, in a few words without a value.

    ``again``: “name:id” of what can be taken again, see ``taken_again``.
    """

    what: str
    again: str = ""


Ending = Callable[[User, datetime], Iterable[str | Ended]]
ENDINGS: Registry[Ending] = Registry(
    "recovery endings", "what is ended when an address is taken back, by room"
)
Again = Callable[[User, str], str]
AGAIN: Registry[Again] = Registry("recovery taken again", "how what was ended is taken in again, by kind")


class CannotKeep(Exception):
    """It cannot be taken in again. The message says why."""


def ends_with_recovery(name: str) -> Callable[[Ending], Ending]:
    """Register ``end(user, since) -> what``: ends what was begun in this person's name since then, and says
    each in a few words without a value.

    It can be run again at any time, and is called outside any act. Write it in the room's ``jobs.py``.
    """

    return ENDINGS.under(name)


def taken_again(name: str) -> Callable[[Again], Again]:
    """Register ``take_again(user, id) -> sentence`` for what ended as ``name``.

    Called outside any act; raises CannotKeep.
    """

    return AGAIN.under(name)


def set_aside(user: User, *, since: datetime, lost: Iterable[str]) -> None:
    """Factors, browsers and addresses of this ID that are younger.

    Joins the act and its transaction, which then ends every session.
    """
    for browser in browsers.of(user, current=""):
        if browser.first is None or browser.first >= since:
            SetAside.put(user, Kind.BROWSER, browser.device)
    for address in lost:
        SetAside.put(user, Kind.ADDRESS, address)
    young = Authenticator.objects.filter(user=user, created_at__gte=since)
    for factor in young:
        SetAside.put(user, Kind.FACTOR, name_of(factor), kept=_packed(factor))
    young.delete()
    others = Authenticator.objects.filter(user=user)
    if not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        # Codes that stand in for a factor that is no longer there.
        others.delete()


def name_of(factor: Authenticator) -> str:
    """Like “Passkey “Blue key”, added on 28 November 2026”."""
    name = factor.data.get("name") if factor.type == Authenticator.Type.WEBAUTHN else ""
    said = {"kind": NAMES[factor.type], "day": timezone.localdate(factor.created_at)}
    if name:
        return sentence("{kind} “{name}”, added on {day}", name=name, **said)
    return sentence("{kind}, added on {day}", **said)


def _packed(factor: Authenticator) -> dict[str, Any]:
    data = {
        name: get_adapter().decrypt(text) if name in SECRETS and text else text
        for name, text in factor.data.items()
    }
    used = factor.last_used_at.isoformat() if factor.last_used_at else None
    return {
        "type": factor.type,
        "data": data,
        "created_at": factor.created_at.isoformat(),
        "last_used_at": used,
    }


def end_connected(change: AddressChange) -> None:
    """What was begun in the person's name since 72 hours before the change.

    Each ends by its own act; whoever dies in between goes on later.
    """
    change.refresh_from_db(fields=["undone_at"])
    user, since = change.user, change.since
    trouble: list[Exception] = []
    for end in ENDINGS.values():
        try:
            told = [Ended(one) if isinstance(one, str) else one for one in end(user, since)]
        except Exception as wrong:
            # What breaks in one room must not leave a thief in the others. It is raised below, and tried
            # again.
            trouble.append(wrong)
            continue
        # Listed before the next begins: what is undone once is not found a second time.
        if told:
            _list(user, told, since=change.undone_at)
    if trouble:
        raise trouble[0]
    AddressChange.objects.filter(pk=change.pk).update(settle_at=None)


def _list(user: User, told: Iterable[Ended], *, since: datetime | None) -> None:
    """Each once, also where it is found again after something else broke."""
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act, transaction.atomic():
        act.kind = "changed"
        listed = SetAside.objects.filter(
            user=user, kind=Kind.CONNECTED, **({"at__gte": since} if since else {})
        )
        before = {row.what for row in listed}
        for one in [one for one in told if one.what[:300] not in before]:
            SetAside.put(user, Kind.CONNECTED, one.what, kept={"again": one.again} if one.again else None)
        act.touch(user.subject, what=sentence("What was begun in your name was ended with it"))


def settle_due() -> int:
    """Go on with what was cut off. Returns how many ways back."""
    due = list(AddressChange.objects.select_related("user").filter(settle_at__lte=timezone.now())[:20])
    for change in due:
        end_connected(change)
    return len(due)


def keep(row: SetAside) -> str:
    """Take in again what was thrown out: a factor, a value, a role.

    Returns the sentence that says so. Raises CannotKeep.
    """
    if row.kind == Kind.CONNECTED:
        return _keep_connected(row)
    _keep_factor(row)
    return gettext("It works again.")


def _keep_connected(row: SetAside) -> str:
    if row.data is None or row.until <= timezone.now():
        raise CannotKeep(OVER)
    name, _, id = str(row.factor["again"]).partition(":")
    said = AGAIN[name](row.user, id)
    # Last: whoever dies in between takes it again, which changes nothing more.
    SetAside.objects.filter(pk=row.pk).delete()
    return said


def _keep_factor(row: SetAside) -> None:
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION) as act, transaction.atomic():
        act.kind = "changed"
        user = User.objects.select_for_update().get(pk=row.user_id)
        mine = (
            SetAside.objects.select_for_update()
            .filter(pk=row.pk, kind=Kind.FACTOR, until__gt=timezone.now())
            .exclude(data=None)
            .first()
        )
        if mine is None:
            raise CannotKeep(OVER)
        made = mine.factor
        kind = made["type"]
        if (
            kind != Authenticator.Type.WEBAUTHN
            and Authenticator.objects.filter(user=user, type=kind).exists()
        ):
            raise CannotKeep(gettext("You have a newer one already. Remove that first."))
        data = {
            name: get_adapter().encrypt(text) if name in SECRETS and text else text
            for name, text in made["data"].items()
        }
        moments = {
            name: parse_datetime(made[name]) if made[name] else None
            for name in ("created_at", "last_used_at")
        }
        Authenticator.objects.create(user=user, type=kind, data=data, **moments)
        mine.delete()
        SecurityEvent.objects.create(
            subject=user.subject, what=sentence("{kind} taken in again", kind=NAMES[kind])
        )
        act.touch(user.subject, what=sentence("{kind} taken in again", kind=NAMES[kind]))
    mail.send(to=user.email, template="factor_kept", context={}, user=user)
