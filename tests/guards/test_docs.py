"""What can be set, typed or found is documented; what is documented exists."""

from __future__ import annotations

import re

import pytest

from kept.__main__ import commands
from kept.core.register.checking.findings import IDS
from kept.environment import SETTINGS
from tests.guards.tree import ROOT

DOCUMENTED = {
    "docs/settings.md": ({setting.name for setting in SETTINGS}, r"KEPT_(?!TEST_)[A-Z_]*[A-Z]"),
    "docs/commands.md": ({name.rstrip("_") for name in commands()}, r"(?<=^## `kept )[a-z]+"),
    "docs/checks.md": (set(IDS), r"kept\.[A-Z]\d{3}"),
}


@pytest.mark.parametrize("page", DOCUMENTED)
def test_everything_is_documented(page: str) -> None:
    there, _ = DOCUMENTED[page]
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [
        name for name in sorted(there) if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)
    ] == []


@pytest.mark.parametrize("page", DOCUMENTED)
def test_nothing_documented_is_gone(page: str) -> None:
    there, pattern = DOCUMENTED[page]
    text = (ROOT / page).read_text(encoding="utf-8")
    assert sorted(set(re.findall(pattern, text, re.MULTILINE)) - there) == []


def test_the_meaning_of_each_check_is_the_program_s_own() -> None:
    text = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    assert [id for id, meaning in IDS.items() if f"### {id}\n\n{meaning}" not in text] == []


def test_where_to_change_what_names_files_that_are_there() -> None:
    table = (
        (ROOT / "README.md").read_text("utf-8").partition("### Where to change what")[2].partition("## ")[0]
    )
    named = re.findall(r"`((?:kept|policies|bin|docs)/[\w./-]+)`", table)
    assert len(named) > 12
    assert [path for path in named if not (ROOT / path).exists()] == []
    # Files of a room, by the names that rooms give them: each is there in some room.
    own = set(re.findall(r"`(\w+\.py)`", table))
    assert own and [name for name in own if not next((ROOT / "kept").rglob(name), None)] == []
