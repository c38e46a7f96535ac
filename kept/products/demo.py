"""The demo company's catalogue.

Its products are inventions: real kinds of converters, with figures that could be true.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from kept.products import documents, imports
from kept.products.csv_files import Report

CATALOGUE = Path(__file__).parent / "catalogue"


class CatalogueError(Exception):
    """A file of the catalogue is wrong. The message names file, line and column."""


def load() -> int:
    """Bring the whole catalogue into the database, in two calls of the same import a person uses.

    Returns the number of products.
    """
    products = _apply("products.csv", imports.apply)
    _apply("documents.csv", documents.apply)
    return products.ready


def _apply(name: str, apply: Callable[[BinaryIO], Report]) -> Report:
    with (CATALOGUE / name).open("rb") as stream:
        report = apply(stream)
    if not report.saved:
        raise CatalogueError(f"{name}, {report.problems[0]}")
    return report
