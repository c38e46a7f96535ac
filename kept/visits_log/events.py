"""One event of a visit: all that is ever stored of it.

No address, no browser's own words, nothing finer than the minute.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["page", "not-found", "download", "search", "exit"]
KINDS: tuple[Kind, ...] = ("page", "not-found", "download", "search", "exit")

FEWEST = 10
"""A group smaller than this is never shown, nor anything from which it could be worked out."""

PAUSE = 30
"""Minutes without a page after which the next one begins another visit."""

Event = dict[str, int | str]
"""By name, in the order of ``dimensions.FIELDS``: the site's own calendar day (YYYY-MM-DD), then the columns.

``minute`` counts from 1970-01-01T00:00Z, so that days of 23 and 25 hours have no gap. ``visitor`` is a number
of that day and that collector alone; ``visit`` counts the visits of a visitor from 1, ``seq`` the events of a
visit from 1. What is not known is "".
"""
