"""Copies are made one after the other, and destroyed on their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.jobs import job
from kept.core.register.standstill import watched
from kept.rights import flows
from kept.rights.models import Copy


@job("rights.copies", every=timedelta(seconds=1))
def make_copies() -> int:
    return flows.make_due()


@job("rights.dead_copies", every=timedelta(hours=1))
def destroy_dead_copies() -> int:
    return flows.throw_away_dead()


@ends_with_recovery("copies")
def throw_away_copies_made_meanwhile(user: User, since: datetime) -> Iterator[str]:
    """A copy of everything that whoever held her ID asked for, being made or ready."""
    for copy in Copy.objects.filter(subject=user.subject, asked_at__gte=since, stopped_at=None).exclude(dies_at__lte=timezone.now()):
        copy.stop()
        Copy.objects.filter(pk=copy.pk).exclude(dies_at=None).update(dies_at=timezone.now())
        yield f"A copy of your data, asked for on {timezone.localtime(copy.asked_at):%-d %B %Y}"


@watched("copies", title="Copies that are being made")
def copies_that_stand_still(before: datetime) -> int:
    return Copy.objects.filter(due_at__lt=before).count()
