"""Before an answer leaves: what in it was meant for nobody, or was to be filled in."""

from __future__ import annotations

import re

_OPEN = re.compile(
    r"\{\{?[^{}\n]{0,40}\}?\}|\[[^\[\]\n]{1,40}\]|<[a-zA-Zäöüéè ]{2,30}>|\b(?:X{3,}|TODO|TBD|FIXME)\b|_{3,}"
)
_INTERNAL = re.compile(
    r"\b(?:internal(?:ly)?|intern(?:es?|al)?|do not tell|nicht sagen|niet zeggen|ne pas dire)\b",
    re.IGNORECASE,
)


def doubts(text: str) -> list[str]:
    """Places that were not filled in, and words that staff use among themselves; in the order they stand."""
    found = {match.start(): match[0] for pattern in (_OPEN, _INTERNAL) for match in pattern.finditer(text)}
    return list(dict.fromkeys(found[at] for at in sorted(found)))
