"""Whether two wordings say the same: only marks, capitals, white space or a mended misspelling differ.

Anything else may move the meaning.

A machine cannot tell what a word means, so nothing here guesses: what is not one of these four waits like a
widening.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache

SHORTEST = 6
"""Letters a word must have before another spelling of it is believed: "never" and "ever" are one letter
apart.
"""
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\ufeff]")
_TOKEN = re.compile(r"\w+|~~|%|[^\w\s]")
_APOSTROPHES = str.maketrans("’ʼ＇", "'''")


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, and the signs that mean something: a currency, a percentage, a word struck
    out.
    """
    plain = (
        _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        .translate(_APOSTROPHES)
        .casefold()
        .replace("_", " ")
    )
    return tuple(sign for sign in _TOKEN.findall(plain) if _means(sign))


def _means(sign: str) -> bool:
    return sign in ("~~", "%") or (unicodedata.category(sign[0])[0] in "LNMS" and sign not in "`^~|")


def vocabulary(files: Mapping[str, str]) -> Counter[str]:
    """Every word of a policy folder with how often it stands there."""
    return Counter(word for text in files.values() for word in words(text))


def same_words(before: str, after: str, *, known: Collection[str] = ()) -> bool:
    """True when only spacing, capitals, punctuation or marking differ, or a misspelling was mended.

    ``known``: words that stand elsewhere in the folder. One spelling must be among them and the other must
    not, so that a word is never taken for another word. Without them no other spelling is believed.
    """
    old, new = words(before), words(after)
    if old == new:
        return True
    if "".join(old) == "".join(new):
        return _only_joined(old, new)
    return len(old) == len(new) and all(
        one == other or _same_word(one, other, known) for one, other in zip(old, new, strict=True)
    )


def _only_joined(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    """ "e-mail" is "email"; but "nowhere" is not "now here", and 1.5 is not 15: no short or counted word is
    joined or parted.
    """
    moved = (Counter(old) - Counter(new)) + (Counter(new) - Counter(old))
    return (
        all(word.isalpha() for word in moved)
        and max(map(len, moved), default=0) < 2 * SHORTEST
        and _plain(moved)
    )


def _plain(moved: Counter[str]) -> bool:
    return not any(word in _TURNING for word in moved) and any(len(word) == 1 for word in moved)


_TURNING = frozenset({"a", "no", "not", "now", "un", "in", "non", "i"})
"""Short words that turn the sense of the one they stand before."""


def _same_word(one: str, other: str, known: Collection[str]) -> bool:
    if min(len(one), len(other)) < SHORTEST or not (one.isalpha() and other.isalpha()):
        return False
    if one[0] != other[0] or (one[-1] != other[-1]) or (one in known) == (other in known):
        return False
    return _one_slip(one, other)


def _one_slip(one: str, other: str) -> bool:
    """One letter more, less or other, or two that changed places."""
    if len(one) > len(other):
        one, other = other, one
    at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, others = one[at:], other[at:]
    if len(one) < len(other):
        return len(other) - len(one) == 1 and rest == others[1:]
    return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
