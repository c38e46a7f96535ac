"""Names of others in the wording: what is written like a company's name, and neither a table nor the language
explains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from babel import Locale

from kept.core.policy.comparing.lexicon import Lexicon
from kept.core.policy.model import Policy

_WORD = re.compile(r"[^\W\d_][\w&'-]*", re.UNICODE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b")
_MARKED = re.compile(r"\*[^*\n]{1,80}\*")
"""Words set in italics are quoted from a page: *Your data*."""
_START = re.compile(r"(?:^|[.!?:;…\n(\"“«]|\n\s*[-*])\s*\Z")
_LEGAL = re.compile(
    r"((?:[A-Z][\w&'-]*\s+){1,4})(?:Inc|LLC|Ltd|Limited|GmbH|AG|SE|SA|S\.A\.|NV|N\.V\.|BV|B\.V\.|SARL|SAS|SRL|SpA|Oy|AB|ApS|Corp|PLC|plc|KG|Pty)\b"
)


@lru_cache(maxsize=32)
def known(policy: Policy, words: Lexicon) -> frozenset[str]:
    """Every word that a table holds, that is written small somewhere in the wording, or that names a country,
    a language or a month.
    """
    tables = " ".join(
        text
        for name, text in policy.files.items()
        if name.endswith(".toml") and not name.startswith(("answers/", "words/"))
    )
    small = " ".join(
        text for name, text in policy.files.items() if name.endswith(".md") or name.startswith("words/")
    )
    found = {word.casefold() for word in _WORD.findall(tables)}
    found |= {word for word in _WORD.findall(small) if word[0].islower()}
    locale = Locale.parse(words.language)
    common = [
        *locale.territories.values(),
        *locale.languages.values(),
        *locale.months["format"]["wide"].values(),
    ]
    common += [*locale.days["format"]["wide"].values(), *words.lists["proper"]]
    return frozenset(found | {word.casefold() for one in common for word in _WORD.findall(one)})


def strangers(text: str, known: frozenset[str], words: Lexicon) -> Iterator[str]:
    """Names nobody explains, each once: with a legal form behind them, of houses people know, or with a
    capital inside a sentence.
    """
    plain = _MARKED.sub(" ", _ADDRESS.sub(" ", _LINK.sub(r"\1", text)))
    found: dict[str, None] = {}
    for match in _LEGAL.finditer(plain):
        if not all(word.casefold() in known for word in _WORD.findall(match[1])):
            found[match[0]] = None
    for match in words.patterns["houses"].finditer(plain.casefold()):
        if match[0] not in known:
            found[plain[match.start() : match.end()]] = None
    for match in _WORD.finditer(plain) if words.lists["capitals"] else ():
        inside = not _START.search(plain[: match.start()])
        camel = any(sign.isupper() for sign in match[0][1:])
        if match[0][0].isupper() and (inside or camel) and not _explained(match[0], known):
            found.setdefault(match[0], None)
    whole = list(found)
    return (name for name in whole if not any(name != other and name in other for other in whole))


def _explained(word: str, known: frozenset[str]) -> bool:
    folded = word.casefold().removesuffix("'s")
    return (
        all(part in known or len(part) == 1 for part in re.split(r"['&-]", folded) if part) or folded in known
    )
