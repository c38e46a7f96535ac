"""Reminding the controller before the date, and telling the privacy officer when it comes close.

Each reminder is a dated row, made once.

The controller's mailbox in the policy is no data subject and has no key, so no mail can be sealed for it:
those who hold the role are written to, one by one, and the board and its count at the desk say the same to
everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from kept.accounts.models import StaffMember
from kept.core.ledger import versions
from kept.core.policy.model import ESCALATE, REMIND, Policy
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.rights.requests.course import letters
from kept.rights.requests.models import Request, Step
from kept.rights.requests.request_kinds import kind_of
from kept.sentences import counted, sentence

PURPOSE = "staff"
REMINDER = SystemReader(job="requests.remind")
LATE = -1
"""The mark of the telling that it is late."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One telling that is due: its kind, and the days before the date it is for."""

    kind: str
    mark: int


def wanted(request: Request, policy: Policy, now: datetime) -> list[Wanted]:
    """What this request should have caused by now: of the reminders the most urgent alone, so that a letter
    typed in late causes one.
    """
    if request.waiting_since or request.closed_at:
        return []
    left = request.days_left(now)
    clock = policy.clocks.get(kind_of(request.kind).clock)
    reminders, escalate = (clock.remind, clock.escalate) if clock else (REMIND, ESCALATE)
    passed = [days for days in reminders if left <= days]
    found = [Wanted(Step.Kind.REMINDED, min(passed))] if passed else []
    if left <= escalate:
        found.append(Wanted(Step.Kind.ESCALATED, escalate))
    if left < 0:
        found.append(Wanted(Step.Kind.ESCALATED, LATE))
    return found


def remind_due(now: datetime | None = None, most: int = 50) -> int:
    """Make what is due and was not made yet.

    Returns how many; killed anywhere, the next run makes the rest.
    """
    now = now or timezone.now()
    policy = versions.current().policy
    made = 0
    for request in (
        Request.objects.open().filter(waiting_since=None).order_by("due").prefetch_related("steps")
    ):
        request.by(policy.company)
        said = {(step.kind, step.mark, step.until) for step in request.steps.all()}
        for one in wanted(request, policy, now):
            if (one.kind, one.mark, request.due) not in said:
                made += _make(request, one, policy, now)
        if made >= most:
            break
    return made


def _make(request: Request, one: Wanted, policy: Policy, now: datetime) -> int:
    """One row and its mails, in one transaction. 0 when another worker was quicker."""
    with (
        gate.purpose(PURPOSE, reader=REMINDER, about=Job(request.matter_ref), source="reminder") as act,
        transaction.atomic(),
    ):
        act.kind = "sent"
        row = Request.objects.select_for_update().get(pk=request.pk)
        if row.closed_at or row.waiting_since or row.due != request.due:
            return 0
        if row.steps.filter(kind=one.kind, mark=one.mark, until=row.due).exists():
            return 0
        row.by(policy.company)
        told = sum(_tell(act, row, post, one, now) for post in _posts(row, one))
        step = Step(request=row, kind=one.kind, mark=one.mark, until=row.due, role="system", at=now)
        step.say(_said(one, told))
        step.save(force_insert=True)
    return 1


def _posts(request: Request, one: Wanted) -> list[StaffMember]:
    """Who holds the role at the company that answers; the privacy officer, of whichever company, when it
    comes close.
    """
    posts = StaffMember.objects.filter(StaffMember.today()).select_related("user")
    own = list(posts.filter(role="controller", entity=request.controller))
    return own + list(posts.filter(role="officer")) if one.kind == Step.Kind.ESCALATED else own


def _tell(act: gate.Act, request: Request, post: StaffMember, one: Wanted, now: datetime) -> int:
    person = Person.objects.filter(pk=post.user.person_id).first()
    try:
        address = person.email if person else ""
    except KeyErased:
        return 0
    if not person or not address:
        return 0
    with translation.override(letters.spoken(person.language)):
        context = {
            **letters.facts(request),
            "kind_title": request.get_kind_display(),
            "left": request.days_left(now),
            "late": one.mark == LATE,
            "escalated": one.kind == Step.Kind.ESCALATED,
            "address": settings.KEPT_SITE + reverse("desk-request", args=[request.pk]),
        }
        mail(
            subject=person.pk,
            to=address,
            template="requests/mail/reminder.txt",
            context=context,
            purpose=PURPOSE,
        )
    act.touch(person.pk, what=sentence("You were reminded of {reference}", reference=request.reference))
    return 1


def _said(one: Wanted, told: int) -> str:
    people = (
        counted("{n} person written to", "{n} people written to", told)
        if told
        else sentence("nobody holds the role, so nobody could be written to")
    )
    if one.mark == LATE:
        return sentence("Late: {people}", people=people)
    if one.kind == Step.Kind.ESCALATED:
        return sentence("Escalated {days} days before the date: {people}", days=one.mark, people=people)
    return sentence("Reminded {days} days before the date: {people}", days=one.mark, people=people)
