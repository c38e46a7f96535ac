"""One e-mail as it came (RFC 5322), read so that nothing in it can hurt: whatever bytes arrive, there is a
letter or a NoLetter.

Who it says it is from is a claim, and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from kept.mailroom.reading import text_extraction
from kept.mailroom.reading.forwarded_mail import FirstMail
from kept.mailroom.reading.mail_stream import Decoded, Incoming, read_incoming
from kept.mailroom.reading.safe_html import safe_html
from kept.people.mailboxes import canonical
from kept.portal.form_parts import uploads
from kept.sentences import sentence

LARGEST = 40_000_000
"""In bytes; what is beyond is left out, and said. Mail servers stop at 10 to 35 MB."""
LONGEST_HEAD, LONGEST_TEXT, LINES = 200_000, 1_000_000, 1_000_000
BOUNDARIES = 20
"""A reader of MIME compares each line with every boundary around it: more of them, or more lines, are made to
keep it busy.
"""
ENCLOSED, PARTS, DEEPEST = 5, 200, 20
FURTHER = sentence("further parts")
OTHER = "application/octet-stream"
"""A file that is no PDF and no picture: whoever the mail is for says whether they take it."""
ON_ITS_WAY = timedelta(days=5)
"""A mail server gives up after four to five days (RFC 5321, 4.5.4.1): no date of a letter that lies further
back is believed.
"""
OLDEST = timedelta(days=90)
"""A mail that says a server of ours took it in longer ago than this was stamped by a clock that is wrong."""
AHEAD = timedelta(minutes=10)
_BOUNDARY = re.compile(rb"boundary\s{0,4}=", re.IGNORECASE)
_BULK = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES = re.compile(r"(?:mailer-daemon|no-?reply|do-?not-?reply)(?:[+-].*)?@", re.IGNORECASE)


class NoLetter(Exception):
    """Nobody could be answered, or nothing is said. The message says which."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """``doubt``: why it counts from the moment it was taken in, "" otherwise.

    ``automatic``: why no human wrote it, "" otherwise. ``page``: its first HTML, safe to show. ``identity``:
    what makes two copies of it the same letter.
    """

    sender: str
    name: str
    subject: str
    text: str
    received_at: datetime
    doubt: str
    to: frozenset[str]
    languages: tuple[str, ...]
    identity: str
    automatic: str
    page: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    left_out: tuple[str, ...] = ()
    inner: FirstMail | None = None
    """A mail that is enclosed as one, as forwarding does it."""

    def references(self, form: re.Pattern[str]) -> list[str]:
        """References of ours in this form, those of the subject first; a few, so that a letter full of
        guesses is no search.
        """
        found = form.findall(self.subject) + form.findall(self.text[:20_000])
        return list(dict.fromkeys(one.upper() for one in found))[:3]


def incoming(stream: BinaryIO) -> Incoming:
    """A mail as it comes, as much of it as is read."""
    return read_incoming(stream, most=max(LARGEST, settings.KEPT_MAIL_LIMIT), limit=uploads.limit())


def read(
    raw: bytes | Incoming,
    *,
    now: datetime,
    ours: frozenset[str] = frozenset(),
    host: str = "",
) -> Letter:
    """``ours``: the addresses we write from; ``host``: the one our Message-IDs end in. Raises NoLetter."""
    mail = incoming(BytesIO(raw)) if isinstance(raw, bytes) else raw
    contents = _Contents(mail.files)
    if mail.cut:
        contents.left_out.append(
            sentence("all that came after the first {size}", size=uploads.megabytes(LARGEST))
        )
    message = _parsed(mail, contents)
    sender, name = _sender(message)
    subject = text_extraction.header(_raw(message, "Subject"))[:300]
    text = "" if contents.unreadable else text_extraction.tidy("\n\n".join(contents.texts(message)))
    if not (text or subject or contents.enclosed):
        raise NoLetter("The mail says nothing: no subject, no text, no file we can take.")
    received_at, doubt = _received(message, now)
    return Letter(
        sender=sender,
        name=name,
        subject=subject,
        text=text,
        received_at=received_at,
        doubt=doubt,
        to=frozenset(_addresses(message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")),
        languages=tuple(
            one.strip().lower()[:8] for one in _raw(message, "Content-Language").split(",") if one.strip()
        ),
        identity=(
            f"{sender}\n{_raw(message, 'Message-ID').strip()[:500]}"
            if _raw(message, "Message-ID").strip()
            else ""
        ),
        automatic=_automatic(message, sender, ours, host),
        page=contents.page,
        enclosed=tuple(contents.enclosed),
        left_out=tuple(contents.left_out),
        inner=contents.inner,
    )


def _parsed(mail: Incoming, contents: _Contents) -> Message:
    """The whole message; of one built to keep a parser busy, its head alone."""
    raw = mail.text
    head = re.split(rb"\r?\n\r?\n", raw[: LONGEST_HEAD + 4], maxsplit=1)[0]
    if len(head) < LONGEST_HEAD and mail.lines < LINES and len(_BOUNDARY.findall(raw)) <= BOUNDARIES:
        try:
            return message_from_bytes(raw, policy=policy.compat32)
        except (RecursionError, ValueError, LookupError, TypeError):
            pass  # what Python's own parser stumbles over is read without its parts
    contents.unreadable = True
    contents.left_out.append(sentence("the whole content, whose form no mail program makes"))
    return BytesParser(policy=policy.compat32).parse(BytesIO(head[:LONGEST_HEAD] + b"\n\n"), headersonly=True)


def _raw(message: Message, name: str) -> str:
    """The first header of that name as its bytes came, stray ones included."""
    return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _addresses(message: Message, *names: str) -> list[str]:
    values = [
        str(value)[:20_000]
        for key, value in message.raw_items()
        if key.lower() in {name.lower() for name in names}
    ]
    return [address for _, address in _pairs(values[:20])]


def _pairs(values: list[str]) -> list[tuple[str, str]]:
    """(name, address), of the addresses a mail could be sent to."""
    try:
        found = getaddresses([value.replace("\r", " ").replace("\n", " ") for value in values])
    except (ValueError, IndexError, TypeError, RecursionError):
        return []
    return [(name, canonical(address)) for name, address in found if _valid(address)]


def _valid(address: str) -> bool:
    try:
        EmailValidator()(address)
    except ValidationError:
        return False
    return len(address) <= 254 and address.isprintable()


def _sender(message: Message) -> tuple[str, str]:
    """Whom an answer would reach, and what they call themselves. Raises NoLetter."""
    for name in ("From", "Reply-To", "Sender", "Return-Path"):
        pairs = _pairs([_raw(message, name)[:20_000]])
        if pairs:
            return pairs[0][1], text_extraction.header(pairs[0][0])[:200]
    raise NoLetter("The mail names no sender whom an answer could reach.")


def _received(message: Message, now: datetime) -> tuple[datetime, str]:
    """When it reached us: the date of the last mail server, at the top.

    The sender's own Date stands in, as far as mail may be on its way.

    Never after now, and not longer ago than ``OLDEST``: no clock that is wrong, and no sender's, makes a
    request late, or a promise broken. Returns the moment, and one sentence where the stated one was not
    believed.
    """
    passed = _moment(_raw(message, "Received").rpartition(";")[2])
    if passed is not None and not now - OLDEST <= passed <= now + AHEAD:
        return (
            now,
            (
                f"Its date of arrival, {passed:%-d %B %Y}, cannot be right: the clock runs from the moment it"
                " was taken in"
            ),
        )
    if passed is not None:
        return min(passed, now), ""
    sent = _moment(_raw(message, "Date"))
    return (min(max(sent, now - ON_ITS_WAY), now) if sent else now), ""


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(" ".join(text.split())[:200])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _automatic(message: Message, sender: str, ours: frozenset[str], host: str) -> str:
    """Why it is answered by nobody: whoever answers a machine is answered by it (RFC 3834, 2)."""
    said = {
        name: _raw(message, name).strip().lower()
        for name in ("Auto-Submitted", "Precedence", "Return-Path", "Message-ID")
    }
    marks = {key.lower() for key, _ in message.raw_items()}
    checks = (
        (said["Auto-Submitted"] not in {"", "no"}, sentence("an automatic reply")),
        (said["Precedence"] in _BULK or bool(marks & {"list-id", "list-post"}), sentence("mail of a list")),
        (
            said["Return-Path"] == "<>" or message.get_content_type() == "multipart/report",
            sentence("a report of a mail server"),
        ),
        (bool(marks & {"x-autoreply", "x-autorespond", "x-loop"}), sentence("an automatic reply")),
        (bool(host) and said["Message-ID"].endswith(f"@{host.lower()}>"), sentence("a mail of our own")),
        (sender in ours, sentence("a mail of our own")),
        (bool(_MACHINES.match(sender)), sentence("mail nobody reads the answer to")),
    )
    return next((why for holds, why in checks if holds), "")


class _Contents:
    """What a message holds, part by part: its files, and a line for each thing that was left out."""

    def __init__(self, files: Mapping[str, Decoded]) -> None:
        self._files = files
        self.enclosed: list[Enclosed] = []
        self.left_out: list[str] = []
        self.unreadable = False
        self.page = ""
        self.inner: FirstMail | None = None
        self._parts = 0

    def texts(self, part: Message, depth: int = 0) -> list[str]:
        """Its texts in order, of alternatives the first that says anything; files are taken from all of
        them.
        """
        self._parts += 1
        if self._parts > PARTS or depth > DEEPEST:
            if FURTHER not in self.left_out:
                self.left_out.append(FURTHER)
            return []
        # Only of what has parts: of a text it would decode by whatever the letter calls a charset.
        below = part.get_payload() if part.is_multipart() else None
        if not isinstance(below, list):
            return self._leaf(part)
        found = [self.texts(one, depth + 1) for one in below if isinstance(one, Message)]
        enclosed = next((one for one in below if isinstance(one, Message)), None)
        if part.get_content_type() == "message/rfc822" and enclosed is not None and self.inner is None:
            self.inner = _inner(enclosed, "\n\n".join(text for said in found for text in said))
        if part.get_content_type() == "multipart/alternative":
            return next((said for said in found if said), [])
        return [text for said in found for text in said]

    def _leaf(self, part: Message) -> list[str]:
        name, kind = _name(part), part.get_content_type()
        decoded = self._decoded(part)
        content = decoded.content
        attached = bool(name) or str(part.get("Content-Disposition", "")).strip().lower().startswith(
            "attachment"
        )
        # Parts that never begin are the text somebody wrote.
        if (kind in {"text/plain", "text/html"} or kind.startswith("multipart/")) and not attached:
            text = text_extraction.letters(content, _charset(part))
            if len(text) > LONGEST_TEXT:
                self.left_out.append(
                    sentence("all of a text after its first {count} characters", count=LONGEST_TEXT)
                )
                text = text[:LONGEST_TEXT]
            if kind == "text/html":
                self.page = self.page or safe_html(text_extraction.clean(text))
                text = text_extraction.of_html(text)
            else:
                text = text_extraction.tidy(text)
            return [text] if text else []
        if content.strip():
            self._enclose(name or "a file without a name", decoded)
        return []

    def _decoded(self, part: Message) -> Decoded:
        """What a part holds: a mark stands for what was decoded when it came in."""
        try:
            payload = part.get_payload()
        except (TypeError, ValueError, LookupError):
            # The library trips over a character set written as RFC 2231 has it (``charset*=``); such a part
            # is no mark of ours.
            payload = None
        known = self._files.get(payload.strip()) if isinstance(payload, str) and len(payload) < 100 else None
        if known is not None:
            return known
        content = _content(part)
        return Decoded(len(content), content)

    def _enclose(self, name: str, decoded: Decoded) -> None:
        content = decoded.content
        kind = uploads.media_type(BytesIO(content[:64])) or OTHER
        if uploads.too_large(decoded.size):
            self.left_out.append(
                sentence(
                    "{file}: {size}, and the limit is {limit}",
                    file=name,
                    size=uploads.megabytes(decoded.size),
                    limit=uploads.megabytes(uploads.limit()),
                )
            )
        elif sum((one.media_type == OTHER) == (kind == OTHER) for one in self.enclosed) == ENCLOSED:
            self.left_out.append(sentence("{file}: more than {most} files", file=name, most=ENCLOSED))
        else:
            self.enclosed.append(Enclosed(name, kind, content))


def _inner(message: Message, text: str) -> FirstMail | None:
    """The mail that another one encloses; None where nobody could be answered."""
    try:
        sender, name = _sender(message)
    except NoLetter:
        return None
    subject = text_extraction.header(_raw(message, "Subject"))[:300]
    return FirstMail(sender, name, subject, text_extraction.tidy(text))


def _name(part: Message) -> str:
    try:
        return text_extraction.header(part.get_filename() or "")[:120]
    except (ValueError, LookupError, TypeError, AttributeError):
        return "a file with a broken name"


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError):
        return b""
    return content if isinstance(content, bytes) else b""
