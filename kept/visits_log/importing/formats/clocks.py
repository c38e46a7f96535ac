"""Times as other logs write them, written as Apache and nginx do."""

from __future__ import annotations

import re
from datetime import UTC, datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(
    r"(\d{4})-(0[1-9]|1[0-2])-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)? ?(Z|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_APACHE = re.compile(r"\d{1,2}/[^\W\d_.]{1,20}\.?/\d{4}:\d\d:\d\d:[0-6]\d [+-]\d{4}")
_SECONDS = re.compile(r"\d{1,11}(?:\.\d{1,9})?", re.ASCII)


def stamp(said: object) -> str:
    """``02/Nov/2026:10:00:03 +0000`` of ISO 8601, of seconds since 1970, or of the same; "" for what is no
    time. Without a zone it is UTC.
    """
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return ""
    text = str(said).strip() if isinstance(said, str) else f"{said:.3f}" if abs(said) < 1e11 else ""
    if found := _ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        ahead = "+0000" if zone in (None, "Z") else zone.replace(":", "")
        return f"{day}/{MONTHS[int(month) - 1]}/{year}:{hour}:{minute}:{_second(second)} {ahead}"
    if _SECONDS.fullmatch(text):
        there = datetime.fromtimestamp(int(float(text)), UTC)
        return f"{there:%d}/{MONTHS[there.month - 1]}/{there.year:04}:{there:%H:%M:%S} +0000"
    return text if _APACHE.fullmatch(text) else ""


def _second(said: str | None) -> str:
    return said if said and said < "70" else "00"
