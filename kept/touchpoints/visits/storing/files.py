"""Files that are whole or not there: written beside, flushed to the disk, and renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kept.touchpoints.visits.places import Places

HALF = ".half"
"""How the name of a file ends that is being written. Whoever packs next takes it away."""


def step(name: str) -> None:
    """Between two acts that may not be done by halves. Does nothing; a test dies here."""


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Where to write; what was written takes the place of ``target`` at once, or not at all."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}{HALF}")
    half.unlink(missing_ok=True)
    try:
        yield half
        step("written")
        _sync(half)
        step("flushed")
        half.rename(target)
        _sync(target.parent)
        step("renamed")
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """One writer at a time: packing, summing up and dropping wait for each other. The lock falls with the process."""
    places.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(places.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
