"""What an archive says, inside its seal: frames, each a kind, a length and a body.

Read and written in one pass, in bounded memory.

::

    1 byte kind ‖ 4 bytes length (big-endian) ‖ body

    T  a table begins: JSON {"table", "columns", "kinds", "key"}
    R  some of its rows: JSON, bytes in base64
    F  a file begins: JSON {"name", "size"}; the folder it belongs to is the first part of its name
    D  some of its bytes
    E  the end: JSON {"tables": {name: rows}, "files": {folder: files}}, so that a short archive is not taken
        for a whole one
"""

from __future__ import annotations

import json
from binascii import a2b_base64, b2a_base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO

from kept.core.vault.sealing.sealed_streams import Writes
from kept.operations.backups.parts import Part

_HEAD = 5
_PIECE = 256 * 1024
# A frame is a batch of rows or a piece of a file; what claims to be longer is no archive.
_LONGEST = 1 << 30


class FramesBroken(ValueError):
    """The archive does not say what an archive says."""


@dataclass(slots=True)
class Contents:
    """What was written or read: rows by table (and key), files by folder."""

    tables: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)

    def said(self) -> dict[str, dict[str, int]]:
        return {"tables": dict(self.tables), "files": dict(self.files)}


class FrameWriter:
    def __init__(self, out: Writes) -> None:
        self._out = out
        self.contents = Contents()

    def table(self, part: Part, batches: Iterable[Sequence[tuple[Any, ...]]]) -> None:
        self._frame(b"T", _json({name: value for name, value in asdict(part).items() if name != "archive"}))
        places = [place for place, kind in enumerate(part.kinds) if kind == "bytes"]
        self.contents.tables[named(part)] += 0
        for batch in batches:
            self._frame(b"R", _json([_with_texts(row, places) for row in batch]))
            self.contents.tables[named(part)] += len(batch)

    def file(self, name: str, size: int, content: BinaryIO) -> None:
        """Raises FramesBroken when it is not as long as was said: it changed while it was read."""
        self._frame(b"F", _json({"name": name, "size": size}))
        while size and (piece := content.read(min(_PIECE, size))):
            self._frame(b"D", piece)
            size -= len(piece)
        if size:
            raise FramesBroken(f"{name} became shorter while it was read.")
        self.contents.files[name.partition("/")[0]] += 1

    def end(self) -> None:
        self._frame(b"E", _json(self.contents.said()))

    def _frame(self, kind: bytes, body: bytes) -> None:
        self._out.write(kind + len(body).to_bytes(4, "big") + body)


@dataclass(frozen=True, slots=True)
class TableRows:
    """Some rows of a part; no rows where the table is empty."""

    part: Part
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class FilePiece:
    """``last`` with the piece that ends it; an empty file is one empty piece."""

    name: str
    piece: bytes
    last: bool


def read(pieces: Iterable[bytes], archive: str) -> Iterator[TableRows | FilePiece]:
    """Everything an archive says, in order. Raises FramesBroken when that is not what it ends by saying."""
    frames = _frames(pieces)
    contents, part = Contents(), None
    for kind, body in frames:
        if kind == b"T":
            said = json.loads(body)
            part = Part(said["table"], archive, tuple(said["columns"]), tuple(said["kinds"]), said["key"])
            contents.tables[named(part)] += 0
            yield TableRows(part, [])
        elif kind == b"R" and part is not None:
            rows = _with_bytes(json.loads(body), part)
            contents.tables[named(part)] += len(rows)
            yield TableRows(part, rows)
        elif kind == b"F":
            said = json.loads(body)
            yield from _file(said["name"], said["size"], frames)
            contents.files[said["name"].partition("/")[0]] += 1
        elif kind == b"E" and json.loads(body) == contents.said():
            if next(frames, None) is not None:
                raise FramesBroken("The archive goes on after its end.")
            return
        else:
            break
    raise FramesBroken("The archive does not hold what it says it holds.")


def named(part: Part) -> str:
    """A table, or some columns of it, in the counts."""
    return (
        f"{part.table}({', '.join(name for name in part.columns if name != part.key)})"
        if part.key
        else part.table
    )


def _file(name: str, size: int, frames: Iterator[tuple[bytes, bytes]]) -> Iterator[FilePiece]:
    if not size:
        yield FilePiece(name, b"", True)
    while size:
        kind, body = next(frames, (b"", b""))
        size -= len(body)
        if kind != b"D" or size < 0 or not body:
            raise FramesBroken(f"The archive does not hold all of {name}.")
        yield FilePiece(name, body, not size)


def _frames(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    held, waiting = bytearray(), iter(pieces)

    def have(size: int) -> bool:
        while len(held) < size:
            piece = next(waiting, None)
            if piece is None:
                return False
            held.extend(piece)
        return True

    while have(1):
        size = int.from_bytes(held[1:_HEAD], "big") if have(_HEAD) else _LONGEST
        if size >= _LONGEST or not have(_HEAD + size):
            raise FramesBroken("The archive ends in the middle.")
        yield bytes(held[:1]), bytes(held[_HEAD : _HEAD + size])
        del held[: _HEAD + size]


def _json(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _with_texts(row: tuple[Any, ...], places: Sequence[int]) -> Sequence[Any]:
    if not places:
        return row
    spelled = list(row)
    for place in places:
        if spelled[place] is not None:
            spelled[place] = b2a_base64(spelled[place], newline=False).decode()
    return spelled


def _with_bytes(rows: list[list[Any]], part: Part) -> list[list[Any]]:
    places = [place for place, kind in enumerate(part.kinds) if kind == "bytes"]
    for row in rows:
        for place in places:
            if row[place] is not None:
                row[place] = a2b_base64(row[place])
    return rows
