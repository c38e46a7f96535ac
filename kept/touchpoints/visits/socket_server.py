"""The collector's end of the socket, and the lock that lets one collector alone have it."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from kept.outbox import sockets
from kept.touchpoints.visits.sending import short
from kept.visits_log.collecting.log import private
from kept.visits_log.places import Places

LOCK = "collector.lock"
ROOM = 1 << 20
"""Bytes the system may keep for us while we write."""
LISTENING = sockets.way("collecting", "The socket file at which the collector hears of readings")


class Occupied(Exception):
    """Another collector has this folder."""


@contextmanager
def opened(places: Places, *, stands_by: Callable[[], None] | None = None) -> Iterator[socket.socket]:
    """Bound, open to this user alone, and never blocking.

    Raises Occupied, and OSError where the folder cannot be used.

    ``stands_by`` is called where another collector has the folder; then this waits until that one ends,
    instead of raising.
    """
    private(places.root)
    private(places.logs)
    # The lock goes when the process does, however it ends.
    lock = os.open(places.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if stands_by is None:
                raise Occupied from None
            stands_by()
            fcntl.flock(lock, fcntl.LOCK_EX)
        places.socket.unlink(missing_ok=True)
        _bind(door, places)
        yield door
        with suppress(OSError):
            places.socket.unlink()
    finally:
        door.close()
        os.close(lock)


def _bind(door: socket.socket, places: Places) -> None:
    folder = os.open(places.root, os.O_RDONLY | os.O_DIRECTORY)
    before = os.umask(0o177)
    try:
        name = short(places.socket, folder)
        with LISTENING.open(name):
            door.bind(name)
    finally:
        os.umask(before)
        os.close(folder)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
    door.setblocking(False)
