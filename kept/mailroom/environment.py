"""Where mail comes from. All of it left out, none is received but what `kept receive` is given."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from kept.setting_types import Setting

LOWEST, HIGHEST = 1_000_000, 150_000_000
"""Bytes that a limit on the size of a mail may be: less refuses ordinary mail, more is no mail any more."""
_PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}


@dataclass(frozen=True, slots=True)
class Door:
    """Where LMTP is spoken: an address of this machine with a port, or a socket file (``port`` 0)."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox at a mail server. ``scheme``: imaps, imap+tls, or imap without any protection."""

    scheme: str
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"


def lmtp(text: str) -> Door | None:
    """Never open to strangers: LMTP asks nobody who they are."""
    if not text:
        return None
    if text.startswith("unix:/"):
        return Door(text.removeprefix("unix:"), 0)
    host, _, port = text.rpartition(":")
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        address = None
    if address is None or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("Write an address of this machine and a port, like 127.0.0.1:8024, or unix:/path.")
    if not (address.is_loopback or address.is_private) or address.is_unspecified:
        raise ValueError(
            "LMTP asks nobody who they are, so it may not be open to strangers. Write 127.0.0.1:8024, an"
            " address of your own network, or unix:/path."
        )
    return Door(str(address), int(port))


def imap(text: str) -> Mailbox | None:
    if not text:
        return None
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in _PORTS or not parts.hostname or not parts.username or port == 0:
        raise ValueError(
            "Write imaps://user:password@host:993/INBOX, with %40 for an @ in the user's name, or"
            " imap+tls://… for a server that begins without protection."
        )
    folder = unquote(parts.path.strip("/")) or "INBOX"
    user, password = unquote(parts.username), unquote(parts.password or "")
    return Mailbox(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password, folder)


def _after(text: str) -> str:
    if text not in {"delete", "keep"}:
        raise ValueError("Write delete or keep.")
    return text


def _limit(text: str) -> int:
    if not text.isdigit() or not LOWEST <= int(text) <= HIGHEST:
        raise ValueError(f"Write bytes, from {LOWEST} to {HIGHEST}.")
    return int(text)


def _bounces(text: str) -> str:
    """Each mail gets an address of its own out of it, so there must be room before the @ (RFC 5321: 64)."""
    if text and not re.fullmatch(r"[A-Za-z0-9._-]{1,20}@[A-Za-z0-9.-]+", text):
        raise ValueError(
            "Write an address like bounces@portal.example.com, with at most 20 letters before the @, whose"
            " server passes on what is written to bounces+anything as well."
        )
    return text.lower()


SETTINGS = (
    Setting(
        "KEPT_LMTP",
        "",
        "Where a mail server on this machine hands mail in (LMTP): 127.0.0.1:8024 or unix:/path. Left out:"
        " nowhere.",
        lmtp,
    ),
    Setting(
        "KEPT_IMAP",
        "",
        "The mailbox mail is fetched from: imaps://user:password@host:993/INBOX. Left out: from none.",
        imap,
    ),
    Setting(
        "KEPT_IMAP_AFTER",
        "delete",
        "What becomes of a mail in the mailbox once it is stored here: delete, or keep (marked as read).",
        _after,
    ),
    Setting("KEPT_MAIL_LIMIT", "35000000", "The largest mail that is taken in, in bytes.", _limit),
    Setting(
        "KEPT_MAIL_BOUNCES",
        "",
        "The address that mail which cannot be delivered comes back to, like bounces@portal.example.com. Left"
        " out: it comes back to the sender, and is recognised by what it quotes.",
        _bounces,
    ),
)
