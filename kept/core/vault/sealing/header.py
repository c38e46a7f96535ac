"""The header of a sealed value: what it is, when, where and under which promise it was collected.

Readable without any key.

    0       format, always 1
    1..4    number of the policy version, big-endian
    5..8    day, as the proleptic ordinal
    9, 10   lengths of field id and source
    11..    field id, source

It is authenticated together with the subject and the row, so nothing in it can be altered.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kept.core.vault.errors import SealBroken, SealRefused

FORMAT = 1
_FIXED = struct.Struct(">BIIBB")
FIXED = _FIXED.size
NONCE, TAG = 12, 16
# header with a field id of one letter, nonce, one padded block, tag
SHORTEST = FIXED + 1 + NONCE + 16 + TAG
_FIELD_ID = re.compile(r"[a-z][a-z0-9_.-]{0,99}")
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .:/_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Header:
    field_id: str
    policy: int
    day: date
    source: str

    def pack(self) -> bytes:
        """Raises SealRefused for a field id or a source that is no plain name: headers are in the clear."""
        if not _FIELD_ID.fullmatch(self.field_id):
            raise SealRefused(f"“{self.field_id[:40]}” is not a field id. Write it like person.phone.")
        if not _SOURCE.fullmatch(self.source):
            raise SealRefused(
                "The source of a value stands in the clear. Name the place it came from in a few plain words."
            )
        name, source = self.field_id.encode(), self.source.encode()
        return _FIXED.pack(FORMAT, self.policy, self.day.toordinal(), len(name), len(source)) + name + source


def length(raw: bytes) -> int:
    """How many bytes the header of a sealed value takes."""
    return FIXED + raw[9] + raw[10]


def read(raw: bytes) -> Header:
    """Raises SealBroken when this is no sealed value."""
    if len(raw) < SHORTEST or raw[0] != FORMAT or len(raw) < length(raw) + NONCE + TAG:
        raise SealBroken("This is not a sealed value.")
    try:
        return _of(raw[: length(raw)])
    except ValueError:
        raise SealBroken("This is not a sealed value.") from None


@lru_cache(maxsize=1024)
def _of(head: bytes) -> Header:
    """Most values that are read together were sealed together, under the same header."""
    _, policy, day, name, _ = _FIXED.unpack_from(head)
    start = FIXED + name
    return Header(head[FIXED:start].decode(), policy, date.fromordinal(day), head[start:].decode())


def looks_sealed(raw: bytes) -> bool:
    try:
        read(raw)
    except SealBroken:
        return False
    return True
