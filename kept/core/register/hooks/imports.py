"""What ``kept import`` takes in besides the catalogue and its serial numbers: each room that takes something
in says how.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass

from kept.registry import Registry


@dataclass(frozen=True, slots=True)
class ImportKind:
    """``help``: one sentence for ``kept import --help``. ``run`` returns the exit code of the command."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


IMPORTS: Registry[ImportKind] = Registry("imports", "what `kept import` takes in, by kind")


def import_kind(
    name: str, *, help: str, arguments: Callable[[ArgumentParser], None], run: Callable[[Namespace], int]
) -> None:
    """Register ``kept import NAME``."""
    IMPORTS.add(name, ImportKind(help, arguments, run))
