"""Exercises go on by themselves, agents are told, and what was needed for a moment is thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from kept.core.register.jobs import job
from kept.core.register.standstill import watched
from kept.rights.agents import advancing, telling
from kept.rights.agents.models import REMEMBERED, Callback, Exercise, Seen, Token


@job("agents.advance", every=timedelta(seconds=1))
def advance() -> int:
    return advancing.advance_due()


@job("agents.follow", every=timedelta(seconds=5))
def follow() -> int:
    return advancing.follow()


@job("agents.tell", every=timedelta(seconds=1))
def tell() -> int:
    return telling.tell_due()


@job("agents.tidy", every=timedelta(hours=1))
def tidy() -> int:
    """Messages that have expired, tokens long replaced, and exercises that ended sixty days ago: the request itself stays as long as the policy says."""
    now = timezone.now()
    gone = Seen.objects.filter(until__lt=now).delete()[0]
    gone += Token.objects.filter(until__lt=now - REMEMBERED).delete()[0]
    return gone + Exercise.objects.filter(ended_at__lt=now - REMEMBERED).delete()[0]


@watched("agents.exercises", title="Requests through authorised agents")
def exercises_still(before: datetime) -> int:
    return Exercise.objects.filter(due_at__lt=before).count()


@watched("agents.callbacks", title="Agents waiting to be told how far their request is")
def callbacks_still(before: datetime) -> int:
    return Callback.objects.filter(due_at__lt=before).count()
