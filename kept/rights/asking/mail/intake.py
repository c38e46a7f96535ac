"""An e-mail to the published address becomes a question, or is added to the one it names.

Once, whoever sends it again.

A From address proves nothing: what came by mail is nobody's until a code says otherwise, and whatever is
answered goes to an address, not to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.places import Company
from kept.core.vault.readers import SystemReader
from kept.people.mailboxes import canonical
from kept.rights.asking import flows
from kept.rights.asking.guards import limits
from kept.rights.asking.mail import unsorted
from kept.rights.asking.mail.mail_parser import Enclosed, Letter, incoming, read
from kept.rights.asking.models import ARRIVALS
from kept.rights.requests import flows as requests
from kept.rights.requests.models import Request
from kept.sentences import sentence

POSTMAN = SystemReader(job="asking.intake")
LONGEST = 7_500
"""In characters, of what the desk reads at once; of a longer mail all of it comes as a file."""
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
    letter = read(
        mail, now=now or timezone.now(), ours=ours(company), host=urlsplit(settings.KEPT_SITE).hostname or ""
    )
    mark = ARRIVALS.mark(letter.identity or mail.digest)
    before = flows.arrived(mark)
    if before is not None:
        return Result(BEFORE, before)
    if letter.automatic:
        # Answered by nobody, and read by somebody.
        unsorted.hold(letter, mark=mark, region=_region(letter, company))
        return Result(NOBODYS, why=letter.automatic)
    return _added(letter, mark) or _new(letter, mark, company)


def ours(company: Company) -> frozenset[str]:
    """The addresses we write from: what comes from them is an echo."""
    found = {
        company.published_email,
        settings.KEPT_MAIL_FROM,
        *(region.controller.email for region in company.regions.values()),
    }
    return frozenset(canonical(one) for one in found if one)


def _added(letter: Letter, mark: str) -> Result | None:
    """To the open request whose reference it carries; None when there is none.

    A closed one is answered, and what comes now is new.
    """
    for reference in letter.references:
        request = (
            Request.objects.open().exclude(keeper=None).filter(reference=reference, answered_at=None).first()
        )
        if request is None:
            continue
        try:
            requests.add(
                request=request,
                by=POSTMAN,
                text=text_of(letter, whose=True),
                what=sentence("An e-mail was added; its sender is not proven"),
                files=files_of(letter),
                along=lambda row: flows.keep(mark, row),
            )
        except requests.NotYet:
            continue  # the desk closed it this very moment
        return Result(ADDED, request)
    return None


def _new(letter: Letter, mark: str, company: Company) -> Result:
    taken = flows.once(
        mark,
        lambda along: requests.receive(
            kind="question",
            channel="email",
            text=text_of(letter),
            received_at=letter.received_at,
            name=letter.name,
            email=letter.sender,
            region=_region(letter, company),
            language=language_of(letter, company),
            files=files_of(letter),
            along=along,
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
        *(f"[Left out: {what}]" for what in letter.left_out[:20]),
    ]
    return "\n\n".join(line for line in lines if line)


def files_of(letter: Letter) -> list[requests.Upload]:
    whole = (
        [Enclosed("whole-mail.txt", "text/plain", letter.text.encode())] if len(letter.text) > LONGEST else []
    )
    return [
        requests.Upload(one.name, one.media_type, iter([one.content])) for one in (*letter.enclosed, *whole)
    ]


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
