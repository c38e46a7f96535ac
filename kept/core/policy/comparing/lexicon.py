"""Words of a language by which wording and tables can be compared: how strong a promise is, what is sold, how
long, what and to whom.

Read once from ``lexicon/*.toml``. A language without a file is compared by structure alone, and the check
says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent / "lexicon"
_LINK = re.compile(r"\]\([^)]*\)")
_END = re.compile(r"(?<=[.!?;:…])\s+|\n\s*\n|\n\s*[-*]\s")
_ISO = re.compile(r"\bP(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?\b")
DAYS = {
    "minutes": 1 / 1440,
    "hours": 1 / 24,
    "days": 1.0,
    "weeks": 7.0,
    "fortnights": 14.0,
    "months": 365.2425 / 12,
    "quarters": 365.2425 / 4,
    "years": 365.2425,
    "decades": 3652.425,
    "centuries": 36524.25,
}


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words of one language, each kind as one pattern over folded text."""

    language: str
    patterns: dict[str, re.Pattern[str]]
    categories: dict[str, re.Pattern[str]]
    lists: dict[str, Any]
    spans: re.Pattern[str]

    def has(self, kind: str, sentence: str) -> bool:
        return bool(self.patterns[kind].search(sentence))

    def found(self, kind: str, sentence: str) -> list[str]:
        return [match[0] for match in self.patterns[kind].finditer(sentence)]

    def negated(self, sentence: str) -> bool:
        return any(self.has(kind, sentence) for kind in ("never", "nobody", "not"))

    def parts(self, sentence: str) -> list[str]:
        """A sentence by its main parts, each with a subject of its own: a "not" in one says nothing about
        another.
        """
        return re.split(rf",\s+(?=(?:\w+\s+)?{self.patterns['subjects'].pattern})", sentence)

    def durations(self, sentence: str) -> Iterator[tuple[str, float]]:
        """Each time that is said, as written and in days: "twenty-four months", "a week after", "P2Y"."""
        for match in self.spans.finditer(sentence):
            days = self._days(match)
            if days is not None and not self.has("age", sentence[match.end() : match.end() + 10]):
                yield match[0].strip(), days
        for iso in _ISO.finditer(sentence.upper()):
            if iso[0] != "P":
                sizes = zip(("years", "months", "weeks", "days"), iso.groups(), strict=True)
                yield iso[0], sum(DAYS[unit] * int(number or 0) for unit, number in sizes)

    def _days(self, match: re.Match[str]) -> float | None:
        number, unit = match["number"], match["unit"]
        size = next(DAYS[name] for name, words in self.lists["units"].items() if unit in words)
        if number in self.lists["article"]:
            before = match.string[: match.start()].rstrip().rpartition(" ")[2].strip("(,")
            after = match.string[match.end() :].lstrip().partition(" ")[0].strip(".,;")
            if before not in self.lists["led_by"] and after not in self.lists["followed_by"]:
                return None
        return self._number(number) * size

    def _number(self, text: str) -> float:
        if text[0].isdigit():
            return float(text.replace(",", "."))
        if text in self.lists["article"]:
            return 1.0
        if text in self.lists["fractions"]:
            return float(self.lists["fractions"][text])
        total = 0.0
        for word in re.split(r"[\s-]+", text):
            if word in self.lists["tens"]:
                value = self.lists["tens"][word]
                total = max(total, 1) * value if value >= 100 else total + value
            elif word in self.lists["numbers"]:
                total += self.lists["numbers"].index(word)
        return total


@lru_cache(maxsize=16)
def of(language: str) -> Lexicon | None:
    """The words of a language ("en", "fr-BE"); None where nobody wrote them down."""
    file = HOME / f"{language.partition('-')[0]}.toml"
    if not re.fullmatch(r"[a-z]{2,3}", file.stem) or not file.is_file():
        return None
    lists = {**_everywhere(), **tomllib.loads(file.read_text("utf-8"))}
    kinds = [key for key, value in lists.items() if isinstance(value, list)]
    patterns = {kind: pattern(lists[kind]) for kind in kinds}
    patterns["forever"] = pattern(lists["indefinite"]["forever"])
    categories = {key: pattern(words) for key, words in lists["categories"].items()}
    return Lexicon(file.stem, patterns, categories, lists, _spans(lists))


def _everywhere() -> dict[str, Any]:
    """Names of houses are the same in every language."""
    return {"houses": tomllib.loads((HOME / "en.toml").read_text("utf-8"))["houses"]}


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words or phrases, longest first, in folded text. Without any word it finds nothing."""
    ordered = sorted({word.casefold() for word in words if word.strip()}, key=len, reverse=True)
    body = "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in ordered)
    return re.compile(rf"(?<!\w)(?:{body})(?!\w)" if body else r"(?!)")


def _spans(lists: dict[str, Any]) -> re.Pattern[str]:
    units = "|".join(
        sorted((word for words in lists["units"].values() for word in words), key=len, reverse=True)
    )
    spoken = [*lists["numbers"], *lists["tens"]]
    plain = "|".join(sorted(map(re.escape, spoken), key=len, reverse=True))
    other = "|".join(sorted(map(re.escape, [*lists["fractions"], *lists["article"]]), key=len, reverse=True))
    number = rf"\d+(?:[.,]\d+)?|(?:{plain})(?:[\s-]+(?:{plain}))*|{other}"
    return re.compile(
        rf"(?<!\w)(?P<number>{number})(?:[\s-]+(?:{lists['between']}))?[\s\u00a0-]*(?P<unit>{units})(?!\w)"
    )


def sentences(text: str) -> list[str]:
    """The sentences of a passage, folded, without the addresses of its links.

    List items and clauses after a colon stand alone.
    """
    plain = (
        _LINK.sub("]", text)
        .replace("’", "'")
        .replace("*", "")
        .replace("_", " ")
        .replace("[", "")
        .replace("]", "")
    )
    return [" ".join(part.casefold().split()) for part in _END.split(plain) if part.strip()]
