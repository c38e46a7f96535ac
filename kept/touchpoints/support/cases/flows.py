"""The customer's journeys: a case opened, answered, closed, opened again, rated.

Each is one act and one transaction. What the desk does is in ``at_the_desk``, what mail brings in
``cases/mail_intake``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kept import references
from kept.accounts.models import User
from kept.core.ledger import versions
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.readers import Job, SelfReader, SystemReader
from kept.core.vault.sealing.cards import mask_card_numbers
from kept.core.vault.sealing.sealed_box import Box
from kept.equipment.models import Holding
from kept.outbox.mail import Thread, mail
from kept.people.models import Person
from kept.products.models import Product
from kept.sentences import sentence
from kept.touchpoints.support.cases import service_levels
from kept.touchpoints.support.cases.attachments import File, keep
from kept.touchpoints.support.cases.words import said_in, title_from
from kept.touchpoints.support.models import MAIL_ID, Case, Draft, Message, Note, Step

CLERK = SystemReader(job="support.cases")
CODES, MAILS = Box("support.code"), Box("support.message-id")
SOURCES = {"web": sentence("support case"), "mail": sentence("e-mail"), "phone": sentence("phone call")}


ANSWERED = 10
"""So many mails of a case are named by an answer."""


class NotNow(Exception):
    """The case stands otherwise than the page showed. The message says how."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a case begins with. ``title`` may be empty: then the first line of the text is it."""

    kind: str
    text: str
    topic: str = "other"
    title: str = ""
    severity: str = ""
    product: Product | None = None
    holding: Holding | None = None
    serial: str = ""
    firmware: str = ""
    files: Sequence[File] = ()


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody nobody knows yet, as they call themselves."""

    name: str
    email: str
    language: str
    entity: str


@dataclass(frozen=True, slots=True)
class Opened:
    """``code`` follows the case without an ID; "" for whoever has one. ``masked``: card numbers covered."""

    case: Case
    message: Message
    code: str
    masked: int


def about(reader: Reader, case: Case) -> Any:
    """What an act over a case is bound to: a person to themselves, a job to the case, staff to the matter."""
    if isinstance(reader, SelfReader):
        return reader.subject
    return case if not isinstance(reader, SystemReader) else Job(case.matter_ref)


def open_case(
    *,
    reader: Reader,
    person: Person | Newcomer,
    said: Said,
    channel: str = "web",
    acknowledged: bool = True,
    mail_mark: str | None = None,
    mail_id: str = "",
    suggested: Case | None = None,
    proven: bool = False,
    note: str = "",
    along: Callable[[], None] | None = None,
) -> Opened:
    """A new case with its first message.

    ``reader``: the person for themselves, or the program (``CLERK``) for whoever wrote without an ID. A
    Newcomer becomes a person without an account in the same act. ``proven``: whose address it is wrote this;
    to any other nothing that was typed is repeated, so that nobody writes to strangers through us. ``note``:
    what staff said of it who handed it on. ``along``: what is written in the same transaction. Raises
    FileNotKept and what the gate raises.
    """
    case = Case(reference=references.make("SUP"), kind=said.kind)
    with (
        gate.purpose(
            case.purpose, reader=reader, about=_whose(reader, person, case), source=SOURCES[channel]
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        owner = person if isinstance(person, Person) else _enrolled(person)
        code = "" if User.objects.filter(person=owner).exists() else new_code()
        fill(case, owner, said, channel)
        case.code, case.suggested = (code and mark(case.reference, code)), suggested
        case.save(force_insert=True)
        case.step(Step.Kind.OPENED)
        message = write(
            case,
            owner.pk,
            said.text,
            author=Message.Author.CUSTOMER,
            channel=channel,
            mail_mark=mail_mark,
            mail_id=mail_id,
        )
        keep(message, said.files)
        if isinstance(reader, SelfReader):
            Draft.objects.filter(person=owner, kind=said.kind).delete()
        if acknowledged:
            acknowledge(
                case, owner, code, message.mail_id or "", proven=proven or isinstance(reader, SelfReader)
            )
        if note:
            _note(case, note)
        if along is not None:
            along()
        act.touch(owner.pk, what=sentence("You opened case {reference}", reference=case.reference))
    return Opened(case, message, code, message.masked)


def _whose(reader: Reader, person: Person | Newcomer, case: Case) -> Any:
    return person if isinstance(reader, SelfReader) else Job(case.matter_ref)


def _enrolled(newcomer: Newcomer) -> Person:
    return Person.objects.enrol(
        id=uuid4(),
        name=newcomer.name,
        email=newcomer.email,
        controller=newcomer.entity,
        language=newcomer.language,
    )


def fill(case: Case, owner: Person, said: Said, channel: str) -> None:
    """What a new case is, from what was said. Joins the open act."""
    now = timezone.now()
    case.person, case.entity, case.language = owner, owner.controller, owner.language
    case.market = market_of(owner.controller)
    case.topic, case.severity, case.channel = said.topic, said.severity, channel
    case.product, case.holding = said.product, said.holding
    case.opened_at = case.worked_at = now
    service_levels.set_due(case)
    case.call_it(title_from(covered(said.title or said.text)))
    if said.kind == Case.Kind.SERVICE:
        case.serial, case.firmware = said.serial or None, covered(said.firmware) or None


def market_of(entity: str) -> str:
    """The region of the policy whose cases a company answers."""
    regions = versions.current().policy.company.regions.values()
    return next((one.id for one in regions if one.entity == entity), "")


def new_code() -> str:
    """What opens a case beside its reference: twelve signs (60 bits). Only its keyed hash is kept."""
    return "-".join(references.signs(4) for _part in range(3))


def mark(reference: str, code: str) -> str:
    return CODES.mark(f"{reference}|{code.strip().upper()}")


def covered(text: str) -> str:
    """The text with card numbers masked."""
    return mask_card_numbers(text)[0]


def write(
    case: Case,
    keeper: UUID,
    text: str,
    *,
    author: str,
    channel: str,
    role: str = "",
    writer: UUID | None = None,
    mail_mark: str | None = None,
    mail_id: str = "",
) -> Message:
    """Put a message into a case; card numbers are masked before anything is stored. Joins the open act."""
    masked, cards = mask_card_numbers(text.strip())
    message = Message(
        case=case,
        keeper=keeper,
        author=author,
        channel=channel,
        role=role,
        writer=writer,
        masked=cards,
        mail_mark=mail_mark,
        mail_id=mail_id[:MAIL_ID] or None,
        at=timezone.now(),
        **{said_in(case.kind): masked},
    )
    message.save(force_insert=True)
    return message


def reply(
    *,
    reader: Reader,
    case: Case,
    by: Person,
    text: str,
    files: Sequence[File] = (),
    channel: str = "web",
    mail_mark: str | None = None,
    mail_id: str = "",
    along: Callable[[], None] | None = None,
) -> Message:
    """The customer, or a colleague it is shared with, says more; a closed case is open again by it.

    Staff are not told by mail: the case moves up in their queue. Raises FileNotKept and what the gate raises.
    """
    own = by.pk == case.person_id
    with (
        gate.purpose(case.purpose, reader=reader, about=about(reader, case), source=SOURCES[channel]) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        case = locked(case)
        message = write(
            case,
            by.pk,
            text,
            author=Message.Author.CUSTOMER if own else Message.Author.COLLEAGUE,
            channel=channel,
            mail_mark=mail_mark,
            mail_id=mail_id,
        )
        keep(message, files)
        if along is not None:
            along()
        if case.closed_at is not None:
            _open_again(case)
        else:
            service_levels.go_on(case, timezone.now())
        case.awaits, case.worked_at, case.snoozed_until = Case.Awaits.US, timezone.now(), None
        case.save(update_fields=["awaits", "worked_at", "snoozed_until", "answer_by", "close_by", "clock"])
        act.touch(by.pk, what=sentence("You wrote in case {reference}", reference=case.reference))
    return message


def locked(case: Case) -> Case:
    """The case as it stands now, held until the transaction ends: two at once follow each other."""
    found: Case = Case.objects.select_for_update(of=("self",)).select_related("person").get(pk=case.pk)
    return found


def close(*, reader: Reader, case: Case) -> None:
    """The customer says that it is done. What it opened for staff is closed with it. Raises NotNow."""
    with (
        gate.purpose(case.purpose, reader=reader, about=about(reader, case), source=SOURCES["web"]) as act,
        transaction.atomic(),
    ):
        act.kind = "closed"
        end(locked(case))
        act.touch(case.person_id, what=sentence("You closed case {reference}", reference=case.reference))


def end(case: Case, *, role: str = "") -> None:
    """Close a case that is locked. Joins the open act. Raises NotNow."""
    if case.closed_at is not None:
        raise NotNow(_("This case is closed already."))
    case.closed_at = case.worked_at = timezone.now()
    case.snoozed_until = case.close_by = None
    case.save(update_fields=["closed_at", "worked_at", "snoozed_until", "close_by"])
    case.revealed.filter(until__gt=case.closed_at).update(until=case.closed_at)
    case.step(Step.Kind.CLOSED, role=role)


def reopen(*, reader: Reader, case: Case) -> None:
    """It is not done after all. Raises NotNow."""
    with (
        gate.purpose(case.purpose, reader=reader, about=about(reader, case), source=SOURCES["web"]) as act,
        transaction.atomic(),
    ):
        act.kind = "changed"
        case = locked(case)
        if case.closed_at is None:
            raise NotNow(_("This case is open already."))
        _open_again(case)
        act.touch(
            case.person_id, what=sentence("You opened case {reference} again", reference=case.reference)
        )


def _open_again(case: Case) -> None:
    closed_at, now = case.closed_at, timezone.now()
    case.closed_at, case.awaits, case.worked_at = None, Case.Awaits.US, now
    case.stars = case.rated_at = None
    service_levels.go_on(case, now, closed_at=closed_at)
    case.save(
        update_fields=[
            *("closed_at", "awaits", "worked_at", "stars", "rated_at"),
            *("answer_by", "close_by", "clock"),
        ]
    )
    case.step(Step.Kind.REOPENED)


def rate(*, reader: Reader, case: Case, stars: int) -> None:
    """How it went, from 1 to 5, once it is closed; a second word replaces the first. Raises NotNow."""
    with (
        gate.purpose(case.purpose, reader=reader, about=about(reader, case), source=SOURCES["web"]) as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        case = locked(case)
        if case.closed_at is None:
            raise NotNow(_("A case is rated once it is closed."))
        case.stars, case.rated_at = stars, timezone.now()
        case.save(update_fields=["stars", "rated_at"])
        case.step(Step.Kind.RATED)
        act.touch(case.person_id, what=sentence("You rated case {reference}", reference=case.reference))


def address_of(case: Case) -> str:
    """Where the customer follows it."""
    return settings.KEPT_SITE + reverse("support-case", args=[case.reference])


def _note(case: Case, text: str) -> None:
    """What came with it from somebody of staff, for whoever works on it."""
    made = Note(case=case, keeper=case.person_id, at=case.opened_at)
    setattr(made, said_in(case.kind), covered(text.strip()))
    made.save(force_insert=True)


def thread_of(case: Case) -> Thread:
    """The conversation by mail so far, so that every mail program shows an answer where it belongs. Opens the
    ids of its mails.
    """
    known = case.conversation.exclude(mail_mark=None).order_by("-at")[:ANSWERED]
    ids = [one.mail_id for one in reversed(known) if one.mail_id]
    return Thread(about=case.reference, answers=[f"<{id}>" for id in ids])


def acknowledge(case: Case, owner: Person, code: str, mail_id: str = "", *, proven: bool = False) -> None:
    """Tell its owner by mail, with its code where they have no ID. Joins the open act.

    ``mail_id``: the mail it began with. ``proven``: whose address it is wrote it; else no title is repeated.
    """
    answers = [f"<{mail_id}>"] if mail_id else []
    mail(
        subject=owner.pk,
        to=owner.email,
        template="support/mail/received.txt",
        context={
            "reference": case.reference,
            "title": case.words if proven else "",
            "answer_by": case.answer_by,
            "address": address_of(case),
            "code": code,
        },
        purpose=case.purpose,
        thread=Thread(about=case.reference, answers=answers),
    )
