"""Taking a question or a request in: from the site, from a letter on the desk, or out of another
conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.policy import law
from kept.core.policy.places import Region
from kept.core.policy.verdict import Reader
from kept.core.vault import gate
from kept.core.vault.errors import MatterRequired
from kept.core.vault.readers import SelfReader, StaffReader, SystemReader
from kept.core.vault.sealed_files.files import SealedFile
from kept.people.models import Person
from kept.rights.receipts import flows as receipts
from kept.rights.receipts.models import Receipt
from kept.rights.requests.course import clock, letters
from kept.rights.requests.course.in_text import in_text
from kept.rights.requests.course.references import hash_of, new_code
from kept.rights.requests.course.verbs import PURPOSE, NotYet
from kept.rights.requests.models import Asker, Attachment, Authority, Representative, Request, Step
from kept.sentences import sentence

DOORMAN = SystemReader(job="requests.receive")
_SOURCES = {
    "site": sentence("privacy question"),
    "email": sentence("e-mail"),
    "letter": sentence("letter"),
    "phone": sentence("phone call"),
    "visit": sentence("visit"),
    "agent": sentence("authorised agent"),
    "touchpoint": sentence("another conversation"),
}
_RECEIVED = {
    "site": sentence("Received on the site"),
    "email": sentence("Received by e-mail"),
    "letter": sentence("Received by letter"),
    "phone": sentence("Received on the phone"),
    "visit": sentence("Received in person"),
    "agent": sentence("Received from an authorised agent"),
    "touchpoint": sentence("Recognised in another conversation"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with it: recognised by its bytes before it gets here."""

    name: str
    media_type: str
    content: Any


@dataclass(frozen=True, slots=True)
class ForWhom:
    """Somebody else it is about, as whoever asks names them: ``relation`` as in ``Authority``, ``claim`` what
    shows the right to ask.
    """

    relation: str
    name: str
    email: str = ""
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """``code`` opens the status page beside the reference. It is shown once: only its keyed hash is kept."""

    request: Request
    code: str
    receipt: Receipt


class _Arriving:
    """A request that is just being taken in: there is no row yet for the act to be bound to."""

    matter_open = True

    def __init__(self, reference: str) -> None:
        self.matter_ref = f"request {reference}"


def receive(
    *,
    kind: str,
    text: str,
    channel: str,
    country: str = "",
    region: str = "",
    received_at: datetime | None = None,
    reader: Reader | None = None,
    person: Person | None = None,
    name: str = "",
    email: str = "",
    address: Mapping[str, str] | None = None,
    language: str = "en",
    answer_by: str = "email",
    topic: str = "",
    files: Sequence[Upload] = (),
    source: str = "",
    code: str = "",
    acknowledge: bool = True,
    along: Callable[[Request], None] | None = None,
    for_whom: ForWhom | None = None,
) -> Received:
    """Take it in, by whatever channel it came: the clock runs from ``received_at`` (aware), the real moment
    of receipt.

    ``reader``: a person for themselves, staff who type in a letter, or None for somebody at the site nobody
    knows. ``person`` only where it is sure who asks; anybody else's words are sealed under a key made for
    this request. ``country``: of whom it is about; it decides who answers and whose law counts. ``for_whom``:
    it is about somebody else; ``name``, ``email`` and ``address`` are the asker's even so. ``code``: chosen
    by the caller, so that a form sent twice shows the same. ``along``: what the caller's room keeps beside
    it, in the same transaction: when that raises, nothing was received. Gives a receipt, the day it is due,
    and an acknowledgement where that is wanted. Raises NotYet for a receipt in the future, FileNotKept, and
    what the gate raises.
    """
    request, code = _fresh(kind, channel, received_at, code)
    asker = reader.subject if isinstance(reader, SelfReader) else None
    if for_whom is not None and asker is not None:
        # Nobody is known by their own session when they ask for somebody else: the program takes it in.
        reader = DOORMAN
    elif asker is not None and person is None:
        person = Person.objects.filter(pk=asker).first()
    request.language, request.answer_by, request.topic, request.source = language, answer_by, topic, source
    request.person, request.keeper = person, person.pk if person else uuid4()
    about: Any = person if isinstance(reader, SelfReader) else _Arriving(request.reference)
    with (
        gate.purpose(
            PURPOSE, reader=reader or DOORMAN, about=about, source=source or _SOURCES[channel]
        ) as act,
        transaction.atomic(),
    ):
        act.kind = "asked"
        _place(request, country or _country_of(person), region, person)
        if person is None:
            Asker.enrol(request.keeper, request.controller)
        request.text = text
        said = _Words(name, email, address)
        (_Words(for_whom.name, for_whom.email) if for_whom else said).put_into(request)
        _record(request, act.reader, files, along)
        _represent(request, for_whom, said, asker)
        receipt = _receipt(request, act.id)
        if acknowledge:
            letters.acknowledge(
                request, code="" if isinstance(reader, SelfReader) else code, receipt=receipt.number
            )
        act.touch(request.keeper, what=_told(request))
    return Received(request, code, receipt)


