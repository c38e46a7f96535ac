"""A mail as it comes in, line by line: its files are decoded on the way and its text is bounded, so that it
is never whole in memory.
"""

from __future__ import annotations

import binascii
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO

LINE = 65_536
LONGEST_BODY = 4_000_100
"""Bytes of a part that is no file: four for each letter that is kept of it, and a few, so that it is known
that there were more.
"""
SMALL = 262_144
"""Bytes of an encoded body that is kept as it came."""
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
_NO_BASE64 = bytes(byte for byte in range(256) if byte not in _BASE64)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body that came in base64. ``content`` ends one byte after the limit where ``size`` is more."""

    size: int
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Incoming:
    """``text``: the mail with a mark in place of each decoded body; ``files``: what each mark stands for.

    ``lines``: those of the text, also such as were left out of it; ``digest``: SHA-256 of everything that was
    read; ``cut``: there was more than was read.
    """

    text: bytes = field(default=b"", repr=False)
    files: dict[str, Decoded] = field(default_factory=dict, repr=False)
    lines: int = 0
    digest: str = ""
    cut: bool = False


class _Decoding:
    """One body in base64, decoded as its lines come, as loosely as mail programs do it: what is no base64 is
    passed over.

    A small one is kept as it came: nothing is gained by it.
    """

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self._content, self._rest = bytearray(), b""
        self._waiting: list[bytes] | None = []
        self._waits = 0

    def add(self, line: bytes) -> None:
        if self._waiting is None:
            self._decode(line)
            return
        self._waiting.append(line)
        self._waits += len(line)
        if self._waits > SMALL:
            waiting, self._waiting = self._waiting, None
            for one in waiting:
                self._decode(one)

    def end(self) -> bytes | Decoded:
        if self._waiting is not None:
            return b"".join(self._waiting)
        if len(self._rest) > 1:
            # The last group may lack its padding.
            self._take(self._rest + b"===")
        return Decoded(self.size, bytes(self._content))

    def _decode(self, line: bytes) -> None:
        found = self._rest + line.translate(None, _NO_BASE64)
        whole = len(found) - len(found) % 4
        self._rest = found[whole:]
        self._take(found[:whole])

    def _take(self, group: bytes) -> None:
        with suppress(binascii.Error):
            piece = binascii.a2b_base64(group)
            self.size += len(piece)
            self._content += piece[: max(self.limit + 1 - len(self._content), 0)]


def read_incoming(stream: BinaryIO, *, most: int, limit: int) -> Incoming:
    """``most``: bytes that are read; the rest is drained, or the pipe of a mail server would break.

    ``limit``: of one file, in bytes.
    """
    found, digest, kept = Incoming(), sha256(), bytearray()
    head, encoded, body = True, False, 0
    decoding = None
    for line in _lines(stream, most, found):
        digest.update(line)
        if decoding is not None:
            if not line.startswith(b"--"):
                decoding.add(line)
                continue
            _ended(decoding, found, kept)
            decoding = None
        found.lines += 1
        if head:
            kept += line
            small = line[:200].lower()
            if small.startswith(b"content-transfer-encoding:"):
                encoded = b"base64" in small
            if not line.strip():
                head, body = False, 0
                decoding = _Decoding(limit) if encoded else None
        elif line.startswith(b"--"):
            kept += line
            head, encoded = True, False
        elif (body := body + len(line)) <= LONGEST_BODY:
            kept += line
    if decoding is not None:
        _ended(decoding, found, kept)
    found.text, found.digest = bytes(kept), digest.hexdigest()
    return found


def _ended(decoding: _Decoding, found: Incoming, kept: bytearray) -> None:
    body = decoding.end()
    if isinstance(body, Decoded):
        mark = secrets.token_hex(16)
        found.files[mark] = body
        body = mark.encode() + b"\r\n"
    else:
        found.lines += body.count(b"\n")
    kept += body


def _lines(stream: BinaryIO, most: int, found: Incoming) -> Iterator[bytes]:
    read = 0
    while line := stream.readline(LINE):
        read += len(line)
        if read > most:
            found.cut = True
            while stream.read(1 << 20):
                pass
            if kept := line[: most - (read - len(line))]:
                yield kept
            return
        yield line
