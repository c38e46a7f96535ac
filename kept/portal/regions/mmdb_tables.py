"""An operator's own table of addresses, in MaxMind's format (.mmdb), read again when its file changes."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic

import maxminddb

from kept.sentences import sentence

log = logging.getLogger("kept.regions")

LOOK_AGAIN = 10.0
"""Seconds between two looks at whether the file has changed."""


class TableError(Exception):
    """A table cannot be used. The message names the file and says how to mend it."""


class Table:
    """One file.

    Opening it raises TableError; later, a file that broke or is gone leaves the table as it was last read.
    """

    __slots__ = ("_lock", "_look_at", "_reader", "_seen", "file")

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = Lock()
        self._seen = _mark(file)
        self._reader = _opened(file)
        self._look_at = monotonic() + LOOK_AGAIN

    def get(self, address: str) -> object:
        """The record of an address; None for one that is not in the table, or where the table is broken
        inside.
        """
        if monotonic() >= self._look_at:
            self._look()
        try:
            return self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError, UnicodeError):
            return None

    @property
    def words(self) -> str:
        """What the table calls itself, and when it was built."""
        about = self._reader.metadata()
        built = datetime.fromtimestamp(about.build_epoch, UTC)
        return sentence(
            "the operator's table {name}, built on {day}", name=about.database_type, day=built.date()
        )

    def _look(self) -> None:
        """Take up a changed file. One thread does it; the others go on with what they have."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._look_at = monotonic() + LOOK_AGAIN
            now = _mark(self.file)
            if now is not None and now != self._seen:
                self._seen = now
                self._reader = _opened(self.file)
        except TableError as broken:
            log.warning("%s The table read before stays in use.", broken)
        finally:
            self._lock.release()


def _mark(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _opened(file: Path) -> maxminddb.Reader:
    """Read through a copy of our own that has no name any more: a file that is written over in place would
    otherwise kill the process that maps it.
    """
    if not file.is_file():
        raise TableError(
            f"There is no table of addresses at {file}. Put the .mmdb file there, or leave the setting out."
        )
    handle, copy = tempfile.mkstemp(suffix=".mmdb")
    os.close(handle)
    try:
        shutil.copyfile(file, copy)
        reader = maxminddb.open_database(copy)
        reader.get("192.0.2.1")
        reader.metadata()
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        raise TableError(
            f"{file} is not a table of addresses in MaxMind's format. Fetch it again, or leave the setting"
            " out."
        ) from None
    finally:
        Path(copy).unlink(missing_ok=True)
    return reader
