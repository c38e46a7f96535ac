"""A log as pieces that end at a line's end: plain, gz, bz2, xz or zst, from a file or from standard input, in
bounded memory.

A thread reads and unpacks the next piece while this one is worked on. A piece lies in a file that exists in
memory alone (``memfd``), for DuckDB to read with several threads: no address touches a disk on its way.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import queue
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from kept.visits_log.importing import cleaning
from kept.visits_log.importing.formats.translator import Translator

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 32 << 20
HEAD = 64 << 10
"""Bytes a log is known by: those it begins with."""
STDIN = "-"
_GZIP, _ZSTD, _BZIP2, _XZ = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\0"
_DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zstd.ZstdError, lzma.LZMAError)


class Unreadable(Exception):
    """One log cannot be read, or not to its end.

    The message is a sentence; it names the file and holds nothing out of it.

    ``code`` is 2 where it could not be begun, 1 where it broke off.
    """

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(slots=True)
class Piece:
    """``begin`` and ``end`` are bytes of the unpacked log, ``whole`` is where its last whole line ends;
    ``refused`` are lines that are not in ``table``.
    """

    begin: int
    end: int
    whole: int
    lines: int
    refused: Counter[str]
    table: str


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The log unpacked, whatever its ending says: what it is stands in its first bytes."""
    if name == STDIN:
        yield _unpacked(cast("io.BufferedReader", sys.stdin.buffer))
        return
    with Path(name).open("rb", buffering=1 << 20) as packed:
        yield _unpacked(cast("io.BufferedReader", packed))


def _unpacked(packed: io.BufferedReader) -> BinaryIO:
    begins = packed.peek(6)[:6]
    if begins.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=packed, mode="rb"))
    if begins.startswith(_BZIP2):
        return cast("BinaryIO", bz2.BZ2File(packed))
    if begins.startswith(_XZ):
        return cast("BinaryIO", lzma.LZMAFile(packed))
    return cast("BinaryIO", zstd.ZstdFile(packed, "rb")) if begins.startswith(_ZSTD) else packed


def check(name: str) -> None:
    """Raises Unreadable for what is no file to read."""
    if name == STDIN:
        return
    path = Path(name)
    try:
        if path.is_dir():
            raise Unreadable(f"{name} is a folder. Name the logs in it, like {path / 'access.log'}.")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise Unreadable(f"There is no file {name}.") from None
    except OSError as wrong:
        raise Unreadable(f"{name} cannot be read: {wrong.strerror}.") from None


def head(stream: BinaryIO, name: str) -> bytes:
    """The first bytes of a log."""
    found = b""
    with damage(name, 0):
        while len(found) < HEAD and (more := stream.read(HEAD - len(found))):
            found += more
    return found


@contextmanager
def damage(name: str, at: int) -> Iterator[None]:
    """What goes wrong while unpacking becomes a sentence. The library's own words are left out."""
    try:
        yield
    except _DAMAGED:
        raise Unreadable(
            f"{name} is damaged or cut off: it could be unpacked up to {at:,} bytes and no further.", 1
        ) from None
    except OSError as wrong:
        why = wrong.strerror or f"it is damaged after {at:,} bytes"  # bzip2 says so without a number
        raise Unreadable(f"{name} could not be read to its end: {why}.", 1) from None


