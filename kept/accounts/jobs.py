"""What sign-in clears away by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from kept.accounts.flows import PROGRAM, PROTECTION
from kept.accounts.limits import rate_limits
from kept.accounts.models import AddressChange, FactorLoss, SecurityEvent, Session, SetAside, User
from kept.accounts.recovery import lost_factors, throwing_out
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.accounts.recovery.thrown_out import LINK_LIVES, WAIT
from kept.accounts.second_factors.events import WAY_BACK
from kept.accounts.signing_in.sessions import contents_of
from kept.core.register.destroying.erasure_hooks import sweeps
from kept.core.register.hooks.jobs import job
from kept.core.vault import gate
from kept.sentences import sentence

REMOVED = ("Authenticator app removed", "Passkey removed", "New recovery codes made")


@job("accounts.sessions", every=timedelta(hours=1))
def drop_what_is_over() -> int:
    """Sessions whose day has come, ways back whose 72 hours have passed, and what was set aside long enough.

    Returns how many rows went.
    """
    now = timezone.now()
    sessions, _ = Session.objects.filter(expires__lt=now).delete()
    changes, _ = AddressChange.objects.filter(until__lt=now, settle_at=None).delete()
    aside, _ = SetAside.objects.filter(until__lt=now).delete()
    losses, _ = FactorLoss.objects.filter(asked_at__lt=now - WAY_BACK - LINK_LIVES - WAIT).delete()
    return sessions + changes + aside + losses + rate_limits.drop_over(now)


@job("accounts.recovery", every=timedelta(seconds=30))
def recover() -> int:
    """What a way back did not come to end, and factors whose 72 hours of waiting are over."""
    return throwing_out.settle_due() + lost_factors.remove_due()


@ends_with_recovery("factors.removed")
def name_factors_removed(user: User, since: datetime) -> list[str]:
    """Ways to sign in that were taken away meanwhile: their secrets are destroyed, so she adds them again
    herself.
    """
    with gate.purpose("security", reader=PROGRAM, about=PROTECTION):
        events = [
            (one.at, one.what)
            for one in SecurityEvent.objects.filter(subject=user.subject, at__gte=since).order_by("at")
        ]
    gone = [(at, what) for at, what in events if what in REMOVED]
    return [
        sentence(
            "{what} on {day}. It cannot come back by itself: add it again under Your ID",
            what=what,
            day=timezone.localdate(at),
        )
        for at, what in gone
    ]


@sweeps("accounts.visitors")
def forget_visitors(is_hers: Callable[[str], bool], spared: UUID | None) -> int:
    """Somebody not signed in yet who typed her address, as for a new password: it lies sealed in their
    session until that ends.
    """
    hers = [
        row.pk
        for row in Session.objects.filter(user=None).iterator()
        if any(map(is_hers, _addresses(contents_of(row))))
    ]
    return Session.objects.filter(pk__in=hers).delete()[0]


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, str) and "@" in value:
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _addresses(each)
