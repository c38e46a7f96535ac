"""What people type, as characters: what cannot be seen is taken out or refused, and equal texts become equal
(NFC, Unicode UAX #15).

Three kinds of characters nobody sees. *Blank* ones come along with a paste (zero-width space, soft hyphen,
byte order mark, Hangul fillers) and are taken out. *Joiners* belong into Persian, Indic scripts and emoji,
and stay between what they join. *Marks* that turn the direction of text (Trojan Source, CVE-2021-42574) and
control characters are refused in a text, and ignored in a number, an address or a code, where copying from a
phone's contacts brings them.
"""

from __future__ import annotations

import re
import unicodedata

from kept.sentences import sentence

UNSEEN = sentence("There is a character in it that cannot be seen. Type it by hand instead of pasting it")
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BIDI = re.compile(f"[{BIDI}]")
_BLANK = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e007f]"
)
_JOINERS = "\u200c\u200d"
# Blank in print, though Unicode counts it among the symbols.
_EMPTY = "\u2800"
_REFUSED = frozenset({"Cc", "Cs", "Co", "Cn"})


class TextError(ValueError):
    """A text holds what cannot be seen. The message says what to do."""


def clean_text(text: str, *, lines: bool = False) -> str:
    """The text as it is kept: composed, trimmed, without blanks; "" where nothing can be seen. Idempotent.

    ``lines``: line ends stay (as ``\\n``); in a text of one line they become spaces. Raises TextError for
    control characters, for marks of direction, and for what is no character at all.
    """
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    composed = re.sub("[\u0085\u2028\u2029\v\f]", "\n", composed)
    said = composed.replace("\t", " ") if lines else re.sub(r"[\n\t]", " ", composed)
    if _BIDI.search(said) or any(unicodedata.category(mark) in _REFUSED for mark in said if mark != "\n"):
        raise TextError(UNSEEN)
    return _visible(said)


def clean_code(text: str) -> str:
    """A number, an address or a code: everything that cannot be seen is ignored. Idempotent."""
    plain = "".join(
        mark
        for mark in unicodedata.normalize("NFC", text)
        if unicodedata.category(mark) not in _REFUSED or mark in "\t\n\r"
    )
    return _visible(_BIDI.sub("", plain))


def _visible(text: str) -> str:
    kept, before = text, ""
    # Taking a blank out can leave a joiner between nothing, or letters that compose, so until nothing
    # changes; each round shortens or ends.
    while kept != before:
        before = kept
        kept = unicodedata.normalize("NFC", _join(_BLANK.sub("", kept))).strip()
    return kept if any(_is_seen(mark) for mark in kept) else ""


def _join(text: str) -> str:
    """Joiners stay where they stand between two characters that can be joined."""
    return "".join(
        mark
        for place, mark in enumerate(text)
        if mark not in _JOINERS
        or (0 < place < len(text) - 1 and _can_join(text[place - 1]) and _can_join(text[place + 1]))
    )


def _can_join(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "LMS" and mark not in _EMPTY


def _is_seen(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "LNPS" and mark not in _EMPTY
