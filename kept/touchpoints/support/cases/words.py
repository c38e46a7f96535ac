"""In which field what was said is kept: support may not read what belongs to sales, nor sales what belongs to
support.
"""

from __future__ import annotations

from kept.touchpoints.support.cases import topics

TITLE, TEXT = 120, 20_000
"""How many characters a title, and a text, may have."""


def said_in(kind: str) -> str:
    """The field of a message, a note or a call that holds its words."""
    return "enquiry" if kind == topics.SALES else "text"


def title_from(text: str) -> str:
    """The first line of a text, cut at a word: what a case is called where nobody gave it a title."""
    line = " ".join(text.strip().partition("\n")[0].split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rpartition(" ")[0] + "…"
