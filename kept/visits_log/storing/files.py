"""Files that are whole or not there: written beside, flushed to the disk, and renamed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kept.visits_log.places import Places
from kept.visits_log.storing.engine import SPILL

GONE = ".gone-"
"""How the name of a day begins that was dropped and waits to be unlinked."""
HALF = ".half"
"""How the name of a file ends that is being written. Whoever packs next takes it away."""


def step(name: str) -> None:
    """Between two acts that may not be done by halves. Does nothing; a test dies here."""


@contextmanager
def whole(target: Path, *, sure: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Where to write; what was written takes the place of ``target`` at once, or not at all.

    ``sure`` may still raise before it does.
    """
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}{HALF}")
    half.unlink(missing_ok=True)
    try:
        yield half
        step("written")
        _sync(half)
        step("flushed")
        sure()
        half.rename(target)
        _sync(target.parent)
        step("renamed")
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """One writer at a time: packing, summing up and dropping wait for each other.

    The lock falls with the process.
    """
    places.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(places.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def tidy(places: Places) -> None:
    """Take away what a process that was killed left: half files, what did not fit its memory, days that were
    dropped. Needs ``alone``.
    """
    for half in (
        *places.days.glob(f"*/*{HALF}"),
        *places.rollups.glob(f"*{HALF}"),
        *places.root.glob(f"*{HALF}"),
    ):
        half.unlink(missing_ok=True)
    for spill in places.root.glob(f"{SPILL}*"):
        if not _alive(spill.name.removeprefix(SPILL).partition("-")[0]):
            shutil.rmtree(spill, ignore_errors=True)
    for dropped in places.root.glob(f"{GONE}*"):
        shutil.rmtree(dropped, ignore_errors=True)


def _alive(process: str) -> bool:
    return process.isdigit() and Path(f"/proc/{process}").exists()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
