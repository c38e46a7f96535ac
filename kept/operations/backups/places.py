"""The folders backups lie in: which are whole, which were left half made, which have had their day."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date
from pathlib import Path
from time import sleep, time

from django.conf import settings
from django.utils import timezone

from kept.operations.backups import manifest
from kept.operations.backups.manifest import Manifest
from kept.terminal import Stop

PREFIX, UNFINISHED, LOCK = "kept-", ".part", "lock"
NEW = 60
"""Seconds for which a folder without a lock is believed to be begun, and not left behind."""


def whole(place: Path) -> list[tuple[Path, Manifest]]:
    """Every backup of this portal in a folder, oldest first. What is none of ours is left alone."""
    found = []
    for folder in sorted(place.glob(f"{PREFIX}*")) if place.is_dir() else ():
        if folder.suffix != UNFINISHED and (folder / manifest.NAME).is_file():
            try:
                found.append((folder, manifest.read(folder)))
            except Stop:
                # Another portal's, or a damaged one: neither ours to use nor ours to remove.
                continue
    return sorted(found, key=lambda one: one[1].at)


def overdue(place: Path, today: date) -> list[Path]:
    """Short-lived archives whose day has passed, and that lie there still."""
    files = [folder / made.short.file for folder, made in whole(place) if made.expires < today]
    return [file for file in files if file.exists()]


def forget_overdue(place: Path, today: date) -> list[Path]:
    """Overwrite nothing, as it is sealed: remove the short-lived archives whose day has passed. Which."""
    gone = overdue(place, today)
    for file in gone:
        file.unlink()
    return gone


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """A folder beside its place, renamed when the block ends well and removed when it does not: there is a
    whole backup or none.

    Named after the second in which it is begun; where that is another's, after the next one that is free.
    """
    beside = _begun(place)
    final = beside.with_suffix("")
    lock = os.open(beside / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield beside
        (beside / LOCK).unlink()
        sync(beside)
        os.rename(beside, final)
        sync(place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    finally:
        os.close(lock)


def _begun(place: Path) -> Path:
    while True:
        beside = place / f"{PREFIX}{timezone.now().astimezone(UTC):%Y%m%dT%H%M%SZ}{UNFINISHED}"
        if not beside.with_suffix("").exists():
            with suppress(FileExistsError):
                beside.mkdir(mode=0o700)
                return beside
        sleep(0.1)


def clear_leftovers(place: Path) -> list[Path]:
    """Remove what a backup that was killed left behind; one that is being made right now is left alone.

    Which.
    """
    found = []
    for folder in place.glob(f"{PREFIX}*{UNFINISHED}"):
        if not _busy(folder):
            shutil.rmtree(folder)
            found.append(folder)
    return found


def _busy(folder: Path) -> bool:
    try:
        lock = os.open(folder / LOCK, os.O_WRONLY)
    except FileNotFoundError:
        # One that was begun this moment has not come to its lock yet.
        return time() - folder.stat().st_mtime < NEW
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def made_ready(place: Path) -> Path:
    """The folder for backups: made for its owner alone, and never inside KEPT_HOME. Raises Stop."""
    place = place.expanduser().resolve()
    if place.is_relative_to(Path(settings.KEPT_HOME).resolve()):
        raise Stop(
            f"{place} lies inside KEPT_HOME, and would be lost with it. Name a folder on another disk.",
            code=1,
        )
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as wrong:
        raise Stop(
            f"{place} cannot be made: {wrong.strerror}. Name a folder that can be written to.", code=1
        ) from None
    if not os.access(place, os.W_OK | os.X_OK):
        raise Stop(f"{place} cannot be written to. Name a folder that can.", code=1)
    return place


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
