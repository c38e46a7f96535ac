"""The web application as the server calls it (ASGI): it waits for strangers on one loop, and for nobody in a
thread.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from kept.operations.serving import bodies, guard, refusals, sockets
from kept.operations.serving.environ import environ_of
from kept.operations.serving.refusals import Answer, Refused
from kept.operations.serving.thread_lanes import Lane, Lanes
from kept.sentences import sentence

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"})
FORM = 1_048_576
"""What a body without a file may have: a little more than the application itself takes, so that it can say
so.
"""
FILES = (b"multipart/", b"application/offset+octet-stream")
"""What files are sent as: with a form, or by a resumable upload in pieces."""
PIECE = 32_768
AT_ONCE = 262_144
"""Bytes of an answer that one visit to a thread fetches."""
READ_PATIENCE, SLOWEST_READER = 30.0, 4096
"""Seconds that any answer may take to be read, and the bytes a second beyond them."""

_NO_LENGTH = sentence("The length that was announced is no number. Leave it out, or send a whole number.")


class Front:
    """A WSGI application behind bounded bodies and bounded threads. ``upload``: the largest file, in bytes.

    A file somewhat larger than that is still taken in, so that its form can say how large it is, and shows
    again what was typed. What is far larger is refused at the door.
    """

    def __init__(self, application: Application, *, threads: int, upload: int) -> None:
        self._application = application
        self._lanes = Lanes(threads=threads)
        self._bounded = False
        self._file = 3 * upload + FORM
        self._room = bodies.Room(max(self._file, 2 * bodies.RESERVED))

    async def __call__(self, scope: Mapping[str, Any], receive: bodies.Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if not self._bounded:
            # The server opens its socket after it has loaded this application.
            self._bounded = True
            sockets.bound_readers()
        lane = self._lanes.of(scope["path"])
        try:
            answer = await self._answer(scope, receive, lane)
        except Refused as refused:
            # Whatever was refused here may have left something unread.
            answer = refusals.page(
                refused.status, refused.sentence, language=_language_of(scope), closing=True
            )
        except Exception as error:
            guard.tell(error)
            answer = refusals.broken(_language_of(scope))
        try:
            await _send(answer, send, lane, head=scope["method"] == "HEAD")
        finally:
            if answer.rest is not None:
                await lane.go_on(answer.rest.close)

    async def _answer(self, scope: Mapping[str, Any], receive: bodies.Receive, lane: Lane) -> Answer:
        headers = dict(scope["headers"])
        announced = _announced(headers.get(b"content-length"))
        read = scope["method"] not in WITHOUT_BODY
        sent = b"transfer-encoding" in headers or bool(announced)
        body = b""
        if read and sent:
            files = headers.get(b"content-type", b"").lower().startswith(FILES)
            most = self._file if files else FORM
            body = await bodies.read_body(receive, self._room, most=most, announced=announced)
        work = partial(_call, self._application, environ_of(scope, body))
        self._room.hold(len(body))
        try:
            answer = await lane.run(work)
        finally:
            self._room.free(len(body))
        if sent and not read:
            answer.headers.append(("Connection", "close"))
        return answer


def _language_of(scope: Mapping[str, Any]) -> str:
    return refusals.language_of(scope["path"], dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))


def _announced(said: bytes | None) -> int | None:
    """What Content-Length says.

    Refused where that is no number: two readers would end the body in two places.
    """
    if said is None:
        return None
    if not said.isdigit() or len(said) > 18:
        raise Refused(400, _NO_LENGTH)
    return int(said)


def _call(application: Application, environ: dict[str, Any]) -> Answer:
    """The answer as a thread makes it: all of it, or of a long one the beginning."""
    began: list[tuple[str, refusals.Headers]] = []

    def start_response(status: str, headers: refusals.Headers, exc_info: object = None) -> None:
        began[:] = [(status, headers)]

    rest = _Parts(application(environ, start_response))
    # An application may begin its answer only when it is asked for the first part (PEP 3333).
    body = rest.take(1)
    status, headers = int(began[0][0][:3]), list(began[0][1])
    measured = any(name.lower() == "content-length" for name, _ in headers)
    # Without its length, an answer that is cut off looks whole: such a one is never handed out piece by
    # piece.
    if not rest.over:
        body += rest.take(AT_ONCE if measured else None)
    if not measured and environ["REQUEST_METHOD"] != "HEAD" and status not in (204, 304):
        headers.append(("Content-Length", str(len(body))))
    return Answer(status, headers, body, None if rest.over else rest)


class _Parts:
    """The parts of an answer in handy pieces. Closes what they come from as soon as it is at its end."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._whole, self._parts = parts, iter(parts)
        self.over = False

    def go_on(self) -> bytes:
        """The next piece; b"" when there is none."""
        return b"" if self.over else self.take(AT_ONCE)

    def take(self, least: int | None) -> bytes:
        """At least so many bytes, or all there are. Closes, and raises, where they break off."""
        found, size = [], 0
        try:
            while least is None or size < least:
                part = next(self._parts, None)
                if part is None:
                    self.close()
                    break
                found.append(part)
                size += len(part)
        except BaseException:
            self.close()
            raise
        return b"".join(found)

    def close(self) -> None:
        """A second time does nothing."""
        if not self.over:
            self.over = True
            if close := getattr(self._whole, "close", None):
                close()


async def _send(answer: Answer, send: Send, lane: Lane, *, head: bool) -> None:
    """Hand it to the server piece by piece, as fast as it is read; whoever reads slower than any line is
    left.
    """
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if head or (len(answer.body) <= PIECE and answer.rest is None):
        await send({"type": "http.response.body", "body": b"" if head else answer.body, "more_body": False})
        return
    began, sent = time.monotonic(), 0
    # What was not handed out is missing from its length, so that whoever reads knows; the connection ends.
    with suppress(TimeoutError, guard.Torn):
        async for piece in _pieces(answer, lane):
            left = READ_PATIENCE + sent / SLOWEST_READER - (time.monotonic() - began)
            message = {"type": "http.response.body", "body": piece, "more_body": True}
            await asyncio.wait_for(send(message), max(left, 0.0))
            sent += len(piece)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pieces(answer: Answer, lane: Lane) -> AsyncIterator[bytes]:
    part = answer.body
    while part:
        for at in range(0, len(part), PIECE):
            yield part[at : at + PIECE]
        part = await lane.go_on(answer.rest.go_on) if answer.rest else b""
