"""Mail from the mailroom: what answers a case, and what was written to the addresses of support and sales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.translation import gettext as _

from kept.accounts.models import StaffMember
from kept.core.ledger import versions
from kept.mailroom import takers
from kept.mailroom.own_addresses import own_addresses
from kept.mailroom.reading.forwarded_mail import FORWARDED, FirstMail, first_mail
from kept.mailroom.takers import Claim, Settle, Strength, mail_taker
from kept.sentences import sentence
from kept.touchpoints.support.cases import topics
from kept.touchpoints.support.cases.attachments import File, NotTaken, read
from kept.touchpoints.support.cases.flows import covered
from kept.touchpoints.support.cases.mail_intake import REFERENCE, Mail, case_of, mark_of, take_in_mail
from kept.touchpoints.support.cases.words import TEXT
from kept.touchpoints.support.models import Message

REST = sentence("the rest of a long text")
LONGEST = 50_000
"""Characters of one message; of a longer mail the rest is left out, and said."""


def claims(mail: takers.Mail) -> Claim | None:
    """What answers a case, and what was sent to one of our addresses; an echo of our own mail never."""
    if mail.letter.sender in own_addresses(versions.current().policy.company):
        return None
    if case_of(_read(mail, files=())) is not None:
        return Claim(Strength.MATTER)
    ours = _inbox("KEPT_SUPPORT_MAIL") | _inbox("KEPT_SALES_MAIL")
    return Claim(Strength.ADDRESS) if mail.recipients & ours else None


def _inbox(setting: str) -> frozenset[str]:
    return frozenset(getattr(settings, setting))


@mail_taker("cases", title=sentence("Cases"), roles=("support", "sales"), claims=claims)
def take_in(mail: takers.Mail, settle: Settle) -> None:
    """Whoever is not proven to be who they say opens a case of their own, which waits for an agent's look."""
    left_out: list[str] = []
    with translation.override(_language(mail)):
        files = tuple(_files(mail, left_out))
        read_ = _read(mail, files=files, left_out=left_out, settle=settle)
    first = _forwarded(mail)
    take_in_mail(_of_the_first(read_, first) if first is not None else read_)


def _forwarded(mail: takers.Mail) -> FirstMail | None:
    """The mail that somebody of staff hands on. None for any other, and where it is not clear who sent it:
    then it is a case of theirs, and whoever works on it sees both.
    """
    letter = mail.letter
    if not mail.proven or letter.automatic or not _is_staff(letter.sender):
        return None
    found = letter.inner or (first_mail(letter.text) if FORWARDED.match(letter.subject) else None)
    ours = own_addresses(versions.current().policy.company) | {letter.sender}
    return None if found is None or found.sender in ours or _is_staff(found.sender) else found


def _is_staff(address: str) -> bool:
    return StaffMember.objects.working().filter(user__email__iexact=address).exists()


def _of_the_first(mail: Mail, first: FirstMail) -> Mail:
    """As whoever first sent it; what the member of staff wrote above goes into a note. Nobody vouches for it
    but the member of staff, so it joins no case by itself.
    """
    named = REFERENCE.search(mail.heading)
    return replace(
        mail,
        about=mail.about or (named[0] if named else ""),
        sender=first.sender,
        name=first.name,
        heading=first.subject or mail.heading,
        text=covered(first.text)[:LONGEST] or mail.text,
        note=covered(first.comment)[:TEXT],
        authenticated=False,
        vouched=True,
    )


def _read(
    mail: takers.Mail,
    *,
    files: tuple[File, ...],
    left_out: list[str] | None = None,
    settle: Settle | None = None,
) -> Mail:
    letter = mail.letter
    whole = covered(letter.text)
    said = whole[:LONGEST]
    more = [
        *letter.left_out,
        *(left_out or ()),
        *([REST] if said != whole else ()),
    ]
    text = "\n\n".join([said, *(_("[Left out: {what}]").format(what=one) for one in more[:20])]).strip()
    own = mail.conversation[-1] if mail.conversation else ""
    # Another mail under a name that is known is another mail: it must not be taken for the one before.
    known = not own or Message.objects.filter(mail_mark=mark_of(own)).exists()
    return Mail(
        sender=letter.sender,
        name=letter.name,
        heading=letter.subject,
        text=text,
        message_id=f"{mail.id}@mailroom" if known else own,
        authenticated=mail.proven,
        automatic=bool(letter.automatic),
        answers=tuple(reversed(mail.conversation[:-1])),
        language=_language(mail),
        kind=topics.SALES if mail.recipients & _inbox("KEPT_SALES_MAIL") else topics.SERVICE,
        files=files,
        about=next((one for one in mail.answers if REFERENCE.fullmatch(one)), ""),
        along=settle,
    )


def _language(mail: takers.Mail) -> str:
    return (mail.letter.languages or ("en",))[0].partition("-")[0]


def _files(mail: takers.Mail, left_out: list[str]) -> Iterator[File]:
    for one in mail.letter.enclosed:
        try:
            yield read(ContentFile(one.content, name=one.name))
        except NotTaken as no:
            left_out.append(str(no))
