"""Where a witness is asked: ``POST /add-checkpoint`` (C2SP tlog-witness), each connection bounded in time,
size and number.

Answers one request on a connection and ends it. Whoever drips, sends too much or comes in a crowd takes
nothing from the others but a place for a few seconds.
"""

from __future__ import annotations

import asyncio
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader, StreamWriter
from http import HTTPStatus

from kept.operations.witness import protocol
from kept.operations.witness.protocol import RequestWrong
from kept.operations.witness.state import Book, BookError, Refused

PATIENCE = 10.0
"""In seconds, for one request from its first byte to the last of the answer."""
HEADERS = 16 * 1024
CROWD = 64
"""Connections at a time; one more is closed at once."""
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
PATH = "/add-checkpoint"


class Door:
    """``serve`` answers until the task is cancelled."""

    def __init__(self, book: Book, *, patience: float = PATIENCE) -> None:
        self._book = book
        self._patience = patience
        self._inside = 0

    async def open(self, host: str, port: int) -> asyncio.Server:
        """Listen. Raises OSError."""
        return await asyncio.start_server(self._meet, host, port, limit=HEADERS)

    async def _meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self._inside >= CROWD:
            writer.transport.abort()
            return
        self._inside += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._answer(reader, writer)
        except (TimeoutError, OSError, IncompleteReadError):
            writer.transport.abort()
        finally:
            self._inside -= 1
            writer.close()

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            body = await _body(reader)
            # The disk is written before anything is signed; others are met meanwhile.
            line = await asyncio.to_thread(self._book.sign, protocol.read(body))
            status, kind, said = 200, PLAIN, line
        except RequestWrong as wrong:
            status, kind, said = 400, PLAIN, f"{wrong}\n"
        except Refused as refused:
            status, kind, said = refused.status, PLAIN, f"{refused}\n"
            if refused.size is not None:
                kind, said = SIZE, f"{refused.size}\n"
        except BookError as broken:
            print(broken, flush=True)
            status, kind, said = (
                500,
                PLAIN,
                "The witness cannot sign now. Whoever runs it reads why in its log.\n",
            )
        content = said.encode()
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\nContent-Length:"
            f" {len(content)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode("ascii") + content)
        await writer.drain()


async def _body(reader: StreamReader) -> bytes:
    """The body of a POST to the one address there is. Raises Refused, RequestWrong."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except LimitOverrunError:
        raise Refused(431, "The headers are too long.") from None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, _, rest = first.partition(" ")
    if rest.partition(" ")[0].partition("?")[0] != PATH:
        raise Refused(404, f"Here is a witness (C2SP tlog-witness), and nothing but POST {PATH}.")
    if method != "POST":
        raise Refused(405, f"Here is a witness (C2SP tlog-witness): POST {PATH}.")
    named = [line.partition(":")[::2] for line in lines]
    sizes = {value.strip() for name, value in named if name.lower() == "content-length"}
    if len(sizes) != 1 or any(name.lower() == "transfer-encoding" for name, _ in named):
        raise Refused(411, "Say how long the body is, once.")
    length = protocol.number(sizes.pop())
    if length > protocol.LARGEST:
        raise Refused(413, f"A request has at most {protocol.LARGEST:,} bytes.")
    return await reader.readexactly(length)
