"""Copies are made one after the other, and destroyed on their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import override

from kept.accounts.models import User
from kept.accounts.recovery.throwing_out import ends_with_recovery
from kept.core.register.hooks.jobs import job
from kept.core.register.hooks.stalled_jobs import watched
from kept.core.vault import gate
from kept.core.vault.history import timeline
from kept.core.vault.readers import Job, SystemReader
from kept.rights import flows
from kept.rights.models import Copy
from kept.rights.requests.models import Request
from kept.sentences import Sentence, counted, sentence

LOOKING_BACK = SystemReader(job="rights.looking-back")


@job("rights.copies", every=timedelta(seconds=1))
def make_copies() -> int:
    return flows.make_due()


@job("rights.dead_copies", every=timedelta(hours=1))
def destroy_dead_copies() -> int:
    return flows.throw_away_dead()


@ends_with_recovery("copies")
def throw_away_copies_made_meanwhile(user: User, since: datetime) -> Iterator[str]:
    """A copy of everything that whoever held her ID asked for, being made or ready."""
    for copy in Copy.objects.filter(subject=user.subject, asked_at__gte=since, stopped_at=None).exclude(
        dies_at__lte=timezone.now()
    ):
        copy.stop()
        Copy.objects.filter(pk=copy.pk).exclude(dies_at=None).update(dies_at=timezone.now())
        yield sentence("A copy of your data, asked for on {day}", day=timezone.localdate(copy.asked_at))


@ends_with_recovery("seen")
def name_what_was_seen(user: User, since: datetime) -> list[str]:
    """Copies that left, requests that are open, and how often her pages were opened: what was seen cannot be
    taken back, and says so.
    """
    if user.person_id is None:
        return []
    with gate.purpose("own-data", reader=LOOKING_BACK, about=Job("taking an address back")) as act:
        act.touch(user.person_id, what=sentence("Looked up what was done with your ID in these days"))
        happened = [one for one in timeline(user.person_id, since=since) if one.role == "self"]
    left = [one for one in happened if one.kind == "copied"]
    told: list[str] = [
        sentence(
            "A copy of your data left on {day} at {clock}. It cannot be called back",
            day=timezone.localdate(one.at),
            clock=f"{timezone.localtime(one.at):%H:%M}",
        )
        for one in left
    ]
    looks = [one.at for one in happened if one.kind == "read"]
    if looks:
        told.append(
            counted(
                "Your pages were opened {n} time between {first} and {last}, by you or by whoever held your"
                " ID. What was seen cannot be taken back",
                "Your pages were opened {n} times between {first} and {last}, by you or by whoever held your"
                " ID. What was seen cannot be taken back",
                len(looks),
                first=timezone.localtime(min(looks)),
                last=timezone.localtime(max(looks)),
            )
        )
    for request in Request.objects.filter(person=user.person_id, recorded_at__gte=since, channel="site"):
        what = {"kind": _kind(request), "reference": request.reference}
        told.append(
            sentence(
                "{kind} {reference}, asked in your name. Look at what was answered under Your requests",
                **what,
            )
            if request.closed_at
            else sentence(
                "{kind} {reference}, asked in your name. If it was not you, take it back under Your requests",
                **what,
            )
        )
    return told


def _kind(request: Request) -> str:
    """As it is called, so that it can be kept and said in another language later."""
    with override("en"):
        return Sentence(str(request.get_kind_display()), {})


@watched("copies", title=sentence("Copies that are being made"))
def copies_that_stand_still(before: datetime) -> int:
    return Copy.objects.filter(due_at__lt=before).count()
