"""Each mail of the spool to the one room it is for: once, wherever the machine stops.

The file is the truth, and rows follow it: a mail without a row gets one, and a row that has ended has its
file removed. A mail is lost by nobody's mistake: whatever goes wrong it stays, is tried again, and in the
end waits for somebody to look at it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.duration import Duration
from kept.core.vault.errors import SealBroken
from kept.lazy_module import LazyModule
from kept.mailroom.judging import returned_mail, sameness
from kept.mailroom.models import REMEMBERED, ReceivedMail
from kept.mailroom.own_addresses import entity_of, own_addresses, own_host
from kept.mailroom.reading import mail_parser
from kept.mailroom.reading.mail_head import head_of
from kept.mailroom.receiving import spool
from kept.mailroom.receiving.spool import Envelope
from kept.mailroom.takers import TAKERS, Mail, Taker, claimed
from kept.outbox.models import Message
from kept.people.mailboxes import canonical
from kept.sentences import sentence

if TYPE_CHECKING:
    from kept.mailroom.judging import authenticity, name_lookups
else:
    # With the libraries that check signatures and ask name servers: 10 MB, for whoever takes mail in.
    authenticity = LazyModule("kept.mailroom.judging.authenticity")
    name_lookups = LazyModule("kept.mailroom.judging.name_lookups")

log = logging.getLogger("kept.mailroom")
TRIES = 8
"""A mail whose worker died so often over it is not read by a machine again."""
NAMES_FOR = timedelta(hours=2)
"""So long the name servers are asked again before a mail counts as not proven."""
MOST_HOPS = 60
CLOCK, FALLBACK = "held-mail", Duration(days=30)
"""How long mail waits for a look: by the policy, and where it says nothing."""
NOT_PROVEN = sentence("It joins something that is there, and its sender is not proven.")
CIRCLES = sentence("It goes in circles between mail servers.")
UNREADABLE = sentence("It could not be read.")
NOBODYS = sentence("No room takes it.")
REFUSED = sentence("It could not be taken in for two days.")
TOO_LARGE = sentence("It is larger than the limit, and lies in the mailbox. Only its head is here.")
BROKEN = sentence("Its file cannot be opened: it was altered, or is of another master key.")


class EndedMeanwhile(Exception):
    """Another worker, or somebody at the desk, was faster. Nothing was taken."""


def distribute(most: int = 25) -> int:
    """Give up to ``most`` mails to their rooms. Returns how many were looked at."""
    looked = _adopt()
    for _ in range(most):
        row = ReceivedMail.claim(timezone.now())
        if row is None:
            break
        looked += 1
        _one(row)
    return looked


def _adopt() -> int:
    """A row for each file that has none; and away with the files of rows that have ended. How many rows."""
    ids = spool.there()
    known = dict(ReceivedMail.objects.filter(pk__in=ids).values_list("pk", "ended_at"))
    new = 0
    for id in ids:
        if id not in known:
            new += _enter(id)
        elif known[id] is not None:
            spool.remove(id)
    return new


def _enter(id: UUID) -> int:
    try:
        envelope = spool.envelope_of(id)
    except FileNotFoundError:
        return 0
    except (SealBroken, OSError):
        _, made = ReceivedMail.objects.get_or_create(
            pk=id,
            defaults={
                "way": "",
                "received_at": timezone.now(),
                "held_at": timezone.now(),
                "due_at": None,
                "taker": _anybody(),
                "entity": _entity(),
                "why": BROKEN,
            },
        )
        return int(made)
    _, made = ReceivedMail.objects.get_or_create(
        pk=id, defaults={"way": envelope.way, "received_at": envelope.received_at}
    )
    return int(made)


def _one(row: ReceivedMail) -> None:
    """Whatever is wrong with one mail, or with the room it is for, must not stop the others."""
    try:
        if row.attempts > TRIES and not row.trouble:
            row.hold(UNREADABLE, taker=_anybody(), entity=_entity())
        else:
            _sort(row)
    except FileNotFoundError:
        row.end(ReceivedMail.Outcome.LOST)
        log.error("The file of a mail is gone: %s.", row.pk)
    except EndedMeanwhile:
        return
    except Exception as trouble:
        # Types alone: a message may hold what somebody wrote.
        log.error("A mail was not taken in (%s); it stays, and is tried again.", type(trouble).__name__)
        if not row.failed(type(trouble).__name__, now=timezone.now()):
            row.hold(REFUSED, taker=row.taker or _anybody(), entity=_entity())


def _sort(row: ReceivedMail) -> None:
    envelope = spool.envelope_of(row.pk)
    if envelope.left_there:
        row.hold(TOO_LARGE, taker=_anybody(), entity=_entity(envelope.recipients))
        return
    if not _marked(row):
        finish(row, ReceivedMail.Outcome.SAME)
        return
    with spool.opened(row.pk) as stream:
        came = mail_parser.incoming(stream)
    report = returned_mail.returned(came.text, envelope.recipients)
    if report is not None:
        _returned(row, report)
        return
    _judged(row, now=timezone.now())
    if row.verdict == authenticity.LATER:
        return
    try:
        mail = _read(row, envelope, came)
    except mail_parser.NoLetter as no:
        row.hold(str(no), taker=_anybody(), entity=_entity(envelope.recipients))
        return
    if head_of(spool.pieces_of(row.pk)).hops > MOST_HOPS:
        row.hold(CIRCLES, taker=_anybody(), entity=_entity(mail.recipients))
        return
    found = claimed(mail)
    if found is None:
        row.hold(NOBODYS, taker=_anybody(), entity=_entity(mail.recipients))
    elif found[1].joins and not mail.proven:
        row.hold(NOT_PROVEN, taker=found[0].id, entity=_entity(mail.recipients))
    else:
        give(row, mail, found[0])


def give(row: ReceivedMail, mail: Mail, taker: Taker, *, role: str = "") -> None:
    """Have a room take it in. Raises whatever the room raises; then it has not taken it."""
    settled: list[bool] = []

    def settle() -> None:
        if not row.end(ReceivedMail.Outcome.TAKEN, taker=taker.id, role=role):
            raise EndedMeanwhile
        settled.append(True)

    taker.take(mail, settle)
    if not settled:
        # It was here before, as the room says, so there was nothing to write it down with.
        with transaction.atomic():
            settle()
    spool.remove(row.pk)


def finish(row: ReceivedMail, outcome: str, *, role: str = "") -> None:
    """It ends without a room; its content goes."""
    row.end(outcome, role=role)
    spool.remove(row.pk)


def opened(row: ReceivedMail, *, looked: bool = False) -> Mail:
    """The mail of a row that waits. Raises NoLetter, SealBroken, OSError."""
    with spool.opened(row.pk) as stream:
        came = mail_parser.incoming(stream)
    return _read(row, spool.envelope_of(row.pk), came, looked=looked)


def kept_until(held_at: datetime) -> date:
    """The day on which a mail that nobody looked at is destroyed."""
    clock = versions.current().policy.clocks.get(CLOCK)
    return (clock.within if clock else FALLBACK).after(timezone.localdate(held_at))


def end_held(*, now: datetime | None = None) -> int:
    """Destroy what has waited for a look past the term of the policy. How many; killed anywhere, the next run
    goes on.
    """
    today, gone = timezone.localdate(now), 0
    for row in ReceivedMail.objects.held():
        if row.held_at is not None and kept_until(row.held_at) <= today:
            finish(row, ReceivedMail.Outcome.EXPIRED)
            gone += 1
    return gone


def forget_old(*, now: datetime | None = None) -> int:
    """Rows of mail that ended so long ago that the same will not come again. How many."""
    over = (now or timezone.now()) - REMEMBERED
    return ReceivedMail.objects.filter(ended_at__lt=over).delete()[0]


def _marked(row: ReceivedMail) -> bool:
    """Whether it is the first of its kind; then it says so from now on."""
    if row.mark:
        return True
    row.mark = sameness.mark_of(spool.pieces_of(row.pk))
    try:
        with transaction.atomic():
            ReceivedMail.objects.filter(pk=row.pk).update(mark=row.mark)
    except IntegrityError:
        row.mark = None
        return False
    return True


def _returned(row: ReceivedMail, report: returned_mail.Returned) -> None:
    message = Message.objects.filter(pk=report.message).first()
    with transaction.atomic():
        if message is not None and report.final:
            message.returned(report.status or "5.0.0", row.received_at)
        row.end(ReceivedMail.Outcome.RETURNED)
    spool.remove(row.pk)


def _judged(row: ReceivedMail, *, now: datetime) -> None:
    """Ask whether its sender is proven; where no name server answers, again in a minute, for a while."""
    if row.verdict not in {"", authenticity.LATER}:
        return
    verdict = authenticity.judge(b"".join(spool.pieces_of(row.pk)), name_lookups.txt_records)
    row.verdict = verdict.result
    if verdict.result == authenticity.LATER:
        if now - row.received_at < NAMES_FOR:
            row.due_at = now + timedelta(minutes=1)
            row.save(update_fields=["verdict", "due_at"])
            return
        row.verdict = authenticity.NOT_PROVEN
    row.save(update_fields=["verdict"])


def _read(row: ReceivedMail, envelope: Envelope, came: mail_parser.Incoming, *, looked: bool = False) -> Mail:
    ours, host = own_addresses(versions.current().policy.company), own_host()
    letter = mail_parser.read(came, now=row.received_at, ours=ours, host=host)
    conversation = head_of(spool.pieces_of(row.pk)).conversation
    answered = returned_mail.answered((*envelope.recipients, *letter.to), conversation)
    about = Message.objects.filter(pk__in=answered).exclude(about="").order_by("-queued_at")
    # A letter whose From reaches nobody counts as from its Reply-To, for which no signature vouches.
    author = canonical(authenticity.author_of(came.text))
    return Mail(
        id=row.pk,
        envelope=envelope,
        letter=letter,
        proven=row.verdict == authenticity.PROVEN and letter.sender == author,
        answers=tuple(dict.fromkeys(about.values_list("about", flat=True))),
        conversation=conversation,
        looked=looked,
    )


def _entity(recipients: Collection[str] = ()) -> str:
    return entity_of(versions.current().policy.company, recipients)


def _anybody() -> str:
    """Whose staff looks at a mail no room claims: the one that claims anything."""
    return next(iter(TAKERS), "")
