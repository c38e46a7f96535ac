"""What the server's own settings do not bound: whoever takes nothing of an answer, and how many files may be
open.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
from contextlib import suppress
from pathlib import Path

UNREAD = 30_000
"""Milliseconds that bytes may wait at a reader who takes none of them; then the system ends the connection.
"""
OPEN_FILES = 16_384


def bound_readers() -> int:
    """Tell this process's listening sockets to leave whoever reads nothing (TCP_USER_TIMEOUT, RFC 5482; Linux
    alone).

    Connections take it over from the socket they come in by. Returns how many sockets were told.
    """
    if not sys.platform.startswith("linux"):
        return 0
    return sum(_bound(int(entry.name)) for entry in Path("/proc/self/fd").iterdir())


def _bound(number: int) -> bool:
    # A copy, so that closing it leaves the server's own alone. What is no socket of the network is passed
    # over.
    with suppress(OSError), open(os.dup(number), "rb", buffering=0) as copy:
        listener = socket.socket(fileno=copy.fileno())
        try:
            families = (socket.AF_INET, socket.AF_INET6)
            if listener.family in families and listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD)
                return True
        finally:
            listener.detach()
    return False


def allow_connections() -> None:
    """Raise the limit of open files as far as the machine lets us, for this process and whatever it
    starts.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
