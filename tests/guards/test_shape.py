"""The tail separates a beautiful house from a tired one: no file and no function grows past what one reading
takes in.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from itertools import pairwise
from pathlib import Path

import pytest

from tests.guards.test_words import SIBLINGS
from tests.guards.tree import ROOT, named, parsed, sources

FILE, TEST_FILE = 3_000, 4_300
FUNCTION, TEST_FUNCTION = 480, 910
"""Tokens, not lines: a table laid out a value a line is no longer to read. How many ways lead through is
ruff's C901."""
PACKAGE = 12
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
NEVER = {"utils", "util", "common", "helpers", "helper", "services", "misc"}
TEMPLATES = sorted(path for path in (ROOT / "kept").rglob("*.html"))
# Data that a script reads is no script; everything else inline is refused by the policy the browser is given.
INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<script\b(?![^>]*\bsrc=)(?![^>]*type="application/json")""",
    re.IGNORECASE,
)
TRUSTED = re.compile(r"\|\s*safe\b|\{%\s*autoescape off")


def tokens_in(text: str) -> int:
    """How many there are; the comma that the formatter puts before a closing bracket is layout, too."""
    found = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in LAYOUT]
    trailing = sum(one.string == "," and after.string in {")", "]", "}"} for one, after in pairwise(found))
    return len(found) - trailing


def too_full_files() -> list[str]:
    counts = {path: tokens_in(path.read_text(encoding="utf-8")) for path in sources()}
    return [
        f"{named(path)} has {count} tokens"
        for path, count in counts.items()
        if count > (TEST_FILE if "tests" in path.parts else FILE)
    ]


def too_full_functions(path: Path, tree: ast.AST, text: str) -> list[str]:
    limit = TEST_FUNCTION if "tests" in path.parts else FUNCTION
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    counts = ((node.name, node.lineno, tokens_in(ast.get_source_segment(text, node) or "")) for node in found)
    return [f"{path}:{line} {name} has {count} tokens" for name, line, count in counts if count > limit]


def test_no_file_is_two() -> None:
    assert too_full_files() == []
    assert tokens_in("x = [1, 2]  # a comment\n\n") == 7


def test_no_function_is_two() -> None:
    found = [
        line
        for path in sources()
        for line in too_full_functions(path, parsed(path), path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_full_function_is_seen() -> None:
    text = "def full() -> None:\n" + "    one = 1\n" * 160
    assert too_full_functions(Path("kept/planted.py"), ast.parse(text), text)
    assert not too_full_functions(Path("kept/planted.py"), ast.parse(text[:900]), text[:900])


def test_no_room_without_a_name() -> None:
    assert [
        named(path) for path in sources() if NEVER & {*path.relative_to(ROOT).parts[:-1], path.stem}
    ] == []


def test_no_rule_is_silenced_without_its_name_and_a_reason() -> None:
    bare = re.compile(r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)")
    assert [
        f"{named(path)}:{n}"
        for path in sources()
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ] == []


@pytest.mark.parametrize("pattern", [INLINE, TRUSTED], ids=["inline", "trusted"])
def test_templates_hold_no_inline_style_or_script_and_trust_nothing(pattern: re.Pattern[str]) -> None:
    assert TEMPLATES
    assert [
        f"{named(path)}: {found[0]}"
        for path in TEMPLATES
        if (found := pattern.search(path.read_text("utf-8")))
    ] == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="x">',
        "<style>",
        "<script>x</script>",
        '<a onclick="x">',
        '<a href="javascript:x">',
        "<SCRIPT >",
    ],
)
def test_what_is_inline_is_seen(line: str) -> None:
    assert INLINE.search(line)


@pytest.mark.parametrize(
    "line",
    [
        '<script src="/a.js" defer></script>',
        '<script id="x" type="application/json">{}</script>',
        "<p>once=1</p>",
    ],
)
def test_what_is_not_inline_is_let_through(line: str) -> None:
    assert not INLINE.search(line)


def too_wide(folder: Path) -> str:
    """A package with more than a dozen modules of its own; what every room has by name is not counted.

    Of commands each file is one, and they are found by their names.
    """
    own = {path.stem for path in folder.glob("*.py")} - SIBLINGS
    wide = len(own) > PACKAGE and folder.name not in {"tests", "migrations", "commands"}
    return f"{named(folder)} has {len(own)} modules" if wide else ""


def test_no_package_is_wider_than_a_dozen() -> None:
    assert [found for path in (ROOT / "kept").rglob("*") if path.is_dir() and (found := too_wide(path))] == []


def test_a_wide_package_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(PACKAGE + 1):
        (tmp_path / f"module_{number}.py").touch()
    (tmp_path / "models.py").touch()
    monkeypatch.setattr("tests.guards.tree.ROOT", tmp_path.parent)
    assert too_wide(tmp_path).endswith("has 13 modules")
