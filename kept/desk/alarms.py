"""A matter that went beyond its bound is told to the data controllers of its company by mail: once, and once
more while nobody has looked.

The mail names the matter by number, the role and counts; whom it is about and who worked on it stands at the
desk alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.accounts.signing_in.posts import CONTROLLER
from kept.core.register.roles import in_words
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SystemReader
from kept.desk.models import Excess
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.sentences import sentence

PURPOSE = "staff"
WATCH = SystemReader(job="desk.beyond")
REMIND_AFTER = timedelta(days=3)
MOST = 50


def tell_due(now: datetime | None = None) -> int:
    """Mail what was not told yet, and remind of what nobody looked at.

    Killed anywhere, the next run goes on. Returns for how many matters.
    """
    now = now or timezone.now()
    due = Q(told_at=None) | Q(reminded_at=None, told_at__lte=now - REMIND_AFTER)
    matters = (
        Excess.objects.filter(due, seen_at=None)
        .order_by("number")
        .values_list("number", "entity")
        .distinct()[:MOST]
    )
    return sum(_tell_of(number, entity, now) for number, entity in list(matters))


def _tell_of(number: int, entity: str, now: datetime) -> int:
    """One matter: its rows and its mails, in one transaction.

    0 where there is nothing to tell, or nobody to tell it to.
    """
    about = Job(f"matter {number} beyond its bound")
    with gate.purpose(PURPOSE, reader=WATCH, about=about, source="reminder") as act, transaction.atomic():
        act.kind = "sent"
        rows = list(Excess.objects.select_for_update().filter(number=number, entity=entity).order_by("at"))
        waiting = [row for row in rows if row.seen_at is None]
        first = min((row.told_at for row in rows if row.told_at), default=None)
        again = first is not None and first <= now - REMIND_AFTER and not any(row.reminded_at for row in rows)
        if waiting and (first is None or again) and not _mailed(act, waiting[-1], again=again):
            return 0
        mine = Excess.objects.filter(pk__in=[row.pk for row in rows])
        mine.filter(told_at=None).update(told_at=now)
        if again:
            mine.update(reminded_at=now)
    return int(first is None or again)


def _mailed(act: gate.Act, row: Excess, *, again: bool) -> int:
    """To each data controller of the company. Returns to how many."""
    posts = StaffMember.objects.working().filter(role=CONTROLLER, entity=row.entity)
    return sum(
        _mail_to(act, subject, row, again=again)
        for subject in posts.values_list("user__person_id", flat=True)
    )


def _mail_to(act: gate.Act, subject: UUID | None, row: Excess, *, again: bool) -> bool:
    person = Person.objects.filter(pk=subject).first()
    try:
        address = person.email if person else ""
    except KeyErased:
        return False
    if person and address:
        context = {
            "row": row,
            "role": in_words(row.role),
            "again": again,
            "address": settings.KEPT_SITE + reverse("desk-beyond"),
        }
        mail(subject=person.pk, to=address, template="desk/mail/beyond.txt", context=context, purpose=PURPOSE)
        act.touch(
            person.pk,
            what=sentence(
                "You were reminded that matter {number} went beyond its bound"
                if again
                else "You were told that matter {number} went beyond its bound",
                number=row.number,
            ),
        )
    return bool(address)
