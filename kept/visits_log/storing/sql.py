"""The SQL of the visits lies in files of its own, named for what it answers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOM = Path(__file__).resolve().parent.parent


@cache
def statement(name: str) -> str:
    """The text of a file, by its path in this room."""
    return (ROOM / name).read_text(encoding="utf-8")
