"""One event of a visit: all that is ever stored of it.

No address, no browser's own words, nothing finer than the minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["page", "not-found", "download", "search", "exit"]
KINDS: tuple[Kind, ...] = ("page", "not-found", "download", "search", "exit")

FEWEST = 10
"""A group smaller than this is never shown, nor anything from which it could be worked out."""

PAUSE = 30
"""Minutes without a page after which the next one begins another visit."""


@dataclass(frozen=True, slots=True)
class Event:
    """``day`` is the site's own calendar day (YYYY-MM-DD); ``minute`` counts from 1970-01-01T00:00Z, so that
    days of 23 and 25 hours have no gap.

    ``visitor`` is a number of that day and that collector alone; ``visit`` counts the visits of a visitor
    from 1, ``seq`` the events of a visit from 1. ``target``: the file of a download, the scrubbed words of a
    search, the site an exit leads to. ``referrer`` is a host alone. ``country`` is two letters, ``language``
    two or three; what is not known is "". ``again``: "first" or "again" where a cookie she said yes to tells,
    otherwise "".
    """

    day: str
    minute: int
    visitor: int
    visit: int
    seq: int
    kind: Kind
    path: str
    target: str = ""
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    country: str = ""
    provider: str = ""
    browser: str = ""
    system: str = ""
    language: str = ""
    again: str = ""


COLUMNS: dict[str, str] = {
    "minute": "BIGINT",
    "visitor": "BIGINT",
    "visit": "BIGINT",
    "seq": "BIGINT",
    **dict.fromkeys(
        (
            "kind",
            "path",
            "target",
            "referrer",
            "source",
            "medium",
            "campaign",
            "country",
            "provider",
            "browser",
            "system",
            "language",
            "again",
        ),
        "VARCHAR",
    ),
}
"""A day's Parquet file, column by column, in DuckDB's types.

The day is the folder's name. Signed 64 bits: every engine reads those.
"""
