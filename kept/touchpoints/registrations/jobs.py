"""What was begun and not finished is forgotten; and whoever holds a product that somebody else claims is asked."""

from __future__ import annotations

from datetime import timedelta

from kept.core.register.jobs import job
from kept.touchpoints.registrations.handing_on import claims
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
