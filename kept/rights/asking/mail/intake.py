"""An e-mail to the published address becomes a question, or is added to the one it names.

Once, whoever sends it again.

A From address proves nothing: what came by mail is nobody's until a code says otherwise, and whatever is
answered goes to an address, not to a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.places import Company
from kept.core.vault.readers import SystemReader
from kept.mailroom.own_addresses import own_addresses, own_host
from kept.mailroom.reading.mail_parser import OTHER, Enclosed, Letter, incoming, read
from kept.people.mailboxes import canonical
from kept.rights.asking import flows
from kept.rights.asking.guards import limits
from kept.rights.asking.mail import unsorted
from kept.rights.asking.models import ARRIVALS
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request
from kept.sentences import sentence

POSTMAN = SystemReader(job="asking.intake")
REFERENCE = re.compile(r"\bQ-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b", re.IGNORECASE)
LONGEST = 7_500
"""In characters, of what the desk reads at once; of a longer mail all of it comes as a file."""
NOT_PROVEN = sentence("an answer from a sender who is not proven")
NEW, ADDED, BEFORE, NOBODYS = "taken in", "added", "taken in before", "not taken in"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one mail. ``why`` is said of what was not taken in; it holds nothing of the mail."""

    what: str
    request: Request | None = None
    why: str = ""


def take_in(raw: bytes | BinaryIO, *, now: datetime | None = None) -> Result:
    """Raises NoLetter for what is none, and whatever the database raises: then nothing was taken in, and it
    can be sent again.
    """
    company = versions.current().policy.company
    mail = incoming(BytesIO(raw) if isinstance(raw, bytes) else raw)
    letter = read(mail, now=now or timezone.now(), ours=own_addresses(company), host=own_host())
    return take(Arriving(letter, ARRIVALS.mark(letter.identity or mail.digest)))


@dataclass(frozen=True, slots=True)
class Arriving:
    """A mail on its way into a request.

    ``mark``: what makes a second copy the same. ``proven``: whether its sender is, None where nobody asked.
    ``named``: references it carries beside its words. ``settle``: what else is to be written in the
    transaction that takes it in.
    """

    letter: Letter
    mark: str
    proven: bool | None = None
    named: tuple[str, ...] = ()
    settle: Callable[[], None] = lambda: None

    @property
    def references(self) -> list[str]:
        return list(dict.fromkeys((*self.named, *self.letter.references(REFERENCE))))

    def keep(self, request: Request) -> None:
        flows.keep(self.mark, request)
        self.settle()


def take(mail: Arriving) -> Result:
    """Raises whatever the database raises: then nothing was taken in."""
    letter, company = mail.letter, versions.current().policy.company
    before = flows.arrived(mail.mark)
    if before is not None:
        return Result(BEFORE, before)
    # Answered by nobody, and read by somebody.
    why = letter.automatic or (NOT_PROVEN if mail.proven is False and next(open_request(mail), None) else "")
    if why:
        with transaction.atomic():
            unsorted.hold(letter, why=why, mark=mail.mark, region=_region(letter, company))
            mail.settle()
        return Result(NOBODYS, why=why)
    return _added(mail) or _new(mail, company)


def open_request(mail: Arriving) -> Iterator[Request]:
    """The open requests whose reference it carries."""
    for reference in mail.references:
        waiting = Request.objects.open().exclude(keeper=None).filter(reference=reference, answered_at=None)
        yield from waiting[:1]


def _added(mail: Arriving) -> Result | None:
    """To the open request whose reference it carries; None when there is none.

    A closed one is answered, and what comes now is new.
    """
    letter, said = mail.letter, sentence("An e-mail was added; its sender is not proven")
    if mail.proven:
        said = sentence("An e-mail was added; it is signed by the domain of its sender")
    for request in open_request(mail):
        try:
            requests.add(
                request=request,
                by=POSTMAN,
                text=text_of(letter, whose=True),
                what=said,
                files=files_of(letter),
                along=mail.keep,
            )
        except requests.NotYet:
            continue  # the desk closed it this very moment
        return Result(ADDED, request)
    return None


def _new(mail: Arriving, company: Company) -> Result:
    letter = mail.letter

    taken = flows.once(
        mail.mark,
        lambda _: requests.receive(
            kind="question",
            channel="email",
            text=text_of(letter),
            received_at=letter.received_at,
            name=letter.name,
            email=letter.sender,
            region=_region(letter, company),
            language=language_of(letter, company),
            files=files_of(letter),
            along=mail.keep,
            # Whoever is named as its sender may know nothing of it: a few mails a day, and no more.
            acknowledge=limits.MAILS.spend(limits.letter_box(letter.sender)),
        ),
    )
    return Result(NEW if taken.receipt else BEFORE, taken.request)


def text_of(letter: Letter, *, whose: bool = False) -> str:
    """Subject, text, and a line for each thing that was left out.

    ``whose``: with the address it says it came from.
    """
    text = letter.text
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n[All of it is in the file whole-mail.txt]"
    doubt = f"[{letter.doubt}]" if letter.doubt and not whose else ""
    lines = [
        f"From: {letter.sender}" if whose else "",
        letter.subject,
        text,
        doubt,
        *(f"[Left out: {what}]" for what in [*_not_taken(letter), *letter.left_out][:20]),
    ]
    return "\n\n".join(line for line in lines if line)


def files_of(letter: Letter) -> list[requests.Upload]:
    whole = (
        [Enclosed("whole-mail.txt", "text/plain", letter.text.encode())] if len(letter.text) > LONGEST else []
    )
    taken = [one for one in letter.enclosed if one.media_type != OTHER]
    return [requests.Upload(one.name, one.media_type, iter([one.content])) for one in (*taken, *whole)]


def _not_taken(letter: Letter) -> list[str]:
    return [f"{one.name}: no PDF, JPG, PNG or WebP" for one in letter.enclosed if one.media_type == OTHER]


def _region(letter: Letter, company: Company) -> str:
    """Where it was sent to, if that is one region's own address; else that of this site.

    The desk can pass it on, and no day is lost.
    """
    found = [
        region.id for region in company.regions.values() if canonical(region.controller.email) in letter.to
    ]
    here = [region.id for region in company.regions.values() if region.site.rstrip("/") == settings.KEPT_SITE]
    return found[0] if len(found) == 1 else (*here, *found, *company.regions)[0]


def language_of(letter: Letter, company: Company) -> str:
    spoken = {code for region in company.regions.values() for code in region.controller.languages}
    return next(
        (one for code in letter.languages if (one := code.partition("-")[0]) in spoken), company.languages[0]
    )
