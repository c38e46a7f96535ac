"""What the head of a mail says for machines: which mails it follows, and over how many servers it came."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST, MOST_NAMED = 262_144, 50
_ID = re.compile(rb"<[^<>\s]{3,250}>")
_UNFOLD = re.compile(rb"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Head:
    """``conversation``: Message-IDs, those it follows and its own last. ``hops``: how many servers passed it
    on.
    """

    conversation: tuple[str, ...] = ()
    hops: int = 0


def head_of(pieces: Iterable[bytes]) -> Head:
    """Reads no further than the head, and of a head without end no further than LONGEST. Raises nothing."""
    raw = bytearray()
    for piece in pieces:
        raw += piece
        if b"\r\n\r\n" in raw or len(raw) > LONGEST:
            break
    head = _UNFOLD.sub(b" ", bytes(raw[:LONGEST]).partition(b"\r\n\r\n")[0])
    named: dict[bytes, list[bytes]] = {}
    for line in head.splitlines():
        name, _, value = line.partition(b":")
        named.setdefault(name.strip().lower(), []).append(value)
    ids = [
        found.decode("ascii", "replace")
        for name in (b"references", b"in-reply-to", b"message-id")
        for value in named.get(name, [])
        for found in _ID.findall(value)
    ]
    return Head(tuple(dict.fromkeys(ids[-MOST_NAMED:])), len(named.get(b"received", ())))