def _told(request: Request) -> str:
    """What the timeline of whoever asked says of it."""
    return sentence(
        "You asked us something: {kind}, {reference}",
        kind=in_text(request.get_kind_display()),
        reference=request.reference,
    )


def _fresh(kind: str, channel: str, received_at: datetime | None, code: str) -> tuple[Request, str]:
    """The row, not saved yet, and the code that opens its status page: the caller's, or a new one.

    Raises NotYet.
    """
    now = timezone.now()
    if received_at and received_at > now:
        raise NotYet(_("It cannot have been received in the future. Enter the day it arrived."))
    request, code = (
        Request(kind=kind, channel=channel, received_at=received_at or now, recorded_at=now),
        code or new_code(),
    )
    request.code = hash_of(request.reference, code)
    return request, code


@dataclass(frozen=True, slots=True)
class _Words:
    """How somebody is called, and where they are reached, as they said it."""

    name: str
    email: str
    address: Mapping[str, str] | None = None

    def put_into(self, row: Request | Representative) -> None:
        row.name, row.email, row.address = (
            self.name or None,
            self.email or None,
            dict(self.address) if self.address else None,
        )


def _represent(request: Request, whom: ForWhom | None, words: _Words, asker: UUID | None) -> None:
    """Who asks, and by what right as they say. ``asker``: who they are where they are signed in."""
    if whom is None:
        return
    keeper = asker or uuid4()
    if asker is None:
        Asker.enrol(keeper, request.controller)
    one = Representative(request=request, keeper=keeper)
    words.put_into(one)
    one.save(force_insert=True)
    Authority(request=request, relation=whom.relation, who=words.name or None, claim=whom.claim or None).save(
        force_insert=True
    )
    gate.current().touch(
        keeper,
        what=sentence("You asked us something for somebody else, {reference}", reference=request.reference),
    )


def recognise(
    *,
    by: StaffReader,
    about: Any,
    person: Person,
    kind: str,
    text: str,
    channel: str,
    received_at: datetime | None = None,
    source: str,
) -> Request:
    """A message that came in another conversation is a request: the clock has run since it was received.

    ``about``: the open matter it came in. Staff there may not read what they hand over, so the program seals
    it in the person's name.
    """
    if getattr(about, "matter_open", False) is not True:
        raise MatterRequired(_("This matter is closed. Open a new one to go on."))
    reader = SystemReader(job="requests.recognise", entity=by.entity)
    return receive(
        kind=kind,
        text=text,
        channel=channel,
        received_at=received_at,
        reader=reader,
        person=person,
        language=person.language,
        source=source,
    ).request


def _place(request: Request, country: str, region: str, person: Person | None) -> None:
    """Who answers, whose law counts, and until when.

    The law follows the person; of whom no country is known, the seat of who answers.
    """
    company = versions.current().policy.company
    where: Region = company.regions.get(region) or _home(person, country)
    request.region = where.id
    request.jurisdiction = law.jurisdiction_of(country or company.entities[where.entity].country)
    request.due = request.first_due = request.term.first


def _home(person: Person | None, country: str) -> Region:
    company = versions.current().policy.company
    if person is not None and not country:
        return next(
            (one for one in company.regions.values() if one.entity == person.controller),
            company.region_of("*"),
        )
    return company.region_of(country or "*")


def _country_of(person: Person | None) -> str:
    return str(person.country or "") if person is not None else ""


def _record(
    request: Request, reader: Reader, files: Sequence[Upload], along: Callable[[Request], None] | None
) -> None:
    request.save(force_insert=True)
    keep_files(request, files)
    request.note(
        Step.Kind.RECEIVED,
        role=reader.role,
        entity=reader.entity,
        what=_RECEIVED[request.channel],
        until=request.due,
    )
    if along is not None:
        along(request)


def keep_files(request: Request, files: Sequence[Upload], *, step: Step | None = None) -> None:
    """``step``: the message they came with, where it is not the first."""
    assert request.keeper is not None
    for one in files:
        file = SealedFile.write(
            request.keeper,
            one.content,
            category="rights.request",
            name=one.name,
            media_type=one.media_type,
            limit=settings.KEPT_UPLOAD_LIMIT,
        )
        Attachment.objects.create(request=request, step=step, file=file)


def _receipt(request: Request, act: UUID) -> Receipt:
    where = request.where
    return receipts.give(
        "request",
        controller=where.entity,
        act=act,
        purposes=[PURPOSE],
        more={
            sentence("Reference"): request.reference,
            sentence("What was asked"): request.get_kind_display(),
            sentence("Received on"): clock.day(request.received_at, where).isoformat(),
            sentence("Answer due on"): request.due.isoformat(),
        },
    )
