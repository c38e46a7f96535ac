"""What counts as the same when people are looked up: case, accents and compatibility forms do not; scripts
do.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose, as people type them without the key.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_WORD = re.compile(r"\w+", re.UNICODE)


def casefold(text: str) -> str:
    """For exact look-ups such as e-mail: case, width and surrounding space do not count; accents do."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def fold(text: str) -> str:
    """For names: accents do not count either.

    "Łukasz Müller" → "lukasz muller"; other scripts keep their letters.
    """
    apart = unicodedata.normalize("NFKD", casefold(text).translate(_PLAIN))
    latin = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFKC", latin)


def words(text: str) -> list[str]:
    """The folded words of a name, hyphens and apostrophes dividing them, each once."""
    return list(dict.fromkeys(_WORD.findall(fold(text).replace("_", " "))))
