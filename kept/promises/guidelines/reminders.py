"""Mails to staff whose guidelines wait: as soon as one does, and each week after."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.core.policy.wording import Guideline
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.promises.guidelines.flows import CLERK, PURPOSE, waiting
from kept.promises.guidelines.models import Reminder
from kept.sentences import sentence

AGAIN = timedelta(days=7)


def remind_due(now: datetime | None = None) -> int:
    """Mail whoever was not told yet, or a week ago. Killed anywhere, the next run goes on; how many."""
    now = now or timezone.now()
    posts = list(StaffMember.objects.working().select_related("user__person"))
    unread = waiting(posts)
    told = dict(Reminder.objects.values_list("subject", "told_at"))
    due = [
        post
        for post in posts
        if post.pk in unread and told.get(post.user.subject, now - AGAIN) <= now - AGAIN
    ]
    return sum(_remind(post, unread[post.pk], now) for post in due)


def _remind(post: StaffMember, unread: list[Guideline], now: datetime) -> int:
    """One member of staff: the row and the mail, in one transaction."""
    about = Job("guidelines that wait")
    with gate.purpose(PURPOSE, reader=CLERK, about=about, source="reminder") as act, transaction.atomic():
        act.kind = "sent"
        row, new = Reminder.objects.select_for_update().get_or_create(
            subject=post.user.subject, defaults={"told_at": now}
        )
        if not new:
            if row.told_at > now - AGAIN:
                return 0
            row.told_at, row.times = now, row.times + 1
            row.save(update_fields=["told_at", "times"])
        return int(_mail_to(act, post.user.person, unread, again=not new))


def _mail_to(act: gate.Act, person: Person | None, unread: list[Guideline], *, again: bool) -> bool:
    try:
        address = person.email if person else ""
    except KeyErased:
        return False
    if person and address:
        context = {
            "titles": [one.text(str(person.language or "")).title for one in unread],
            "again": again,
            "address": settings.KEPT_SITE + reverse("desk-guidelines"),
        }
        mail(
            subject=person.pk,
            to=address,
            template="guidelines/mail/reminder.txt",
            context=context,
            purpose=PURPOSE,
        )
        act.touch(person.pk, what=sentence("You were reminded of the guidelines that wait for you"))
    return bool(address)
