"""Drafts that were not sent are forgotten; what a thief of an ID did in its cases is undone or said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.cases import service_levels, sharing
from kept.touchpoints.support.models import (
    PRESENT_FOR,
    Case,
    Draft,
    Heard,
    HeldAnswer,
    Message,
    Presence,
    Ring,
)
from kept.touchpoints.support.phone_system.signatures import REMEMBERED
from kept.touchpoints.support.reports import counting
from kept.touchpoints.support.uploading import flows as uploading


@job("support.dead_drafts", every=timedelta(hours=1))
def forget_dead_drafts() -> int:
    """How many were forgotten."""
    gone, _ = Draft.objects.dead().delete()
    return int(gone)


@job("support.held_answers", every=timedelta(seconds=1))
def send_held_answers() -> int:
    """What was sent at the desk and not taken back within ten seconds. How many left."""
    return held_answers.send_due()


@watched("support.held_answers", title=sentence("Answers that were sent at the desk and have not left"))
def answers_that_stand_still(before: datetime) -> int:
    return HeldAnswer.objects.filter(leaves_at__lt=before).count()


@job("support.dead_uploads", every=timedelta(hours=1))
def forget_dead_uploads() -> int:
    """Files that waited a week for their form, or for the rest of themselves."""
    return uploading.forget_dead()


@job("support.service_levels", every=timedelta(minutes=1))
def move_due_times() -> int:
    """What is open is due by the hours its market has today."""
    return service_levels.move_due(Case.objects.open().filter(merged_into=None))


@job("support.reports", every=timedelta(hours=1))
def count_closed_cases() -> int:
    """What was closed a week ago leaves a line without a person. How many were counted."""
    return counting.count_closed()


@job("support.ringing", every=timedelta(minutes=5))
def forget_ringing() -> int:
    """A number that rang lies here for an hour at most; how many calls were forgotten."""
    Heard.forget(REMEMBERED)
    gone, _ = Ring.objects.over().delete()
    return int(gone)


@job("support.presence", every=timedelta(minutes=5))
def forget_presence() -> int:
    """Who has a case open is nobody's business two minutes later."""
    gone, _ = Presence.objects.filter(at__lt=timezone.now() - PRESENT_FOR).delete()
    return int(gone)


@ends_with_recovery("cases.shared")
def end_shares(user: User, since: datetime) -> Iterator[str]:
    """Cases of hers that whoever held her ID shared."""
    if user.person is not None:
        for reference in sharing.end_since(user.person, since):
            yield sentence("Case {reference}, shared with a colleague", reference=reference)


@ends_with_recovery("cases.written")
def name_what_was_written(user: User, since: datetime) -> Iterator[str]:
    """What was opened and written in her name meanwhile, for her to look at."""
    if user.person is None:
        return
    opened = Case.objects.filter(person=user.person, opened_at__gte=since, channel=Case.Channel.WEB)
    for case in opened.order_by("opened_at"):
        yield sentence("Case {reference}, opened in your name", reference=case.reference)
    written = Message.objects.filter(keeper=user.person.pk, at__gte=since, case__opened_at__lt=since)
    said = written.exclude(author=Message.Author.STAFF).filter(channel=Case.Channel.WEB)
    for reference in sorted(set(said.values_list("case__reference", flat=True))):
        yield sentence("Case {reference}, written in in your name", reference=reference)
