"""Asking to be erased, changing one's mind, being reminded, and the day it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from kept.accounts.models import AddressChange, User
from kept.accounts.signing_in.posts import StillNeeded, check_leaving
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.errors import KeyErased
from kept.core.vault.readers import Job, SelfReader
from kept.core.vault.subject_keys import keys
from kept.outbox import silence
from kept.outbox.mail import mail
from kept.people.models import Person
from kept.rights.erasure import records, steps, suspended_use
from kept.rights.erasure.models import COOLING_OFF, REMINDERS, Erasure
from kept.rights.receipts import flows as receipts
from kept.rights.receipts.models import Receipt
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request
from kept.sentences import day, sentence

__all__ = [
    "AlreadyAsked",
    "AlreadyErased",
    "StillNeeded",
    "TooLate",
    "ask",
    "forget_finished",
    "hasten",
    "of",
    "undo",
    "work_due",
]

RIGHT = steps.RIGHT
YOUR_PAGE = sentence("your page")
Source = Erasure.Source
AT_ONCE = sentence("No: whoever ordered it says that the person or a law asked for it at once")


class AlreadyErased(Exception):
    """There is nothing left to erase."""


class AlreadyAsked(Exception):
    """One is under way. ``erasure`` is it, and the message says until when it can be undone."""

    def __init__(self, erasure: Erasure) -> None:
        told = (
            _("This erasure was asked for already. It has begun, and cannot be undone.")
            if erasure.begun_at
            else _(
                "This erasure was asked for already. It is done on {day}, and can be undone until then."
            ).format(day=day(erasure.falls_at))
        )
        super().__init__(told)
        self.erasure = erasure


class TooLate(Exception):
    """It was undone already, or has begun."""


def of(subject: UUID) -> Erasure | None:
    """The erasure of a subject that is under way, if any."""
    return Erasure.objects.filter(subject=subject, undone_at=None).first()


def ask(
    *,
    subject: UUID,
    controller: str,
    reader: Reader,
    source: str = Source.SELF,
    about: str = "",
    matter: Any = None,
    purpose: str = RIGHT,
    reason: str = "",
    wait: timedelta = COOLING_OFF,
    silence: bool = False,
    choices: Mapping[str, str] | None = None,
) -> Erasure:
    """Put an erasure down for the day ``wait`` is over, tell her, and give a receipt for having been asked.

    One act, in ``reader``'s name.

    ``matter``: what a member of staff or a job works on; ``about``: its reference, for the entry.
    ``choices``: see ``erasing.destroy_rows``. Raises AlreadyAsked, AlreadyErased, StillNeeded for the last
    data controller of a region, and what the gate raises.
    """
    if records.matches(subject) or keys.erased(subject):
        raise AlreadyErased(_("This person was erased already. Nothing of them is left."))
    _may_leave(subject)
    now = timezone.now()
    erasure = Erasure(
        subject=subject,
        controller=controller,
        source=source,
        about=about,
        silence=silence,
        choices=dict(choices or {}),
        asked_at=now,
        falls_at=now + wait,
    )
    erasure.due_at = erasure.next_step_at()
    asked = matter if matter is not None else subject
    with gate.purpose(purpose, reader=reader, about=asked, reason=reason, source="erasure") as act:
        act.kind = "changed"
        try:
            with transaction.atomic():
                falls = timezone.localdate(erasure.falls_at)
                said: dict[str, str] = {
                    sentence("Asked for"): sentence("Erasure"),
                    sentence("Done on"): sentence("{day}", day=falls),
                }
                if not wait:
                    said[sentence("Can be undone")] = AT_ONCE
                given = receipts.give("request", controller=controller, at=now, act=act.id, more=said)
                erasure.request_receipt = given.number
                erasure.save(force_insert=True)
                act.touch(subject, what=sentence("Erasure asked for, to be done on {day}", day=falls))
                if wait:
                    _write(erasure, "asked")
        except IntegrityError:
            known = of(subject)
            if known is None:
                raise
            raise AlreadyAsked(known) from None
    return erasure


def _may_leave(subject: UUID) -> None:
    """People can always reach a data controller: the last one of a region names a successor first.

    Raises StillNeeded.
    """
    user = User.objects.filter(person=subject).first()
    post = user.post() if user is not None else None
    if post is not None:
        leaving = Erasure.objects.filter(undone_at=None, subject__isnull=False).values_list(
            "subject", flat=True
        )
        with transaction.atomic():
            check_leaving(post, leaving={each for each in leaving if each is not None})


def undo(
    *, erasure: Erasure, reader: Reader, source: str = YOUR_PAGE, request_too: bool = True
) -> Receipt | None:
    """It never happens, and the receipt says so. Raises TooLate when it has begun or was undone before.

    ``request_too``: the request it was carried out for is taken back with it; False where whoever undoes it
    ends that request themselves.
    """
    assert erasure.subject is not None
    if erasure.state == "waiting":
        # First: whoever dies in between leaves an erasure that can still be undone, and nothing restricted
        # for one that was.
        suspended_use.lift_again(erasure)
    about = erasure.subject if isinstance(reader, SelfReader) else Job(steps.name_of(erasure))
    with gate.purpose(RIGHT, reader=reader, about=about, source="erasure") as act, transaction.atomic():
        now = timezone.now()
        if not Erasure.objects.filter(pk=erasure.pk, undone_at=None, begun_at=None).update(
            undone_at=now, due_at=None, trouble=""
        ):
            raise TooLate(_("This erasure was undone already, or has begun. It cannot be undone."))
        act.kind = "changed"
        act.touch(erasure.subject, what=sentence("Erasure undone, by {source}", source=source))
        erasure.undone_at, erasure.due_at = now, None
        _write(erasure, "undone")
        asked = Receipt.objects.filter(number=erasure.request_receipt).order_by("-part").first()
        said: dict[str, str] = {
            sentence("State"): sentence("Undone. Nothing was erased"),
            sentence("Undone on"): sentence(
                "{day} at {clock}", day=timezone.localdate(now), clock=f"{timezone.localtime(now):%H:%M}"
            ),
        }
        given = receipts.go_on(asked, controller=erasure.controller, more=said, at=now) if asked else None
    if request_too:
        _take_back(erasure.about)
    return given


def _take_back(reference: str) -> None:
    """The request it was carried out for was taken back with it, and waits for nobody any more."""
    request = Request.objects.filter(reference=reference.removeprefix("request "), closed_at=None).first()
    if request is not None:
        requests.close(request=request, by=steps.ERASER, outcome=Request.Outcome.REVOKED)


def hasten(erasure: Erasure, *, reader: Reader, about: str, reason: str) -> Erasure:
    """What was asked for already is done now, by the operator's order.

    Raises TooLate when it was undone or has begun meanwhile.
    """
    assert erasure.subject is not None
    with gate.purpose(RIGHT, reader=reader, about=Job(about), reason=reason) as act, transaction.atomic():
        now = timezone.now()
        still = Erasure.objects.filter(pk=erasure.pk, undone_at=None, begun_at=None)
        if not still.update(falls_at=now, due_at=now, about=about, source=Source.OPERATOR):
            raise TooLate(_("This erasure was undone, or has begun. Look at it again."))
        act.kind = "changed"
        act.touch(erasure.subject, what=sentence("Erasure ordered for now, by the operator"))
    erasure.refresh_from_db()
    return erasure


def work_due() -> int:
    """Remind whoever is to be reminded, or take the erasure that is longest due as far as it goes.

    Returns 1 when there was one.
    """
    now = timezone.now()
    erasure = Erasure.claim(now)
    if erasure is None:
        return 0
    if erasure.begun_at is None and now < erasure.falls_at:
        remind(erasure, now)
    else:
        steps.advance(erasure)
    return 1


def remind(erasure: Erasure, now: datetime) -> None:
    """That the day comes, and how to undo it.

    One reminder for each of the days, however late the worker is.
    """
    passed = sum(erasure.falls_at - before <= now for before in REMINDERS)
    due = passed > erasure.reminded
    erasure.reminded = max(passed, erasure.reminded)
    after = erasure.next_step_at()
    with (
        gate.purpose(RIGHT, reader=steps.ERASER, about=Job(steps.name_of(erasure)), source="erasure"),
        transaction.atomic(),
    ):
        still = Erasure.objects.filter(pk=erasure.pk, undone_at=None, begun_at=None)
        if still.update(reminded=erasure.reminded, due_at=after, attempts=0, trouble="") and due:
            _write(erasure, "reminder")


def linked(id: UUID, key: str) -> tuple[Erasure, bool] | None:
    """The erasure that a link in a mail leads to, and whether the link may undo it: while the address it went
    to is hers. None for any other key.

    Hers is where she signs in, where she is written to, and where a change of address can still be taken back
    to: a thief who changes it must not take the way back from her, and gets none that outlives their own
    address.
    """
    known, _, word = key.partition("-")
    erasure = Erasure.objects.filter(pk=id).first()
    if erasure is None or not constant_time_compare(erasure.undo_key, known):
        return None
    if erasure.begun_at is not None:
        # Nothing can be undone any more, and where she was written to is going.
        return erasure, False
    counts = any(constant_time_compare(erasure.undo_word(mark), word) for mark in _marks(erasure))
    return (erasure, counts) if counts or erasure.state == "waiting" else None


def _marks(erasure: Erasure) -> list[str]:
    assert erasure.subject is not None
    with gate.purpose(RIGHT, reader=steps.ERASER, about=Job(steps.name_of(erasure)), source="erasure"):
        hers = steps.addresses_of(erasure.subject)
    with gate.purpose("security", reader=steps.ERASER, about=Job(steps.name_of(erasure)), source="erasure"):
        hers += [
            way.old
            for user in User.objects.filter(person_id=erasure.subject)
            for way in AddressChange.open_of(user)
        ]
    return [silence.mark_of(address) for address in hers]


def _write(erasure: Erasure, template: str) -> None:
    """A mail to where she signs in, else to where she is written to; none where no address is known.

    Inside an act.
    """
    assert erasure.subject is not None
    to = User.objects.filter(person_id=erasure.subject).values_list("email", flat=True).first()
    if to is None:
        try:
            to = Person.objects.get(pk=erasure.subject).email
        except (Person.DoesNotExist, KeyErased):
            to = None
    if to:
        context = {
            "day": erasure.falls_at,
            "undo": settings.KEPT_SITE + erasure.undo_url(silence.mark_of(to)),
            "receipt": erasure.request_receipt,
            "erasure": erasure,
        }
        mail(
            subject=erasure.subject,
            to=to,
            template=f"erasure/mail/{template}.txt",
            context=context,
            purpose=RIGHT,
        )


def forget_finished(today: Any) -> int:
    """What is known of finished erasures goes with their records, when the last backup that needs them has
    gone. Raises RecordUnreachable.
    """
    gone = records.expire(today)
    Erasure.objects.exclude(finished_at=None).exclude(
        pk__in=[record.id for record in records.in_database()]
    ).delete()
    return gone
