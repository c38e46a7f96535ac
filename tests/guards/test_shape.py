"""The tail separates a beautiful house from a tired one: no file and no function grows past what one reading takes in."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, named, parsed, sources

FILE, FUNCTION = 400, 40
TEST_FILE, TEST_FUNCTION = 420, 60
TOKENS, TEST_TOKENS = 3_000, 4_300
"""A file: lines may be long, and what stands in them counts."""
LAYOUT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
NEVER = {"utils", "util", "common", "helpers", "helper", "services", "misc"}
TEMPLATES = sorted(path for path in (ROOT / "kept").rglob("*.html"))
# Data that a script reads is no script; everything else inline is refused by the policy the browser is given.
INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<script\b(?![^>]*\bsrc=)(?![^>]*type="application/json")""", re.IGNORECASE
)
TRUSTED = re.compile(r"\|\s*safe\b|\{%\s*autoescape off")


def too_long_files() -> list[str]:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    return [f"{named(path)} has {length} lines" for path, length in lengths.items() if length > (TEST_FILE if "tests" in path.parts else FILE)]


def tokens_in(text: str) -> int:
    return sum(token.type not in LAYOUT for token in tokenize.generate_tokens(io.StringIO(text).readline))


def too_full_files() -> list[str]:
    counts = {path: tokens_in(path.read_text(encoding="utf-8")) for path in sources()}
    return [f"{named(path)} has {count} tokens" for path, count in counts.items() if count > (TEST_TOKENS if "tests" in path.parts else TOKENS)]


def too_long_functions(path: Path, tree: ast.AST) -> list[str]:
    limit = TEST_FUNCTION if "tests" in path.parts else FUNCTION
    found = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = ((node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found)
    return [f"{path}:{line} {name} has {length} lines" for name, line, length in lengths if length > limit]


def test_no_file_is_two() -> None:
    assert too_long_files() == []


def test_no_file_is_two_however_few_its_lines() -> None:
    assert too_full_files() == []
    assert tokens_in("x = [1, 2]  # a comment\n\n") == 7


def test_no_function_is_two() -> None:
    assert [line for path in sources() for line in too_long_functions(path, parsed(path))] == []


def test_a_long_function_is_seen() -> None:
    assert too_long_functions(Path("kept/planted.py"), ast.parse("def long() -> None:\n" + "    pass\n" * 41))


def test_no_room_without_a_name() -> None:
    assert [named(path) for path in sources() if NEVER & {*path.relative_to(ROOT).parts[:-1], path.stem}] == []


def test_no_rule_is_silenced_without_its_name_and_a_reason() -> None:
    bare = re.compile(r"#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)")
    assert [f"{named(path)}:{n}" for path in sources() for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if bare.search(line)] == []


@pytest.mark.parametrize("pattern", [INLINE, TRUSTED], ids=["inline", "trusted"])
def test_templates_hold_no_inline_style_or_script_and_trust_nothing(pattern: re.Pattern[str]) -> None:
    assert TEMPLATES
    assert [f"{named(path)}: {found[0]}" for path in TEMPLATES if (found := pattern.search(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("line", ['<p style="x">', "<style>", "<script>x</script>", '<a onclick="x">', '<a href="javascript:x">', "<SCRIPT >"])
def test_what_is_inline_is_seen(line: str) -> None:
    assert INLINE.search(line)


@pytest.mark.parametrize("line", ['<script src="/a.js" defer></script>', '<script id="x" type="application/json">{}</script>', "<p>once=1</p>"])
def test_what_is_not_inline_is_let_through(line: str) -> None:
    assert not INLINE.search(line)
