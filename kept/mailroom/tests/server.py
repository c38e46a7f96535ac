"""The portal's own LMTP, in a thread of the test, and a client that says what it is told to."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kept.mailroom.environment import Door
from kept.mailroom.receiving import lmtp_server
from kept.testing import free_port


@dataclass
class Serving:
    host: str
    port: int

    @contextmanager
    def client(self) -> Iterator[smtplib.LMTP]:
        with smtplib.LMTP(self.host, self.port) as said:
            said.sock.settimeout(10)
            said.ehlo("test.example")
            yield said

    def send(
        self, raw: bytes, *, to: Any = ("privacy@example.com",), sender: str = "eve@example.org"
    ) -> list[int]:
        """The code of the answer for each recipient."""
        with self.client() as said:
            return deliver(said, raw, to=list(to), sender=sender)


def deliver(said: smtplib.LMTP, raw: bytes, *, to: list[str], sender: str = "eve@example.org") -> list[int]:
    code, answer = said.mail(sender)
    assert code == 250, answer
    for one in to:
        assert said.rcpt(one)[0] == 250
    said.putcmd("data")
    assert said.getreply()[0] == 354
    said.send(dotted(raw))
    return [said.getreply()[0] for _ in to]


def dotted(raw: bytes) -> bytes:
    """As it goes over the wire: a mail ends with its line."""
    raw = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed + b".\r\n"


@contextmanager
def serving(door: Door | None = None) -> Iterator[Serving]:
    door = door or Door("127.0.0.1", free_port())
    listening = lmtp_server.bound(door)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(lmtp_server.serve(listening, stop)))
    thread.start()
    try:
        yield Serving(door.host, door.port)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
