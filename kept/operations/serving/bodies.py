"""Bodies are read before a thread is taken: by a size, by a deadline, and within room that all of them
share.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kept.operations.serving.refusals import Refused
from kept.sentences import sentence

Receive = Callable[[], Awaitable[Any]]

PATIENCE = 20.0
"""Seconds that any body may take, however small."""
SLOWEST = 4096
"""Bytes a second that a body must come in at beyond that: slower than any line people still use."""
SMALL = 65_536
"""What a form without a file comes to, in bytes."""
AT_ONCE = 2.0
"""Seconds within which an honest form is here as a whole."""
RESERVED = 16_777_216
"""Bytes that larger bodies leave free for small ones."""

_LATE = sentence(
    "What you sent did not arrive in time. Go back, and send it again: your browser still has what you typed."
)
_TORN = sentence("What you sent arrived in part only. Send it again.")
_FULL = sentence("Too many files are being sent at this moment. Wait a minute, then send yours again.")


@dataclass(eq=False)
class Body:
    """One that is being read. ``gone``: it had to make room for a quicker one."""

    began: float
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    gone: bool = False

    def pace(self, now: float) -> float:
        """Bytes a second so far."""
        return self.size / max(now - self.began, 1.0)


class Room:
    """The memory that unread bodies may take together, in bytes.

    Used on one loop alone, so nothing is locked.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self._reading: set[Body] = set()

    def enter(self, body: Body) -> None:
        self._reading.add(body)

    def leave(self, body: Body) -> None:
        """Whoever has been sent away took nothing along any more."""
        self._reading.discard(body)
        if not body.gone:
            self.used -= body.size

    def hold(self, size: int) -> None:
        """A whole body waits for its thread: its room is taken until it has had it."""
        self.used += size

    def free(self, size: int) -> None:
        self.used -= size

    def add(self, body: Body, piece: bytes) -> None:
        """Take a piece in. Refused (503) where there is no room, and nobody slower to take it from."""
        size = len(piece)
        limit = self.most + RESERVED if body.size + size <= SMALL else self.most
        while self.used + size > limit:
            self._make_room(body, body.size + size)
        body.pieces.append(piece)
        body.size += size
        self.used += size

    def _make_room(self, newcomer: Body, size: int) -> None:
        """Another of its kind goes: whoever holds room and sends next to nothing never keeps others out.

        Of forms it is the oldest, since a form is there at once; of files the slowest, since they take their
        time.
        """
        now = time.monotonic()
        others = [body for body in self._reading if not body.gone and body is not newcomer]
        found: Body | None
        if size <= SMALL:
            found = min(
                (body for body in others if body.size <= SMALL), key=lambda body: body.began, default=None
            )
            worse = found is not None and now - found.began > AT_ONCE
        else:
            found = min(
                (body for body in others if body.size > SMALL), key=lambda body: body.pace(now), default=None
            )
            worse = found is not None and found.pace(now) < size / max(now - newcomer.began, 1.0)
        if found is None or not worse:
            raise Refused(503, _FULL)
        self.used -= found.size
        found.gone = True
        found.pieces.clear()


async def read_body(receive: Receive, room: Room, *, most: int, announced: int | None) -> bytes:
    """The whole body.

    ``most``: bytes it may have; ``announced``: what its Content-Length says, None for none.

    Refused: 413 too large, 408 too slow, 400 torn off, 503 no room.
    """
    if announced is not None and announced > most:
        raise Refused(413, too_large(most))
    if announced == 0:
        return b""
    body = Body(time.monotonic())
    room.enter(body)
    try:
        await _read(receive, room, body, most)
        if announced is not None and body.size != announced:
            raise Refused(400, _TORN)
        return b"".join(body.pieces)
    finally:
        room.leave(body)


async def _read(receive: Receive, room: Room, body: Body, most: int) -> None:
    more = True
    while more:
        left = PATIENCE + body.size / SLOWEST - (time.monotonic() - body.began)
        try:
            message = await asyncio.wait_for(receive(), max(left, 0.0))
        except TimeoutError:
            raise Refused(408, _LATE) from None
        if message["type"] != "http.request":
            raise Refused(400, _TORN)
        if body.gone:
            raise Refused(503, _FULL)
        piece, more = message.get("body") or b"", bool(message.get("more_body"))
        if body.size + len(piece) > most:
            raise Refused(413, too_large(most))
        room.add(body, piece)


def too_large(most: int) -> str:
    """The sentence for what is larger than ``most`` bytes."""
    return sentence(
        "What you sent is larger than {most} MB, which is the most this address takes. Send less of it.",
        most=most // 1_000_000,
    )
