"""What was begun and not finished is forgotten; and whoever holds a product that somebody else claims is
asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.hooks.jobs import job
from kept.touchpoints.registrations.handing_on import claims, recovery
from kept.touchpoints.registrations.handing_on.flows import forget_lapsed
from kept.touchpoints.registrations.models import Draft


@job("registrations.dead_drafts", every=timedelta(hours=1))
def forget_dead_drafts() -> int:
    """How many were forgotten."""
    gone, _ = Draft.objects.dead().delete()
    return int(gone)


@job("registrations.lapsed_offers", every=timedelta(hours=1))
def forget_lapsed_offers() -> int:
    """How many offers nobody answered."""
    return forget_lapsed()


@job("registrations.ask_holders", every=timedelta(minutes=1))
def ask_holders() -> int:
    """How many claims were looked up."""
    return claims.look_up()


@ends_with_recovery("handovers")
def recover_products(user: User, since: datetime) -> Iterator[str]:
    """Products that whoever held her ID offered, gave away, or gave back."""
    if user.person is not None:
        yield from recovery.recover_all(user.person, since)


@ends_with_recovery("registrations.added")
def name_what_was_added(user: User, since: datetime) -> Iterator[str]:
    """What was registered in her name meanwhile, for her to look at."""
    if user.person is not None:
        yield from recovery.added(user.person, since)
