"""What must be gone from a piece of a log before anything reads it: lines without end, what no server writes.
Another encoding is mended: a visit is not lost over a letter.
"""

from __future__ import annotations

import codecs
from collections import Counter

TOO_LONG, BROKEN = "longer than 64 KB", "broken line"

LONGEST = 64 << 10
MARK = b"\x01"
"""Stands in no line: DuckDB is told that it means "nothing"."""
_NEVER = (b"\0", MARK, b"\r")
_STEP = 1 << 20


def is_clean(buffer: bytearray, end: int) -> bool:
    """Nothing has to be done about what stands before ``end``.

    Looks at all of it, a few times, at the speed of memory.
    """
    return (
        buffer[end - 1] == 0x0A
        and all(buffer.find(one, 0, end) < 0 for one in (*_NEVER, b'\\"'))
        and not _has_long(buffer, end)
        and (buffer.isascii() or _is_utf8(memoryview(buffer)[:end]))
    )


def clean(data: bytes, *, longer: bool = False) -> tuple[int, Counter[str], bytes]:
    """How many lines there were, which were refused, and the rest.

    ``longer``: the first line began before this piece.
    """
    lines, refused, data = sift(data, longer=longer)
    return lines, refused, unquoted(data)


def sift(data: bytes, *, longer: bool = False) -> tuple[int, Counter[str], bytes]:
    """As ``clean``, with quotes as they are."""
    refused: Counter[str] = Counter()
    if data and not data.endswith(b"\n"):
        data += b"\n"
    lines = data.count(b"\n")
    if longer:
        refused[TOO_LONG] += 1
        data = data[data.find(b"\n") + 1 :]
    if b"\r\n" in data:
        data = data.replace(b"\r\n", b"\n")
    if any(never in data for never in _NEVER) or _has_long(data, len(data)) or not _is_utf8(data):
        data = _without(data, refused)
    return lines, refused, data


def unquoted(data: bytes) -> bytes:
    """Without Apache's way to write a quote, and a backslash, inside of quotes."""
    return data.replace(rb"\\", b"%5C").replace(b'\\"', b"%22") if b'\\"' in data else data


def mended(line: bytes) -> bytes:
    """In UTF-8: bytes that are not are read as Windows and Latin-1 write letters, the others stay."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode(errors=_STRAY).encode()
    return line


def _stray(wrong: UnicodeError) -> tuple[str, int]:
    if not isinstance(wrong, UnicodeDecodeError):
        raise wrong
    return wrong.object[wrong.start : wrong.end].decode("cp1252", "replace"), wrong.end


_STRAY = "kept-stray-bytes"
codecs.register_error(_STRAY, _stray)


def _without(data: bytes, refused: Counter[str]) -> bytes:
    kept = []
    for line in data.split(b"\n")[:-1]:
        reason = reason_against(line)
        if reason:
            refused[reason] += 1
        else:
            kept.append(mended(line))
    kept.append(b"")
    return b"\n".join(kept)


def reason_against(line: bytes) -> str:
    """Why a line without its end is refused at sight, or ""."""
    if len(line) > LONGEST:
        return TOO_LONG
    return BROKEN if any(never in line for never in _NEVER) else ""


def _has_long(data: bytes | bytearray, size: int) -> bool:
    """Steps from the last line's end within reach to the next: a few hundred looks at a whole piece."""
    at = 0
    while size - at > LONGEST:
        end = data.rfind(b"\n", at, min(at + LONGEST + 1, size))
        if end < 0:
            return True
        at = end + 1
    return False


def _is_utf8(data: bytes | memoryview) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), _STEP):
            decoder.decode(data[at : at + _STEP], final=at + _STEP >= len(data))
    except UnicodeDecodeError:
        return False
    return True
