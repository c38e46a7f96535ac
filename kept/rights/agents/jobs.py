"""Exercises go on by themselves, agents are told, and what was needed for a moment is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.rights.agents import identity, progress, status_notices
from kept.rights.agents.models import REMEMBERED, Callback, Exercise, Seen, Token
from kept.rights.requests.flows import NotYet
from kept.sentences import sentence


@job("agents.advance", every=timedelta(seconds=1))
def advance() -> int:
    return progress.advance_due()


@job("agents.follow", every=timedelta(seconds=5))
def follow() -> int:
    return progress.follow()


@job("agents.tell", every=timedelta(seconds=1))
def tell() -> int:
    return status_notices.tell_due()


@job("agents.tidy", every=timedelta(hours=1))
def tidy() -> int:
    """Messages that have expired, tokens long replaced, and exercises that ended sixty days ago: the request
    itself stays as long as the policy says.
    """
    now = timezone.now()
    gone = Seen.objects.filter(until__lt=now).delete()[0]
    gone += Token.objects.filter(until__lt=now - REMEMBERED).delete()[0]
    return gone + Exercise.objects.filter(ended_at__lt=now - REMEMBERED).delete()[0]


@ends_with_recovery("agents")
def stop_what_was_confirmed_meanwhile(user: User, since: datetime) -> Iterator[str]:
    """What an agent asks in her name, and whoever held her ID may have confirmed; and what it brought and
    nobody has fetched.
    """
    for exercise in Exercise.objects.filter(request__person=user.subject, received_at__gte=since):
        if not exercise.over:
            with suppress(NotYet):
                identity.disown(exercise)
                yield sentence("What an authorised agent asked for, {what}", what=_named(exercise))
        elif Exercise.objects.filter(
            pk=exercise.pk, results_taken_at=None, results_until__gt=timezone.now()
        ).update(results_until=timezone.now()):
            yield sentence("What an authorised agent had brought, {what}", what=_named(exercise))


def _named(exercise: Exercise) -> str:
    return exercise.request.reference if exercise.request else exercise.exercise


@watched("agents.exercises", title=sentence("Requests through authorised agents"))
def exercises_still(before: datetime) -> int:
    return Exercise.objects.filter(due_at__lt=before).count()


@watched("agents.callbacks", title=sentence("Agents waiting to be told how far their request is"))
def callbacks_still(before: datetime) -> int:
    return Callback.objects.filter(due_at__lt=before).count()
