"""An answer from Send until it has left: held for ten seconds, taken back within them, sent once.

The row that holds it is the truth. It goes in the very transaction that writes the message and its mail, so
whatever is killed, the answer is either still held or has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.vault import gate
from kept.core.vault.errors import KeyErased, NotAllowed
from kept.core.vault.readers import Job, StaffReader, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.core.vault.sealing.cards import mask_card_numbers
from kept.outbox.mail import mail
from kept.sentences import sentence
from kept.touchpoints.support.at_the_desk.models import UNDO_FOR, HeldAnswer, HeldFile
from kept.touchpoints.support.cases import flows, service_levels
from kept.touchpoints.support.cases.attachments import File, resealed, sealed
from kept.touchpoints.support.cases.flows import NotNow, locked
from kept.touchpoints.support.cases.mail_intake import mark_of
from kept.touchpoints.support.cases.words import said_in
from kept.touchpoints.support.models import Attachment, Case, Message, Step

SENDER = SystemReader(job="support.held_answers")
MOST = 50
AGAIN_IN = timedelta(hours=1)
"""An answer that must not leave now, because its person restricted the purpose, is tried again then."""


class Overtaken(Exception):
    """Somebody wrote in the case since the page was opened."""


def newest(case: Case) -> str:
    """When something was last said in it: an answer is refused where that is later than its page showed.

    An answer counts from when it was written, so that it stays what it was once it has left.
    """
    said = case.conversation.aggregate(last=Max(Coalesce("written_at", "at")))["last"]
    held = case.held_answers.aggregate(last=Max("at"))["last"]
    last = max((one for one in (said, held) if one), default=None)
    return last.isoformat() if last else ""


def answer(
    *, reader: StaffReader, case: Case, text: str, seen: str, files: Sequence[File] = ()
) -> HeldAnswer:
    """Say something to the customer: it is held for ten seconds, then stands on their page and goes by mail.

    ``seen``: what ``newest`` said when the page was written. Raises Overtaken, NotNow, FileNotKept.
    """
    with (
        gate.purpose(case.purpose, reader=reader, about=case, source=case.matter_ref) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        case = locked(case)
        if not case.matter_open:
            raise NotNow(_("This case is closed already."))
        if newest(case) != seen:
            raise Overtaken(
                _("Somebody wrote in this case while you did. Read it, then send yours or change it.")
            )
        words, cards = mask_card_numbers(text.strip())
        held = HeldAnswer(case=case, keeper=case.person_id, writer=reader.actor, role=reader.role)
        held.at, held.masked = timezone.now(), cards
        held.leaves_at = held.at + UNDO_FOR
        setattr(held, said_in(case.kind), words)
        held.save(force_insert=True)
        for one in files:
            HeldFile.objects.create(
                held=held, keeper=held.keeper, file=sealed(one, keeper=held.keeper, kind=case.kind)
            )
        act.touch(
            case.person_id,
            what=sentence("We wrote an answer in case {reference}", reference=case.reference),
        )
    return held


def undo(*, reader: StaffReader, case: Case, id: UUID) -> str:
    """Take an answer back before it has left, for whoever wrote it. Returns its words. Raises NotNow."""
    with (
        gate.purpose(case.purpose, reader=reader, about=case, source=case.matter_ref) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        case = locked(case)
        held = case.held_answers.select_for_update(of=("self",)).filter(pk=id, writer=reader.actor).first()
        if held is None:
            raise NotNow(_("This answer has left already."))
        words = held.words
        for one in held.files.all():
            SealedFile.drop(one.file)
        held.delete()
        act.touch(
            case.person_id,
            what=sentence(
                "We took an answer in case {reference} back before it left", reference=case.reference
            ),
        )
    return words


def send_due(now: datetime | None = None) -> int:
    """Send what has been held for long enough. Returns how many answers left."""
    due = HeldAnswer.objects.filter(leaves_at__lte=now or timezone.now()).order_by("leaves_at")
    return sum(_sent(held) for held in list(due.select_related("case")[:MOST]))


def _sent(held: HeldAnswer) -> bool:
    try:
        return _send(held)
    except (NotAllowed, KeyErased):
        # They restricted what the case is for since it was written. It must not hold up anybody else's.
        HeldAnswer.objects.filter(pk=held.pk).update(leaves_at=timezone.now() + AGAIN_IN)
        return False


def _send(held: HeldAnswer) -> bool:
    """The message, its files, its mail, and the end of what was held: one transaction.

    False where it was taken back. The act names the case it was written in; where that was put together with
    another meanwhile, it lands in the one that is left.
    """
    written_in = held.case
    with (
        gate.purpose(
            written_in.purpose,
            reader=SENDER,
            about=Job(written_in.matter_ref),
            source=written_in.matter_ref,
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "answered"
        case = surviving(written_in)
        row = HeldAnswer.objects.select_for_update(of=("self",)).select_related("case").filter(pk=held.pk)
        found = row.first()
        if found is None:
            return False
        said = _message(found, case)
        found.delete()
        _note(case, found)
        _post(case, said)
        act.touch(case.person_id, what=sentence("We answered in case {reference}", reference=case.reference))
    return True


def surviving(case: Case) -> Case:
    """The case, or the one it was put together with since; locked until the transaction ends."""
    case = locked(case)
    while case.merged_into is not None:
        case = locked(case.merged_into)
    return case


def _message(held: HeldAnswer, case: Case) -> Message:
    said = flows.write(
        case,
        case.person_id,
        held.words,
        author=Message.Author.STAFF,
        channel=Case.Channel.WEB,
        role=held.role,
        writer=held.writer,
    )
    said.written_at, said.masked = held.at, held.masked
    said.came_to = held.case if held.case_id != case.pk else None
    said.save(update_fields=["written_at", "masked", "came_to"])
    for one in held.files.all():
        file = one.file if held.keeper == case.person_id else resealed(one.file, case.person_id)
        Attachment.objects.create(message=said, keeper=case.person_id, file=file, at=said.at)
    return said


def _note(case: Case, held: HeldAnswer) -> None:
    """What an answer changes of its case."""
    now = timezone.now()
    case.answered_at, case.worked_at = case.answered_at or now, now
    case.awaits, case.snoozed_until = Case.Awaits.CUSTOMER, None
    case.assignee = case.assignee or held.writer
    service_levels.wait(case, now)
    case.save(update_fields=["answered_at", "worked_at", "awaits", "snoozed_until", "assignee", "close_by"])
    case.step(Step.Kind.ANSWERED, role=held.role)


def _post(case: Case, said: Message) -> None:
    """By mail, under an id that an answer to it names."""
    thread = flows.thread_of(case)
    letter = mail(
        subject=case.person_id,
        to=case.person.email,
        template="support/mail/answered.txt",
        context={"reference": case.reference, "text": said.words, "address": flows.address_of(case)},
        purpose=case.purpose,
        thread=replace(thread, by_hand=True),
    )
    said.mail_id = f"{letter.pk}@{urlsplit(settings.KEPT_SITE).hostname}"
    said.mail_mark = mark_of(said.mail_id)
    said.save(update_fields=["mail_mark", "mail_id"])
