"""E-mail addresses: one form for one mailbox, however it is spelt; and a plain word where we cannot write to
it.

A host has two spellings, ``müller.example`` and ``xn--mller-kva.example`` (IDNA 2008, RFC 5891), and neither
knows small from capital letters; the part before the @ is read without them too, as every provider does. Kept
is the ASCII spelling, which mail needs; people read the other.
"""

from __future__ import annotations

import re
import unicodedata

import idna
from django.utils.translation import gettext_lazy as _

from kept.people import texts

FORMAT = _("Enter an e-mail address in the correct format, like name@example.com")
NOT_YET = _(
    "We cannot write to an address with letters like “{letter}” before the @ yet (RFC 6531). Give another"
    " address, or write to us by post"
)
NO_HOST = _("“{host}” cannot be a mail host. Check what stands after the @")
LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")


class MailboxError(ValueError):
    """We cannot write to this address. The message says why, and what to do."""


class NoMailbox(MailboxError):
    """It has not the form of an address at all."""


def canonical(address: str) -> str:
    """The form that is unique, looked up and compared: trimmed, small letters, the host in ASCII.

    Never raises; idempotent.
    """
    said, before = address, ""
    # Folding can bring another mark to light that folds again, so until nothing changes; Unicode promises
    # that it ends.
    while said != before:
        before = said
        local, at, host = unicodedata.normalize("NFKC", texts.clean_code(said)).rpartition("@")
        said = f"{local.casefold()}@{ascii_host(host) or host.lower()}" if at else host.casefold()
    return said


def ascii_host(host: str) -> str:
    """``Müller.example.`` → ``xn--mller-kva.example``; "" for what is no host name."""
    try:
        return idna.encode(host.strip().lower().rstrip(".\u3002"), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""


def readable(address: str) -> str:
    """As a person reads it: the host in its own letters. What cannot be decoded stays as it is."""
    local, at, host = address.rpartition("@")
    try:
        return f"{local}@{idna.decode(host)}" if at and "xn--" in host.lower() else address
    except (idna.IDNAError, UnicodeError):
        return address


def check(address: str) -> str:
    """The address as it is kept: before the @ as typed, the host in ASCII, nothing that cannot be seen.

    Raises MailboxError.
    """
    typed = texts.clean_code(address)
    local, at, host = typed.rpartition("@")
    if not at or not local or not host or len(typed) > LONGEST:
        raise NoMailbox(FORMAT)
    strange = next((letter for letter in local if not letter.isascii()), "")
    if strange:
        raise MailboxError(NOT_YET.format(letter=strange))
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise NoMailbox(FORMAT)
    named = ascii_host(host)
    if "." not in named:
        raise NoMailbox(FORMAT) if host.isascii() else MailboxError(NO_HOST.format(host=host))
    return f"{local}@{named}"
