"""A mailbox at a mail server (IMAP): each new mail is stored here first, and only then marked or deleted
there.

Killed between the two, it is fetched again, and known as the same. Mail that lay in the mailbox before the
first visit is left alone.
"""

from __future__ import annotations

import json
import logging
import os
import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Event
from typing import Any

from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from kept.core.vault.sealed_files.files import sync_folder
from kept.core.vault.sealing.sealed_box import Box
from kept.mailroom.environment import Mailbox
from kept.mailroom.receiving import spool
from kept.outbox import sockets
from kept.sentences import sentence

log = logging.getLogger("kept.mailroom")
FETCHING = sockets.way("mailbox", sentence("Mail, from the mailbox of KEPT_IMAP"))
TIMEOUT = SocketTimeout(connect=20, read=60)
LISTENS, ASKS = 540, 60
"""Seconds after which a mailbox is looked at anew: where it tells of new mail by itself, and where it does
not. Routers forget a connection on which nothing was said for ten minutes.
"""
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
PIECE = 1 << 20
BOX = Box("mailroom.mailbox")
STATE = "mailbox.json"


class Gone(Exception):
    """The mail was deleted there while it was fetched."""


@dataclass(slots=True)
class Bookmark:
    """How far a mailbox was read. ``validity``: the server's word for this numbering; ``next``: the first
    number not read yet; ``day``: the last day it was read on.
    """

    validity: int = 0
    next: int = 0
    day: str = ""


def bookmark_of(mailbox: Mailbox) -> Bookmark:
    try:
        said = json.loads((spool.folder() / STATE).read_text("ascii"))
        return Bookmark(**said.get(_name(mailbox), {}))
    except (OSError, ValueError, TypeError):
        return Bookmark()


def put_bookmark(mailbox: Mailbox, bookmark: Bookmark) -> None:
    """All of it or nothing is in the file, whenever the machine stops."""
    spool.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = spool.folder() / f"{STATE}.new"
    said = {"validity": bookmark.validity, "next": bookmark.next, "day": bookmark.day}
    with beside.open("w", encoding="ascii") as out:
        json.dump({_name(mailbox): said}, out)
        out.flush()
        os.fsync(out.fileno())
    os.replace(beside, spool.folder() / STATE)
    sync_folder(spool.folder())


def _name(mailbox: Mailbox) -> str:
    """The mailbox, told by nothing that names anybody."""
    return BOX.mark(f"{mailbox.user}@{mailbox.host}:{mailbox.port}/{mailbox.folder}")


@contextmanager
def connected(mailbox: Mailbox, *, context: ssl.SSLContext | None = None) -> Iterator[IMAPClient]:
    """Signed in, with the folder open. Raises OSError, IMAPClientError; LoginError where the password is
    wrong.
    """
    context = context or ssl.create_default_context()
    with FETCHING.open(mailbox.host, mailbox.port):
        client = IMAPClient(
            mailbox.host,
            mailbox.port,
            ssl=mailbox.scheme == "imaps",
            ssl_context=context if mailbox.scheme == "imaps" else None,
            timeout=TIMEOUT,
        )
    try:
        if mailbox.scheme == "imap+tls":
            client.starttls(context)
        client.login(mailbox.user, mailbox.password)
        yield client
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()
        with suppress(OSError):
            client.shutdown()


