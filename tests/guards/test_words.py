"""The glossary is about the code: each word's home is there, and no name of a module means four things."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from tests.guards.tree import ROOT

WORDS = ROOT / "docs" / "words.md"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `([^`]+)` \|$", re.MULTILINE)
SIBLINGS = {
    "__init__",
    "apps",
    "models",
    "personal",
    "views",
    "urls",
    "proofs",
    "jobs",
    "flows",
    "forms",
    "desk",
    "desk_views",
    "demo",
    "recorded",
    "recovery",
    "places",
    "hooks",
    "fulfilment",
    "environment",
}
"""Names that stand in many rooms on purpose: each is that room's own of one shape."""
MOST = 3


def homes() -> list[Path]:
    return [ROOT / "kept" / home for _, _, home in ROW.findall(WORDS.read_text(encoding="utf-8"))]


def crowded(stems: list[str]) -> list[str]:
    return sorted(name for name, times in Counter(stems).items() if times > MOST and name not in SIBLINGS)


def test_each_word_lives_where_the_page_says() -> None:
    assert len(homes()) > 40
    assert [str(home) for home in homes() if not home.is_file()] == []


def test_no_word_stands_twice() -> None:
    words = [word for word, _, _ in ROW.findall(WORDS.read_text(encoding="utf-8"))]
    assert len(words) == len(set(words))


def test_no_name_means_four_things() -> None:
    modules = [
        path for path in (ROOT / "kept").rglob("*.py") if not {"tests", "migrations"} & set(path.parts)
    ]
    assert crowded([path.stem for path in modules]) == []
    assert crowded(["guard", "guard", "guard", "guard", "views"]) == ["guard"], "a planted one is seen"
