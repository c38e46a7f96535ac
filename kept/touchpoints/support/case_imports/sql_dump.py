"""The rows of a MySQL or MariaDB dump, as ``mysqldump`` and phpMyAdmin write it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from kept.touchpoints.support.case_imports.foreign_cases import NotAnExport

_STRING = r"'(?:[^'\\]|\\.|'')*+'"
_STRINGS = re.compile(_STRING, re.DOTALL)
_TOKEN = re.compile(rf"({_STRING})|([(),])|([^\s(),']+)", re.DOTALL)
_INSERT = re.compile(
    r"\s*(?:INSERT|REPLACE)\s+(?:IGNORE\s+)?INTO\s+[`\"]?(\w+)[`\"]?\s*(\([^)]*\))?\s*VALUES\s*",
    re.IGNORECASE,
)
_CREATE = re.compile(r"\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[`\"]?(\w+)[`\"]?", re.IGNORECASE)
_COLUMN = re.compile(r"^\s*[`\"](\w+)[`\"]\s", re.MULTILINE)
_NAME = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "", "b": "", "Z": ""}

Row = dict[str, str]


def rows(file: Path, tables: Collection[str]) -> Iterator[tuple[str, Row]]:
    """(table, row) of these tables; NULL is "". Raises NotAnExport."""
    columns: dict[str, list[str]] = {}
    for statement in _statements(file):
        made = _CREATE.match(statement)
        if made:
            columns[made[1]] = _COLUMN.findall(statement)
            continue
        insert = _INSERT.match(statement)
        if insert is None or insert[1] not in tables:
            continue
        names = _NAME.findall(insert[2]) if insert[2] else columns.get(insert[1], [])
        if not names:
            raise NotAnExport(
                f"{file} does not say which columns “{insert[1]}” has. Export it with its structure, or with"
                " complete inserts."
            )
        for values in _values(statement[insert.end() :]):
            yield insert[1], dict(zip(names, values, strict=False))


def _statements(file: Path) -> Iterator[str]:
    """Each ends with a semicolon at the end of a line that is in no text."""
    held: list[str] = []
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not held and (line.startswith(("--", "#", "/*")) or not line.strip()):
                continue
            held.append(line)
            if line.rstrip().endswith(";"):
                whole = "".join(held)
                if "'" not in _STRINGS.sub("", whole):
                    yield whole
                    held = []
    if held:
        raise NotAnExport(f"{file} ends in the middle of a statement. It was cut off; export it again.")


def _values(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    depth = 0
    for string, mark, bare in _TOKEN.findall(text):
        if mark == "(":
            depth += 1
            row = [] if depth == 1 else row
        elif mark == ")":
            depth -= 1
            if depth == 0:
                yield row
        elif string:
            row.append(_ESCAPED.sub(_plain, string[1:-1]))
        elif bare and depth and not bare.startswith("_"):  # _binary 'x' names a character set
            row.append("" if bare.upper() == "NULL" else bare)


def _plain(found: re.Match[str]) -> str:
    return "'" if found[1] is None else _ESCAPES.get(found[1], found[1])
