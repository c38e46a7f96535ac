"""The JSON documents of an export: one file, one for each line of a file, or a folder of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kept.touchpoints.support.case_imports.foreign_cases import NotAnExport

LARGEST = 1_000_000_000
BY_LINE = {".jsonl", ".ndjson"}
ENDINGS = {".json", *BY_LINE}


def documents(place: Path) -> Iterator[Any]:
    """Every document at a place, folders in the order of their names. Raises NotAnExport."""
    files = [place] if place.is_file() else sorted(one for one in place.rglob("*") if one.suffix in ENDINGS)
    if not files:
        raise NotAnExport(f"{place} holds no JSON file. Name the folder that the export was saved in.")
    for file in files:
        if file.stat().st_size > LARGEST:
            raise NotAnExport(
                f"{file} is larger than {LARGEST // 1_000_000} MB. Split it into several files."
            )
        yield from _of_file(file)


def _of_file(file: Path) -> Iterator[Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NotAnExport(f"{file} is not UTF-8, which JSON is always in. Save the export again.") from None
    parts = enumerate(text.splitlines(), start=1) if file.suffix in BY_LINE else [(1, text)]
    for line, part in parts:
        if not part.strip():
            continue
        try:
            yield json.loads(part)
        except (ValueError, RecursionError) as wrong:
            at = line + getattr(wrong, "lineno", 1) - 1
            raise NotAnExport(
                f"{file} is no whole JSON: line {at} cannot be read. Was it cut off? Export it again."
            ) from None


EARLIEST = 1970
"""No help desk is older; an earlier year is how programs write that they know none."""


def moment(said: object) -> datetime | None:
    """``2021-11-03T11:51:13.790Z`` or ``2021-11-03 11:51:13``, which is then UTC; None for nothing or
    nonsense.
    """
    try:
        read = datetime.fromisoformat(str(said or ""))
        read = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
        return read if read.year >= EARLIEST else None
    except (ValueError, OverflowError):
        return None


def words(row: dict[str, Any], *names: str) -> str:
    """The first of these that says anything, as text."""
    said = next((row[name] for name in names if row.get(name) not in (None, "")), "")
    # JSON can name half of a sign, which no text is.
    return str(said).encode(errors="replace").decode() if isinstance(said, str | int | float) else ""


def inner(said: object) -> dict[str, Any]:
    """A row within a row; an empty one where something else stands there."""
    return said if isinstance(said, dict) else {}


def inner_rows(said: object) -> list[dict[str, Any]]:
    """The rows within a row; what is none of them is passed over."""
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
