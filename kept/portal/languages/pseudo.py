"""A language for looking at pages: every message 40 % longer, with accents, in brackets.

What shows no bracket was not marked; what bursts its box would burst in German. ``bin/messages pseudo``
writes its catalogue, which is not kept. It has no address and is offered to nobody: in a demo the cookie
``kept_language=eo`` asks for it, and the tests do.
"""

from __future__ import annotations

import re

CODE = "eo"
"""A code that Django knows and the portal does not speak."""
LONGER = 0.4
_ACCENTS = str.maketrans("aceinosuyACEINOSUY", "àçéîñôšûÿÀÇÉÎÑÔŠÛŸ")
_KEEP = re.compile(r"(\{[^{}]*\}|</?\w+>|%\(\w+\)[sd]|&#?\w+;)")
_FILL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def stretched(message: str) -> str:
    """``Sign in`` becomes ``[Šîgñ îñ oñé]``; placeholders stay."""
    parts = _KEEP.split(message)
    text = "".join(part if _KEEP.fullmatch(part) else part.translate(_ACCENTS) for part in parts)
    wanted = round(sum(len(part) for part in parts if not _KEEP.fullmatch(part)) * LONGER)
    filling = ""
    for number in range(wanted):
        if len(filling) >= wanted:
            break
        filling += f" {_FILL[number % len(_FILL)]}"
    return f"[{text}{filling[: max(wanted, 1)].rstrip()}]"
