"""Which words of what a visitor typed are kept: ours, and no others.

A pattern finds an address or a number, and never a name. So a search or a mistyped address goes to the
collector with "…" for every word that nobody wrote here.
"""

from __future__ import annotations

import re
from collections.abc import Container

from kept.visits_log.scrub import GONE

SHORT_NUMBER = 4
_WORD = re.compile(r"[^\W_]+")
# What stands in old and mistyped addresses, and names nobody.
_USUAL = """
index home default page pages en fr de nl html htm php asp aspx jsp pdf xml txt css js png jpg svg ico json
feed rss www news blog login wp admin content includes support contact about company search download downloads
products product solutions favicon robots sitemap apple touch icon
"""
USUAL = frozenset(_USUAL.split())


def known(text: str, ours: Container[str]) -> str:
    """The text with "…" in the place of each word that is not ours.

    Short numbers stay: they are volts and pages.
    """
    return _WORD.sub(lambda one: one[0] if _is_ours(one[0].casefold(), ours) else GONE, text)


def split(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return [word.casefold() for word in _WORD.findall(text)]


def _is_ours(word: str, ours: Container[str]) -> bool:
    if word.isdigit():
        return len(word) <= SHORT_NUMBER
    return word in ours or (word.endswith("s") and word[:-1] in ours) or f"{word}s" in ours
