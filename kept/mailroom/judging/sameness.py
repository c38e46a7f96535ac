"""What makes two mails one and the same: who, when, about what, under which Message-ID, and every byte
below.

What servers on the way write on top differs from copy to copy, and is left out. A Message-ID alone would let
anybody have a mail of somebody else's taken for one that was here before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from kept.core.vault.sealing.sealed_box import Box

_BOX = Box("mailroom.sameness")
_NAMED = frozenset({b"message-id", b"from", b"date", b"subject"})
_FOLD = re.compile(rb"\r\n(?=[ \t])")
LONGEST_HEAD = 262_144


def mark_of(pieces: Iterable[bytes]) -> str:
    """A keyed hash of 32 digits. Reads the mail once; takes little memory, whatever its size."""
    digest, head, beyond = sha256(), bytearray(), False
    for piece in pieces:
        if beyond:
            digest.update(piece)
            continue
        head += piece
        end = head.find(b"\r\n\r\n")
        if end >= 0 or len(head) > LONGEST_HEAD:
            beyond = True
            end = end if end >= 0 else len(head)
            digest.update(_named(bytes(head[:end])))
            digest.update(head[end:])
    if not beyond:
        digest.update(_named(bytes(head)))
    return _BOX.mark(digest.hexdigest())


def _named(head: bytes) -> bytes:
    """The headers that stay as they are, each on one line."""
    lines = _FOLD.sub(b" ", head).split(b"\r\n")
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() in _NAMED]
    return b"\n".join(b" ".join(line.split()) for line in kept)
