"""Telling the privacy officer and the data controllers of a contract, a transfer mechanism or a certificate
that ends: sixty and fourteen days ahead, once each.
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
from kept.core.policy.endings import CertificateEnding, Ending, certificate_endings, endings
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SystemReader
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.promises.models import EndingTold
from kept.sentences import Sentence, sentence

AHEAD = (60, 14)
PURPOSE = "staff"
Ends = Ending | CertificateEnding
PAGES = {"certificate": "safeguards"}
"""Which public page shows it, where it is not the one of recipients."""
REMINDER = SystemReader(job="promises.endings")


def remind_of_endings(today: date | None = None) -> int:
    """Tell what is due and was not told yet; how many.

    Killed anywhere, the next run tells the rest: a row and its mails are one.
    """
    today = today or timezone.localdate()
    made = 0
    policy = versions.current().policy
    due: list[Ends] = [*endings(policy, today), *certificate_endings(policy, today)]
    for ending in due:
        passed = [days for days in AHEAD if 0 <= (ending.last - today).days <= days]
        # One that is written down late causes one mail, not two.
        if passed and not _row(ending, min(passed)).exists():
            made += _tell_all(ending, min(passed), today)
    return made


def _row(ending: Ends, days: int) -> QuerySet[EndingTold]:
    return EndingTold.objects.filter(recipient=ending.id, what=ending.what, last=ending.last, days=days)


def _tell_all(ending: Ends, days: int, today: date) -> int:
    about = Job(f"promises.endings {ending.id}")
    with gate.purpose(PURPOSE, reader=REMINDER, about=about, source="reminder") as act, transaction.atomic():
        act.kind = "sent"
        row, new = EndingTold.objects.get_or_create(
            recipient=ending.id, what=ending.what, last=ending.last, days=days
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


def _tell(act: gate.Act, subject: object, ending: Ends, today: date) -> bool:
    person = Person.objects.filter(pk=subject).first()
    try:
        address = person.email if person else ""
    except KeyErased:
        return False
    if person and address:
        context = {
            "ending": ending,
            "sentence": ending.sentence(today),
            "address": settings.KEPT_SITE + reverse(PAGES.get(ending.what, "recipients")),
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


def _told(ending: Ends) -> Sentence:
    if isinstance(ending, CertificateEnding):
        return sentence("You were told that the certificate “{title}” ends", title=ending.certificate.title)
    recipient = ending.recipient.title
    return {
        "contract": sentence("You were told that the contract with {recipient} ends", recipient=recipient),
        "transfer": sentence("You were told that the transfer with {recipient} ends", recipient=recipient),
        "mechanism": sentence("You were told that the mechanism with {recipient} ends", recipient=recipient),
    }[ending.what]
