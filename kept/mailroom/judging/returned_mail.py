"""Which of our mails a mail server gave back, and why (RFC 3464): by the address it came back to, else by
the name of our mail that it quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from kept.outbox.delivery import message_named
from kept.outbox.return_addresses import message_of

_STATUS = re.compile(rb"^Status:[ \t]*([245]\.\d{1,3}\.\d{1,3})", re.MULTILINE | re.IGNORECASE)
_ACTION = re.compile(rb"^Action:[ \t]*([a-z]{1,20})", re.MULTILINE | re.IGNORECASE)
_QUOTED = re.compile(rb"^Message-ID:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,200}>)", re.MULTILINE | re.IGNORECASE)
_REPORT = re.compile(rb"^Content-Type:[ \t]*(?:\r?\n[ \t]+)?multipart/report", re.MULTILINE | re.IGNORECASE)
_ADDRESS = re.compile(rb"[A-Za-z0-9._-]{1,20}\+[a-z0-9]{36}@[A-Za-z0-9.-]{1,255}", re.IGNORECASE)
READ = 1_000_000
"""Bytes of a report that are looked at: what it says stands at its beginning."""


@dataclass(frozen=True, slots=True)
class Returned:
    """``final``: it will not be tried again. ``status``: as the mail server has it (RFC 3463), "" if it says
    none.
    """

    message: UUID
    status: str
    final: bool


def returned(text: bytes, recipients: Iterable[str]) -> Returned | None:
    """What a report says of a mail of ours; None for whatever is no report, and for reports about others'
    mail.

    Raises nothing.
    """
    head, _, below = text[:READ].partition(b"\r\n\r\n")
    if not _REPORT.search(head):
        return None
    # What was fetched from a mailbox came without an envelope; its head names whom it was for.
    named = [*recipients, *(one.decode() for one in _ADDRESS.findall(head))]
    message = next((found for one in named if (found := message_of(one))), None) or _quoted(below)
    if message is None:
        return None
    status, action = _STATUS.search(below), _ACTION.search(below)
    said = status[1].decode() if status else ""
    final = action[1].lower() == b"failed" if action else said.startswith("5")
    return Returned(message, said, final)


def answered(recipients: Iterable[str], quoted: Iterable[str]) -> list[UUID]:
    """Mails of ours that a mail answers: by the Message-IDs it names, and by the address it was sent to.

    An automatic reply goes where a mail comes back to (RFC 3834, 4).
    """
    found = [message_named(one) for one in quoted] + [message_of(one) for one in recipients]
    return [one for one in dict.fromkeys(found) if one is not None]


def _quoted(text: bytes) -> UUID | None:
    for one in _QUOTED.findall(text):
        found = message_named(one.decode("ascii", "replace"))
        if found is not None:
            return found
    return None
