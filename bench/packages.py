"""How much is installed to run: packages and megabytes, from the lock and what the packages say they consist
of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from bench.figure import Figure, at_most
from bench.scale import Scale

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "run.txt"


def run(scale: Scale) -> Iterator[Figure]:
    names = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    found = [package for package in map(_installed, names) if package]
    yield at_most("packages installed to run", len(found), "packages", 80)
    yield at_most("installed to run", sum(map(_size, found)) / 1e6, "MB", 400)


def _installed(name: str) -> Distribution | None:
    """None for what the lock names for other systems only."""
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _size(package: Distribution) -> int:
    """Bytes on the disk, in blocks as du counts them, with the compiled files."""
    found = {Path(str(package.locate_file(file))) for file in package.files or []}
    return sum(path.stat().st_blocks * 512 for path in found if path.is_file())
