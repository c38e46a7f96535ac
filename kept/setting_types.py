"""What a setting is, and how the commonest are read: for the house's own in ``environment.py`` and for those
a touchpoint declares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class SettingError(Exception):
    """One setting is wrong. The message names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """``read`` raises ValueError with a sentence.

    ``in_home``: of a folder, its name in KEPT_HOME where the setting is left out.
    """

    name: str
    default: str
    meaning: str
    read: Callable[[str], Any]
    in_home: str = ""


def path(text: str) -> Path:
    """A path, whole, wherever the program was started."""
    return Path(text).expanduser().resolve()


def folder(text: str) -> Path | None:
    """A path, or None where it is left out."""
    return path(text) if text else None
