"""A received mail becomes a case, or a message of a case.

This is the door for the room that receives mail: it parses, authenticates and limits; here is decided whose
words they are and where they belong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import F

from kept.accounts.limits.rate_limits import letter_box
from kept.core.ledger import versions
from kept.core.vault import gate
from kept.core.vault.readers import Job
from kept.people.mailboxes import canonical
from kept.people.models import Person
from kept.references import ALPHABET
from kept.touchpoints.support.cases import flows, limits, topics
from kept.touchpoints.support.cases.attachments import File
from kept.touchpoints.support.cases.words import TITLE
from kept.touchpoints.support.models import Case, Message

MOST = 20
"""Of several with one address, so many are looked at."""
REFERENCE = re.compile(rf"\bSUP-[0-9]{{4}}-[{ALPHABET}]{{6}}\b", re.IGNORECASE)
_ANSWERED = re.compile(r"^\s*(?:(?:re|aw|wg|fw|fwd|tr|antw|sv|betr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One received mail, read and limited: ``text`` is plain, ``files`` were looked at.

    ``authenticated``: DMARC says that ``sender`` sent it. ``automatic``: nobody wrote it (RFC 3834), so
    nothing is sent back. ``answers``: the Message-IDs in In-Reply-To and References, newest first. ``kind``:
    which inbox took it, "service" or "sales". ``about``: the reference of a mail of ours that it answers.
    ``vouched``: somebody of staff handed it on, and says that ``sender`` sent it; ``note`` is what they wrote
    of it. ``along``: what is written in the transaction that takes it in.
    """

    sender: str
    text: str
    message_id: str
    heading: str = ""
    name: str = ""
    authenticated: bool = False
    automatic: bool = False
    answers: Sequence[str] = ()
    language: str = "en"
    kind: str = topics.SERVICE
    files: Sequence[File] = ()
    about: str = ""
    vouched: bool = False
    note: str = ""
    along: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """``fresh``: False for a mail that had come before. ``opened``: it began a case of its own.

    ``waits``: it names a case of somebody, and nobody vouches for who sent it: an agent decides.
    """

    case: Case
    message: Message
    fresh: bool = True
    opened: bool = False
    waits: bool = False


def take_in_mail(mail: Mail) -> Taken:
    """Turn a received mail into a message of the case it answers, or into a case; once for each Message-ID.

    It joins a case only where its sender is authenticated, and is the owner or a colleague the case is shared
    with; else it becomes a case of its own that waits for an agent's look. An authenticated sender whom we
    know by their address is that person; anybody else becomes a person without an account. Call it outside a
    transaction; when it raises, nothing was kept. Raises FileNotKept and what the gate raises.
    """
    before = Message.objects.filter(mail_mark=mark_of(mail.message_id)).select_related("case__person").first()
    if before is not None:
        return Taken(before.case, before, fresh=False)
    case = case_of(mail)
    sender = _known(mail, case) if mail.authenticated or mail.vouched else None
    if case is not None and sender is not None and mail.authenticated and _belongs(case, sender):
        return Taken(case, add_message(case=case, by=sender, mail=mail))
    said = flows.Said(
        kind=mail.kind, text=mail.text or mail.heading, title=_title(mail.heading), files=mail.files
    )
    opened = flows.open_case(
        reader=flows.CLERK,
        person=sender or _newcomer(mail),
        said=said,
        channel="mail",
        acknowledged=not mail.automatic and limits.MAILS.spend(letter_box(mail.sender)),
        mail_mark=mark_of(mail.message_id),
        mail_id=named(mail.message_id),
        suggested=case,
        proven=mail.authenticated,
        note=mail.note,
        along=mail.along,
    )
    return Taken(opened.case, opened.message, opened=True, waits=case is not None)


def add_message(*, case: Case, by: Person, mail: Mail) -> Message:
    """A mail of the owner, or of a colleague it is shared with, as a message of this case."""
    return flows.reply(
        reader=flows.CLERK,
        case=case,
        by=by,
        text=mail.text,
        files=mail.files,
        channel="mail",
        mail_mark=mark_of(mail.message_id),
        mail_id=named(mail.message_id),
        along=mail.along,
    )


def named(message_id: str) -> str:
    """A Message-ID as an answer names it; "" for one that would break a header."""
    plain = message_id.strip().strip("<>")
    return plain if re.fullmatch(r"[!-;=?-~]+@[!-;=?-~]+", plain) else ""


def mark_of(message_id: str) -> str:
    """The keyed hash by which a Message-ID is known again: a message keeps it, an answer is found by it."""
    return flows.MAILS.mark(message_id.strip().strip("<>"))


def case_of(mail: Mail) -> Case | None:
    """The case a mail answers: by the mails it answers, or by the reference in its subject."""
    marks = [mark_of(one) for one in mail.answers if one]
    answered = (
        Message.objects.filter(mail_mark__in=marks).select_related("case__person").order_by("-at").first()
    )
    named = REFERENCE.search(mail.heading) or REFERENCE.search(mail.about)
    case = answered.case if answered else Case.objects.called(named[0]) if named else None
    while case is not None and case.merged_into is not None:
        case = case.merged_into
    return case


def _belongs(case: Case, sender: Person) -> bool:
    return sender.pk == case.person_id or (not case.confidential and case.shared_with(sender.pk))


def _known(mail: Mail, case: Case | None) -> Person | None:
    """Who has this address: of several, whose case it answers, and the one with an ID before those without.
    Whoever writes twice without an ID is two persons with one address.
    """
    with gate.purpose(topics.PURPOSE_OF[mail.kind], reader=flows.CLERK, about=Job("support.mail: sender")):
        known = Person.objects.find(email=canonical(mail.sender)).select_related("account")
        found = list(known.order_by(F("account").asc(nulls_last=True), "pk")[:MOST])
    belong = [one for one in found if case is not None and _belongs(case, one)]
    return next(iter(belong or found), None)


def _newcomer(mail: Mail) -> flows.Newcomer:
    company = versions.current().policy.company
    language = mail.language if mail.language in company.languages else company.languages[0]
    return flows.Newcomer(
        name=flows.covered(mail.name.strip())[:200] or mail.sender.partition("@")[0],
        email=mail.sender.strip(),
        language=language,
        entity=company.region_of("*").entity,
    )


def _title(heading: str) -> str:
    # Covered before it is cut: what is left of a card number would not look like one.
    plain = flows.covered(" ".join(_ANSWERED.sub("", heading).split()))
    return plain if len(plain) <= TITLE else plain[: TITLE - 1] + "…"