class Fetcher:
    """``run`` stays with one mailbox until it is told to stop, whatever its server does meanwhile."""

    def __init__(
        self, mailbox: Mailbox, *, context: ssl.SSLContext | None = None, older: bool = False
    ) -> None:
        """``older``: take in what lay there before the first visit as well."""
        self.mailbox, self.older, self._context = mailbox, older, context
        self.stop = Event()
        self._trouble = ""

    def run(self) -> None:
        wait = FIRST_WAIT
        while not self.stop.is_set():
            try:
                with connected(self.mailbox, context=self._context) as client:
                    wait, self._trouble = self._back(), ""
                    self._stay(client)
            except LoginError:
                # Asked again and again with a wrong password, a server shuts the mailbox.
                wait = LONGEST_WAIT
                self._say("The mailbox of KEPT_IMAP refuses the name or the password.")
            except (OSError, IMAPClientError) as trouble:
                self._say(f"The mailbox of KEPT_IMAP cannot be read ({type(trouble).__name__}).")
            self.stop.wait(wait * random.uniform(0.8, 1.2))  # noqa: S311 (so that many do not come at once)
            wait = min(wait * 2, LONGEST_WAIT)

    def once(self) -> int:
        """Take in what is new, and leave. How many. Raises as ``connected``."""
        with connected(self.mailbox, context=self._context) as client:
            return self.take_new(client)

    def take_new(self, client: IMAPClient) -> int:
        """Store each new mail, mark it there, and move the bookmark on, one after the other. How many."""
        taken = 0
        bookmark = self._open(client)
        found = client.search(["UID", f"{bookmark.next}:*"])
        # A range that ends in * always holds the last mail, however old.
        for number in sorted(one for one in found if one >= bookmark.next):
            if self.stop.is_set():
                break
            with suppress(Gone):
                self._take(client, number)
                taken += 1
            bookmark.next = number + 1
            bookmark.day = datetime.now(UTC).date().isoformat()
            put_bookmark(self.mailbox, bookmark)
        return taken

    def _open(self, client: IMAPClient) -> Bookmark:
        opened = client.select_folder(self.mailbox.folder)
        validity, following = int(opened[b"UIDVALIDITY"]), int(opened.get(b"UIDNEXT", 1))
        bookmark = bookmark_of(self.mailbox)
        if bookmark.validity == validity and not self.older:
            return bookmark
        if self.older:
            bookmark = Bookmark(validity, 1)
        elif bookmark.validity:
            # The server numbers anew: what came since the last visit is looked at once more, and known again.
            since = date.fromisoformat(bookmark.day) if bookmark.day else datetime.now(UTC).date()
            newer = client.search(["SINCE", since])
            bookmark = Bookmark(validity, min([*newer, following]))
        else:
            bookmark = Bookmark(validity, following)
            if opened.get(b"EXISTS"):
                log.warning(
                    "%d mails lay in the mailbox before; they are left alone (kept mail fetch --older takes"
                    " them in).",
                    opened[b"EXISTS"],
                )
        self.older = False
        bookmark.day = datetime.now(UTC).date().isoformat()
        put_bookmark(self.mailbox, bookmark)
        return bookmark

    def _stay(self, client: IMAPClient) -> None:
        """Take in what is new, then wait until the server tells of more."""
        idles = client.has_capability("IDLE")
        while not self.stop.is_set():
            self.take_new(client)
            if not idles:
                self.stop.wait(ASKS)
                client.noop()
                continue
            client.idle()
            try:
                waited = 0
                while waited < LISTENS and not self.stop.is_set() and not client.idle_check(timeout=1):
                    waited += 1
            finally:
                client.idle_done()

    def _take(self, client: IMAPClient, number: int) -> None:
        size = int(_asked(client, number, "RFC822.SIZE")[b"RFC822.SIZE"])
        large = size > settings.KEPT_MAIL_LIMIT
        id, mail = spool.begin("imap", left_there=size if large else 0)
        try:
            pieces = _head(client, number) if large else _pieces(client, number, size)
            for piece in pieces:
                mail.write(piece)
            mail.finish()
        except BaseException:
            mail.discard()
            raise
        if large:
            log.warning("A mail of %d bytes is larger than KEPT_MAIL_LIMIT, and stays in the mailbox.", size)
            client.add_flags([number], [b"\\Flagged"])
        elif settings.KEPT_IMAP_AFTER == "delete":
            client.delete_messages([number])
            client.expunge([number] if client.has_capability("UIDPLUS") else None)
        else:
            client.add_flags([number], [b"\\Seen"])
        log.info("A mail was fetched: %s.", id)

    def _back(self) -> float:
        if self._trouble:
            log.warning("The mailbox of KEPT_IMAP answers again.")
        return FIRST_WAIT

    def _say(self, trouble: str) -> None:
        """Once, and not at each try of an hour."""
        if trouble != self._trouble:
            log.error("%s It is tried again and again; mail waits there meanwhile.", trouble)
        self._trouble = trouble


def _asked(client: IMAPClient, number: int, what: str) -> dict[bytes, Any]:
    """Raises Gone."""
    found: dict[bytes, Any] = dict(client.fetch([number], [what]).get(number) or {})
    if not found:
        raise Gone
    return found


def _pieces(client: IMAPClient, number: int, size: int) -> Iterator[bytes]:
    """A mail of ``size`` bytes, as the server says; some say a little less than they send."""
    at = 0
    while True:
        found = _asked(client, number, f"BODY.PEEK[]<{at}.{PIECE}>")
        piece = next((value for key, value in found.items() if key.startswith(b"BODY[]")), None) or b""
        if piece:
            yield piece
        at += len(piece)
        if len(piece) < PIECE and (not piece or at >= size):
            return


def _head(client: IMAPClient, number: int) -> Iterator[bytes]:
    found = _asked(client, number, f"BODY.PEEK[HEADER]<0.{PIECE}>")
    yield next((value for key, value in found.items() if key.startswith(b"BODY[HEADER]")), None) or b""