class Pieces:
    """The pieces of a stream from byte ``start`` on, one read ahead.

    A piece ends at ``mark`` where that lies within; ``begun`` was read already. ``words`` turn the lines of
    another format into those of combined.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        take: Callable[[int], str],
        *,
        begun: bytes,
        words: Translator | None = None,
        start: int = 0,
        mark: int = 0,
        size: int = 0,
    ) -> None:
        self._stream, self._name, self._take, self._begun, self._size = (
            stream,
            name,
            take,
            begun,
            size or PIECE,
        )
        self._start, self._mark, self._words = start, mark, words
        self._ready: queue.Queue[Piece | BaseException | None] = queue.Queue(maxsize=1)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read_ahead, name="reading", daemon=True)

    def __iter__(self) -> Iterator[Piece]:
        self._thread.start()
        try:
            while (piece := self._ready.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self._stop()

    def _stop(self) -> None:
        """Wait for the thread: nobody closes a file that is being read.

        A pipe may stay silent for ever, and is left to it.
        """
        self._over.set()
        if self._name != STDIN:
            self._thread.join()

    def _read_ahead(self) -> None:
        try:
            for piece in self._pieces():
                self._hand_over(piece)
                if self._over.is_set():
                    return
            self._hand_over(None)
        except BaseException as wrong:  # whatever it is, it is raised where the pieces are worked on
            self._hand_over(wrong)

    def _hand_over(self, thing: Piece | BaseException | None) -> None:
        while not self._over.is_set():
            with suppress(queue.Full):
                self._ready.put(thing, timeout=0.2)
                return

    def _pieces(self) -> Iterator[Piece]:
        """One buffer and one file for all of them: fresh memory for each piece costs more than reading it."""
        buffer = bytearray(self._size)
        view = memoryview(buffer)
        with _in_memory() as file:
            at, rest = self._skipped(), b""
            skipping = 0  # bytes of a line that is longer than a piece
            while True:
                view[: len(rest)] = rest
                filled = len(rest) + self._fill(view[len(rest) :], at + len(rest))
                if not filled:
                    return
                cut = self._cut(at, buffer, filled)
                if cut == 0:
                    skipping, at, rest = skipping + filled, at + filled, b""
                    continue
                yield self._piece(file, at, buffer, cut, skipping)
                at, rest, skipping = at + cut, bytes(view[cut:filled]), 0

    def _fill(self, view: memoryview, at: int) -> int:
        """Bytes read: as many as there is room for, or all that are left.

        First come those that were looked at to know the log.
        """
        got = min(len(view), len(self._begun))
        view[:got], self._begun = self._begun[:got], self._begun[got:]
        with damage(self._name, at):
            while got < len(view) and (more := self._stream.readinto(view[got:])):  # type: ignore[attr-defined]  # all of these streams have it
                got += more
        return got

    def _cut(self, at: int, buffer: bytearray, filled: int) -> int:
        """Where the piece ends: at the mark, or after the last whole line.

        What is left at the end of the log is a line too.
        """
        inside = self._mark - at
        if 0 < inside < filled:
            return inside
        return buffer.rfind(b"\n", 0, filled) + 1 if filled == len(buffer) else filled

    def _piece(self, file: int, at: int, buffer: bytearray, cut: int, skipping: int) -> Piece:
        whole = at + buffer.rfind(b"\n", 0, cut) + 1
        if self._words:
            lines, refused, turned = self._words.piece(bytes(memoryview(buffer)[:cut]), longer=bool(skipping))
            table = self._take(_written(file, memoryview(turned)))
        elif skipping or not cleaning.is_clean(buffer, cut):
            lines, refused, clean = cleaning.clean(bytes(memoryview(buffer)[:cut]), longer=bool(skipping))
            table = self._take(_written(file, memoryview(clean)))
        else:
            lines, refused = buffer.count(b"\n", 0, cut), Counter[str]()
            table = self._take(_written(file, memoryview(buffer)[:cut]))
        return Piece(at - skipping, at + cut, whole, lines, refused, table)

    def _skipped(self) -> int:
        """Go to ``start``, or to the end: what lies before was counted by an earlier run."""
        at = len(self._begun)
        headed = self._words if self._words and self._words.headed else None
        if headed:
            headed.skip(self._begun[: self._start])
        if self._start <= at:
            self._begun = self._begun[self._start :]
            return self._start
        self._begun = b""
        if not headed and isinstance(self._stream, io.BufferedReader) and self._stream.seekable():
            return self._stream.seek(self._start)
        while at < self._start:
            with damage(self._name, at):
                data = self._stream.read(min(self._start - at, self._size))
            if not data:
                break
            if headed:
                headed.skip(data)
            at += len(data)
        return at


@contextmanager
def _in_memory() -> Iterator[int]:
    file = os.memfd_create("log", os.MFD_CLOEXEC)
    try:
        yield file
    finally:
        os.close(file)


def _written(file: int, data: memoryview) -> int:
    """The same file, with this in it and nothing else."""
    written = 0
    while written < len(data):
        written += os.pwrite(file, data[written:], written)
    os.ftruncate(file, len(data))
    return file
