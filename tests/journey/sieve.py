"""Everything a system wrote, unfolded: what lies in it in the clear, however it was wrapped."""

from __future__ import annotations

import base64
import binascii
import io
import json
import os
import re
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_to_bytes
from zipfile import BadZipFile, ZipFile

DEEPEST = 4
WORD64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2}){8,}")


def unfold(raw: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what is inside: ZIPs, compressed streams, base64, hex, percent signs, JSON's escapes."""
    yield raw
    if depth >= DEEPEST:
        return
    for inner in _inside(raw):
        if inner and inner != raw:
            yield from unfold(inner, depth + 1)


def _inside(raw: bytes) -> Iterator[bytes]:
    if raw[:2] == b"PK":
        yield from _zipped(raw)
    if raw[:1] in b"x\x1f":
        yield _inflated(raw)
    for word in WORD64.findall(raw) if len(raw) < 200_000 else ():
        yield _from_base64(word)
    for word in HEX.findall(raw) if len(raw) < 200_000 else ():
        yield binascii.unhexlify(word)
    if b"%" in raw and len(raw) < 200_000:
        yield unquote_to_bytes(raw)
    if b"\\u" in raw and len(raw) < 200_000:
        yield re.sub(
            rb"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)).encode("utf-8", "ignore"), raw
        )


def _zipped(raw: bytes) -> Iterator[bytes]:
    try:
        with ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)
    except (BadZipFile, ValueError, OSError):
        return


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompressobj(47).decompress(raw)
    except zlib.error:
        return b""


def _from_base64(word: bytes) -> bytes:
    plain = word.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return b""


def spellings(value: str) -> set[bytes]:
    """How a value may stand in a file that is not unfolded: also as base64 begun at any of three places."""
    raw = value.encode()
    found = {
        raw,
        value.encode("utf-16-le"),
        json.dumps(value)[1:-1].encode(),
        quote(value).encode(),
        quote_plus(value).encode(),
        raw.hex().encode(),
    }
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw)[(4 if shift else 0) : -4]
        found |= {coded, coded.replace(b"+", b"-").replace(b"/", b"_")}
    return {each for each in found if len(each) >= 6}


def cells(file: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of a database, by "table.column"."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        database.text_factory = bytes
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            rows = database.execute(f'SELECT * FROM "{table.decode()}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    if isinstance(value, bytes):
                        yield f"{table.decode()}.{name}", value


def written(home: Path, *logs: Path) -> Iterator[tuple[str, bytes]]:
    """Everything by the place it lies in: files whole, and the database's values one by one."""
    # A folder may end while it is walked: a report's, in which it sorts.
    inside = (Path(folder) / name for folder, _, names in os.walk(home) for name in names)
    for file in [*sorted(path for path in inside if path.is_file()), *logs]:
        place = str(file.relative_to(home)) if file.is_relative_to(home) else "log"
        if not place.startswith("static/"):
            yield place, file.read_bytes()
    for place, value in cells(home / "kept.sqlite3"):
        yield place, value


def caught(home: Path, canaries: Mapping[str, str], *logs: Path) -> set[tuple[str, str]]:
    """(canary, place) for each canary that lies somewhere in the clear."""
    marks = {name: spellings(value) for name, value in canaries.items()}
    found = set()
    for place, raw in written(home, *logs):
        # The database is unfolded value by value.
        for layer in (raw,) if place.startswith("kept.sqlite3") else unfold(raw):
            found |= {
                (name, place) for name, wanted in marks.items() if any(each in layer for each in wanted)
            }
    return found
