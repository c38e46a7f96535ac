"""Telling the privacy officer and the data controllers of a contract or a transfer mechanism that ends: sixty
and fourteen days ahead, once each.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from kept.accounts.models import StaffMember
from kept.accounts.signing_in.posts import CONTROLLER, OFFICER
from kept.core.ledger import versions
from kept.core.policy.endings import Ending, endings
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.promises.models import EndingTold
from kept.sentences import Sentence, sentence

AHEAD = (60, 14)
PURPOSE = "staff"
REMINDER = SystemReader(job="promises.endings")


def remind_of_endings(today: date | None = None) -> int:
    """Tell what is due and was not told yet; how many.

    Killed anywhere, the next run tells the rest: a row and its mails are one.
    """
    today = today or timezone.localdate()
    made = 0
    for ending in endings(versions.current().policy, today):
        passed = [days for days in AHEAD if 0 <= (ending.last - today).days <= days]
        # One that is written down late causes one mail, not two.
        if passed and not _row(ending, min(passed)).exists():
            made += _tell_all(ending, min(passed), today)
    return made


def _row(ending: Ending, days: int) -> QuerySet[EndingTold]:
    return EndingTold.objects.filter(
        recipient=ending.recipient.id, what=ending.what, last=ending.last, days=days
    )


def _tell_all(ending: Ending, days: int, today: date) -> int:
    about = Job(f"promises.endings {ending.recipient.id}")
    with gate.purpose(PURPOSE, reader=REMINDER, about=about, source="reminder") as act, transaction.atomic():
        act.kind = "sent"
        row, new = EndingTold.objects.get_or_create(
            recipient=ending.recipient.id, what=ending.what, last=ending.last, days=days
        )
        if not new:
            return 0
        posts = StaffMember.objects.filter(
            StaffMember.today(), role__in=(CONTROLLER, OFFICER)
        ).select_related("user")
        # Whoever holds both posts is one person.
        told = sum(
            _tell(act, subject, ending, today)
            for subject in dict.fromkeys(post.user.person_id for post in posts)
        )
        if not told:
            # Nobody works here yet who could be told: whoever comes is told then.
            row.delete()
    return int(bool(told))


def _tell(act: gate.Act, subject: object, ending: Ending, today: date) -> bool:
    person = Person.objects.filter(pk=subject).first()
    try:
        address = person.email if person else ""
    except KeyErased:
        return False
    if person and address:
        context = {
            "ending": ending,
            "sentence": ending.sentence(today),
            "address": settings.KEPT_SITE + reverse("recipients"),
        }
        mail(
            subject=person.pk,
            to=address,
            template="promises/mail/ending.txt",
            context=context,
            purpose=PURPOSE,
        )
        act.touch(person.pk, what=_told(ending))
    return bool(address)


def _told(ending: Ending) -> Sentence:
    recipient = ending.recipient.title
    return {
        "contract": sentence("You were told that the contract with {recipient} ends", recipient=recipient),
        "transfer": sentence("You were told that the transfer with {recipient} ends", recipient=recipient),
        "mechanism": sentence("You were told that the mechanism with {recipient} ends", recipient=recipient),
    }[ending.what]
