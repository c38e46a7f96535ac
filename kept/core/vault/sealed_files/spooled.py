"""Sealed files of nobody known yet: what has just arrived, and whose it is nobody has looked.

Each carries its own key at its beginning, in a box of the master key, so that no row of a database is needed
to find it again. Written beside its place, flushed to the disk and then renamed, as files of people are:
there is all of it, or nothing.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealed_files.files import CHUNK, sync_folder
from kept.core.vault.sealing import header, seal
from kept.core.vault.sealing.sealed_box import Box

_MARK = b"KEPTSPOOL1"
_LENGTH = 4
LONGEST_LABEL = 1 << 20
"""In bytes, of what a file says of itself before its content: a file that says more is none of ours."""


class Spooled:
    """One file while it is written: ``write`` again and again, then ``finish`` or ``discard``.

    Raises what the disk raises (OSError); then it is to be discarded.
    """

    def __init__(self, place: Path, id: UUID, box: Box, label: Mapping[str, Any]) -> None:
        """``label``: what is known of it now, of plain JSON; it lies in the box with the key."""
        self.place, self.size = place, 0
        self._beside = place.with_name(place.name + ".part")
        key = seal.new_key()
        self._cipher, self._bound = seal.cipher(key), _MARK + id.bytes
        self._waiting, self._number = bytearray(), 0
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._out: BinaryIO = os.fdopen(handle, "wb")
        self._out.write(_labelled(box, id, {"key": base64.b64encode(key).decode(), "label": dict(label)}))

    def write(self, piece: bytes) -> None:
        self.size += len(piece)
        self._waiting += piece
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def finish(self) -> None:
        """All of it is on the disk, under its name, when this returns."""
        self._seal(bytes(self._waiting), last=True)
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        os.replace(self._beside, self.place)
        sync_folder(self.place.parent)

    def discard(self) -> None:
        with suppress(OSError):
            self._out.close()
        with suppress(OSError):
            self._beside.unlink(missing_ok=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(seal.seal_chunk(self._cipher, self._number, last, self._bound, chunk))
        self._number += 1


def label_of(place: Path, id: UUID, box: Box) -> dict[str, Any]:
    """What the file was said to be when it was begun. Raises SealBroken, and OSError where it is gone."""
    with place.open("rb") as file:
        found: dict[str, Any] = _head(file, id, box)["label"]
    return found


def content_of(place: Path, id: UUID, box: Box) -> Iterator[bytes]:
    """Its content, chunk by chunk. Raises SealBroken at the chunk that is wrong, and OSError."""
    with place.open("rb") as file:
        cipher = seal.cipher(base64.b64decode(_head(file, id, box)["key"]))
        step, bound = CHUNK + header.TAG, _MARK + id.bytes
        sealed, number = file.read(step), 0
        while True:
            following = file.read(step)
            yield seal.open_chunk(cipher, number, not following, bound, sealed)
            if not following:
                return
            sealed, number = following, number + 1


def renew(place: Path, id: UUID, box: Box) -> bool:
    """Put its key under the newest generation of the master key; False where it is already.

    The content stays as it is sealed. Raises SealBroken, OSError.
    """
    beside = place.with_name(place.name + ".part")
    with place.open("rb") as file:
        raw = _raw_head(file)
        fresh = box.renewed(raw, bound_to=str(id))
        if fresh is None:
            return False
        with beside.open("wb") as out:
            out.write(_MARK + len(fresh).to_bytes(_LENGTH, "big") + fresh)
            shutil.copyfileobj(file, out, CHUNK)
            out.flush()
            os.fsync(out.fileno())
    os.replace(beside, place)
    sync_folder(place.parent)
    return True


def _labelled(box: Box, id: UUID, said: Mapping[str, Any]) -> bytes:
    sealed = box.seal(json.dumps(said).encode(), bound_to=str(id))
    return _MARK + len(sealed).to_bytes(_LENGTH, "big") + sealed


def _raw_head(file: BinaryIO) -> bytes:
    if file.read(len(_MARK)) != _MARK:
        raise SealBroken("This is not a sealed file.")
    size = int.from_bytes(file.read(_LENGTH), "big")
    if size > LONGEST_LABEL:
        raise SealBroken("A sealed file says more of itself than any of ours.")
    return file.read(size)


def _head(file: BinaryIO, id: UUID, box: Box) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(box.open(_raw_head(file), bound_to=str(id)))
    return found
