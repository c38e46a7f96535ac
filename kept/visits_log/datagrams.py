"""What the web tells the collector of one reading, in memory from one process to the other: the only place
where an address stands beside a page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from operator import attrgetter

from kept.visits_log.events import KINDS, Kind

LARGEST = 8192
"""Bytes of a datagram. The web cuts each text so that none is longer; a longer one is nobody's."""
MOST_MISSED = 10**9
_CUT = {
    "address": 45,
    "agent": 512,
    "path": 400,
    "target": 200,
    "referrer": 200,
    "language": 35,
    "source": 80,
    "medium": 80,
    "campaign": 80,
}


@dataclass(slots=True)
class Reading:
    """``address`` and ``agent`` go no further than the collector's memory.

    ``missed``: readings before it that the collector was not there for.
    """

    kind: Kind
    address: str
    agent: str
    path: str
    target: str = ""
    referrer: str = ""
    language: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    again: str = ""
    missed: int = 0


_NAMES = [field.name for field in fields(Reading)]
_CUTS = [(at, _CUT[name]) for at, name in enumerate(_NAMES) if name in _CUT]
_values = attrgetter(*_NAMES)
_AGAIN, _MISSED = _NAMES.index("again"), _NAMES.index("missed")
_write = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_read = json.JSONDecoder().decode


def pack(reading: Reading) -> bytes:
    """One datagram.

    Texts are cut to what any of them may be, so that a header of 64 KB costs nobody anything.
    """
    values = list(_values(reading))
    for at, longest in _CUTS:
        if len(values[at]) > longest:
            values[at] = values[at][:longest]
    return _write(values).encode("ascii")


def unpack(datagram: bytes) -> Reading:
    """Raises ValueError for whatever is no reading: too long, no JSON, other fields, other types."""
    if len(datagram) > LARGEST:
        raise ValueError("too long")
    try:
        values = _read(datagram.decode("ascii"))
    except RecursionError:
        raise ValueError("nested") from None
    if (
        type(values) is not list
        or len(values) != len(_NAMES)
        or values[0] not in KINDS
        or values[_AGAIN] not in ("", "first", "again")
    ):
        raise ValueError("another shape")
    missed = values[_MISSED]
    if (
        type(missed) is not int
        or not 0 <= missed <= MOST_MISSED
        or any(type(text) is not str for text in values[:_MISSED])
    ):
        raise ValueError("other types")
    return Reading(*values)
