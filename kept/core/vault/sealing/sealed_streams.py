"""Sealed streams: whole archives, of any length, in bounded memory.

The construction of sealed files (see files.py) with a key of its own for each.

An archive's key is derived from the master key and the archive's own random id, so the master key is in no
archive, and no key is used twice. One that must forget hangs on the newest generation, and is lost with it;
one that may be kept hangs on the key that finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from kept.core.vault.errors import MasterKeyProblem, SealBroken
from kept.core.vault.sealing import header, seal
from kept.core.vault.subject_keys.master import master

CHUNK = 256 * 1024
_MARK = b"KEPTARCHIVE1"
_STAYS = bytes(8)


class Writes(Protocol):
    def write(self, piece: bytes, /) -> Any: ...


class SealedWriter:
    """``write`` any number of pieces, then ``finish``.

    ``forgets``: under the newest generation of the master key alone.
    """

    def __init__(self, out: Writes, archive: UUID, kind: str, *, forgets: bool) -> None:
        generation = master().id if forgets else _STAYS
        self._out, self._cipher, self._bound = out, _cipher(generation, archive, kind), _bound(archive, kind)
        self._held, self._number = bytearray(), 0
        out.write(_MARK + generation)

    def write(self, piece: bytes, /) -> None:
        self._held += piece
        # The last chunk is marked, so a full one waits until there is more.
        while len(self._held) > CHUNK:
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def finish(self) -> None:
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(seal.seal_chunk(self._cipher, self._number, last, self._bound, chunk))
        self._number += 1


def opened(file: BinaryIO, archive: UUID, kind: str) -> Iterator[bytes]:
    """The pieces of a sealed stream.

    Raises SealBroken at the chunk that is wrong, MasterKeyProblem when its key is not in this file.
    """
    cipher, bound, step = _cipher(hangs_on(file), archive, kind), _bound(archive, kind), CHUNK + header.TAG
    sealed, number = file.read(step), 0
    while True:
        following = file.read(step)
        yield seal.open_chunk(cipher, number, not following, bound, sealed)
        if not following:
            return
        sealed, number = following, number + 1


def hangs_on(file: BinaryIO) -> bytes:
    """The id of the generation a stream opens with; zeros where it outlives them all. Raises SealBroken."""
    if file.read(len(_MARK)) != _MARK:
        raise SealBroken("This is not a sealed archive.")
    return file.read(8)


def _cipher(generation: bytes, archive: UUID, kind: str) -> seal.Cipher:
    key = master()
    one = key if generation == _STAYS else key.generations.get(generation)
    if one is None:
        raise MasterKeyProblem(
            "This archive was sealed under a master key that is not in the file, or was destroyed. Put the"
            " right file back."
        )
    return seal.cipher(one.derive(f"archive {kind} {archive}"))


def _bound(archive: UUID, kind: str) -> bytes:
    return _MARK + archive.bytes + kind.encode()
