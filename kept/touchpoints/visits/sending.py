"""The web's end of the socket: one datagram, sent or dropped at once.

Nobody waits for the collector, and no page fails without it.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic

from kept.outbox import sockets
from kept.visits_log.datagrams import MOST_MISSED, Reading, pack

TRY_AGAIN = 1.0
"""Seconds before a collector that was not there is looked for again."""
LONGEST_NAME = 100
"""Bytes a socket's path may have, with some to spare (108 on Linux)."""
COLLECTOR = sockets.way("visits", "A reading, to the collector on the same machine, by a socket file")


def short(place: Path, folder: int) -> str:
    """The socket's path, by way of its folder's open handle where it is too long to be an address."""
    return str(place) if len(os.fsencode(place)) <= LONGEST_NAME else f"/proc/self/fd/{folder}/{place.name}"


class Sender:
    """One for each process and socket.

    ``missed`` counts what was dropped since the last that arrived, and goes along with the next.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.missed = 0
        self._socket: socket.socket | None = None
        self._process = 0
        self._look_at = 0.0
        self._lock = Lock()

    def send(self, reading: Reading) -> bool:
        """Whether it was taken. Never blocks, never raises."""
        reading.missed = self.missed
        try:
            there = self._socket
            if there is None or self._process != os.getpid():
                there = self._connected()
            if there is not None:
                there.send(pack(reading))
                self.missed = 0
                return True
        except BlockingIOError:
            pass
        except OSError:
            self._close()
        self.missed = min(self.missed + 1, MOST_MISSED)
        return False

    def _connected(self) -> socket.socket | None:
        """Try once a second at most: a missing collector must cost next to nothing."""
        with self._lock:
            if self._socket is not None and self._process == os.getpid():
                return self._socket
            if monotonic() < self._look_at and self._process == os.getpid():
                return None
            self._process, self._look_at = os.getpid(), monotonic() + TRY_AGAIN
            made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            made.setblocking(False)
            try:
                connect(made, self.place)
            except OSError:
                made.close()
                raise
            self._socket = made
            return made

    def _close(self) -> None:
        with self._lock, suppress(OSError):
            if self._socket is not None:
                self._socket.close()
            self._socket = None


def connect(made: socket.socket, place: Path) -> None:
    """Raises OSError where there is no collector."""
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        name = short(place, folder)
        with COLLECTOR.open(name):
            made.connect(name)
    finally:
        os.close(folder)
