"""A module that is loaded when something first asks it: a library that takes megabytes of every process, and
that most never use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class LazyModule:
    """Stands for a module, by its name. With its ``import`` under TYPE_CHECKING, its types are known."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # The import system's own lock lets one thread load it, however many ask first.
        return getattr(import_module(self._name), name)
