"""LMTP (RFC 2033): a mail server hands mail in, and hears 250 once it lies here sealed and flushed to the
disk.

A mail is sealed as it comes, so that one of any size takes little memory. What is not taken is refused in
the protocol, with the reason: then the mail server keeps it, or tells its sender.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
from asyncio import AbstractEventLoop, BaseTransport, CancelledError, IncompleteReadError, LimitOverrunError
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import syntax
from django.conf import settings

from kept.core.vault.errors import MasterKeyProblem
from kept.core.vault.sealed_files.spooled import Spooled
from kept.mailroom.environment import Door
from kept.mailroom.receiving import spool
from kept.outbox import sockets
from kept.sentences import sentence

log = logging.getLogger("kept.mailroom")
LISTENING = sockets.way("lmtp", sentence("Where a mail server of this machine hands mail in"))
PATIENCE = 5.0
QUIET = 300.0
"""Seconds without a byte after which a client is left (RFC 5321, 4.5.3.2)."""
AGAIN = 1 << 20
MOST_RECIPIENTS, MOST_CONNECTIONS = 100, 50
NO_ROOM = "452 4.3.1 There is no room for it now. Send it again later."
LATER = "451 4.3.0 It cannot be taken in now. Send it again later."
FULL = b"421 4.3.2 Too many connections at once. Come again later.\r\n"
ENDED, TAKEN = "The client left before its mail was whole.", "250 2.6.0 Taken in as {id}."


class Handler:
    """Whatever goes wrong here must send no mail back to its sender, and tell nobody what it was."""

    async def handle_exception(self, error: Exception) -> str:
        log.error("A mail could not be taken in (%s).", type(error).__name__)
        return LATER


class Receiver(LMTP):
    """One connection. ``count`` is shared by all of a server; ``busy`` while a mail comes in by this one."""

    def __init__(self, count: set[Receiver], **given: Any) -> None:
        self._count, self.busy = count, False
        super().__init__(
            Handler(),
            data_size_limit=settings.KEPT_MAIL_LIMIT,
            enable_SMTPUTF8=True,
            hostname=urlsplit(settings.KEPT_SITE).hostname,
            ident="Kept LMTP",
            timeout=QUIET,
            **given,
        )

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._count) >= MOST_CONNECTIONS and isinstance(transport, asyncio.WriteTransport):
            transport.write(FULL)
            transport.close()
            return
        self._count.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._count.discard(self)
        super().connection_lost(error)

    @syntax("RCPT TO: <address>")
    async def smtp_RCPT(self, arg: str | None) -> None:
        if self.envelope is not None and len(self.envelope.rcpt_tos) >= MOST_RECIPIENTS:
            await self.push("452 4.5.3 Too many recipients. Send it to the others by itself.")
            return
        await super().smtp_RCPT(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:
        if await self.check_helo_needed("LHLO"):
            return
        if arg or self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Name a recipient first: RCPT TO.")
            return
        self.busy = True
        try:
            await self._data(list(self.envelope.rcpt_tos))
        finally:
            self.busy = False

    async def _data(self, recipients: list[str]) -> None:
        assert self.envelope is not None
        mail: Spooled | None = None
        try:
            id, mail = spool.begin("lmtp", sender=self.envelope.mail_from or "", recipients=recipients)
            refused = ""
        except (OSError, MasterKeyProblem) as trouble:
            id, refused = UUID(int=0), _of(trouble)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            said = await self._taken(id, mail, refused)
        except (CancelledError, IncompleteReadError):
            if mail is not None:
                mail.discard()
            log.warning(ENDED)
            raise
        # One answer for each recipient (RFC 2033, 4.2), and the same: it is one mail.
        for _ in recipients:
            await self.push(said)
        self._set_post_data_state()

    async def _taken(self, id: UUID, mail: Spooled | None, refused: str) -> str:
        """Read all of it, whether it is kept or not. The answer."""
        size = 0
        async for piece in self._pieces():
            size += len(piece)
            if not refused and size > settings.KEPT_MAIL_LIMIT:
                most = settings.KEPT_MAIL_LIMIT
                refused = f"552 5.3.4 It is larger than the {most} bytes that are taken in."
            if mail is None or refused:
                continue
            try:
                mail.write(piece)
            except OSError as trouble:
                refused = _of(trouble)
        if mail is None:
            return refused
        if not refused:
            try:
                await self.loop.run_in_executor(None, mail.finish)
            except OSError as trouble:
                refused = _of(trouble)
        if refused:
            mail.discard()
        return refused or TAKEN.format(id=id)

    async def _pieces(self) -> AsyncIterator[bytes]:
        """Line by line until the lone dot, its doubled dots made single (RFC 5321, 4.5.2); of a line without
        end, what has come of it.
        """
        begins, read = True, 0
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
            except LimitOverrunError as long:
                piece = await self._reader.read(long.consumed)
            if begins and piece == b".\r\n":
                return
            read += len(piece)
            if read > AGAIN:
                self._reset_timeout()
                read = 0
            yield piece[1:] if begins and piece.startswith(b".") else piece
            begins = piece.endswith(b"\r\n")


def _of(trouble: Exception) -> str:
    log.error("A mail could not be kept (%s).", type(trouble).__name__)
    return NO_ROOM if isinstance(trouble, OSError) else LATER


def bound(door: Door) -> socket.socket:
    """The listening socket. Raises OSError."""
    if door.port:
        made = socket.socket(socket.AF_INET6 if ":" in door.host else socket.AF_INET)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with LISTENING.listen(door.host, door.port):
                made.bind((door.host, door.port))
            made.listen(MOST_CONNECTIONS)
        except OSError:
            made.close()
            raise
        return made
    return _bound_file(door.host)


def _bound_file(path: str) -> socket.socket:
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(os.stat(path).st_mode):
            Path(path).unlink()  # of a process that was killed; where one listens still, the port is its lock
    made = socket.socket(socket.AF_UNIX)
    # The mail server runs as somebody else: whoever may enter the folder may hand mail in.
    before = os.umask(0o111)
    try:
        with LISTENING.open(path):
            made.bind(path)
        made.listen(MOST_CONNECTIONS)
    except OSError:
        made.close()
        raise
    finally:
        os.umask(before)
    return made


def quiet_library() -> None:
    """It logs what it hears, addresses included."""
    logging.getLogger("mail.log").disabled = True


async def serve(listening: socket.socket, stop: asyncio.Event) -> None:
    """Take mail in until ``stop``. Who is in the middle of one then may end it, for a while; whoever is cut
    off sends it again.
    """
    quiet_library()
    loop: AbstractEventLoop = asyncio.get_running_loop()
    open_now: set[Receiver] = set()
    listening.setblocking(False)
    server = await loop.create_server(lambda: Receiver(open_now, loop=loop), sock=listening)
    try:
        await stop.wait()
    finally:
        server.close()
        last = loop.time() + PATIENCE
        while loop.time() < last and any(one.busy for one in open_now):
            await asyncio.sleep(0.05)
        for one in list(open_now):
            if one.transport is not None:
                one.transport.close()
