"""Copies of the program in which a guard plants a breach."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.css", "*.woff2", "*.js", "*.svg")


def copy_of_the_program(folder: Path) -> Path:
    """The Python of ``kept``, the policies and pyproject.toml, in a folder of its own."""
    shutil.copytree(ROOT / "kept", folder / "kept", ignore=_LEFT_OUT)
    shutil.copytree(ROOT / "policies", folder / "policies")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def plant(file: Path, text: str) -> None:
    """Put ``text`` at the end of a file, new or old."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)


def replace_in(file: Path, pattern: str, replacement: str) -> None:
    text, times = re.subn(
        pattern, replacement, file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    assert times, f"{pattern} is not in {file}"
    file.write_text(text, encoding="utf-8")


def file_with(folder: Path, line: str) -> Path:
    """The one file below ``folder`` that has this line's beginning: a class may move, the guard follows
    it.
    """
    (found,) = [path for path in folder.rglob("*.py") if f"\n{line}" in path.read_text(encoding="utf-8")]
    return found


@cache
def sources() -> tuple[Path, ...]:
    """Every Python file of the program, tests included, migrations left out."""
    return tuple(sorted(path for path in (ROOT / "kept").rglob("*.py") if "migrations" not in path.parts))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    """Calls of a function or method by its last name."""
    for node in ast.walk(parsed(path)):
        if (
            isinstance(node, ast.Call)
            and (getattr(node.func, "attr", "") or getattr(node.func, "id", "")) == name
        ):
            yield node
