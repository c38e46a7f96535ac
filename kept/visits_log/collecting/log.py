"""The day's log: whole lines, appended.

What a full disk or a killed process leaves of a line is taken away, never read.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kept.visits_log.events import Event
from kept.visits_log.places import Places

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_STEP = 1 << 16


def line(event: Event) -> bytes:
    """One object on one line."""
    return _write(event).encode() + b"\n"


class DayLog:
    """One file at a time: that of the day. ``repaired`` counts halves of lines that were taken away."""

    def __init__(self, places: Places, source: str) -> None:
        self.places, self.source = places, source
        self.repaired = 0
        self._day = ""
        self._file = -1
        self._length = 0

    def append(self, day: str, lines: Sequence[bytes]) -> bool:
        """All of them or none: False where they could not be written whole, and then nothing of them is left
        in the file.
        """
        try:
            self._open(day)
            whole = b"".join(lines)
            if os.write(self._file, whole) != len(whole):
                raise OSError("The disk took a part of it.")
            self._length += len(whole)
        except OSError:
            self._take_back()
            return False
        return True

    def mend_all(self) -> None:
        """Before the first line is written: whatever a collector of this machine left by halves, on whichever
        day.
        """
        for place in self.places.logs.glob(f"*.{self.source}.log"):
            with suppress(OSError):
                file = os.open(place, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
                try:
                    self.repaired += mend(file)
                finally:
                    os.close(file)

    def packed(self, day: str) -> bool:
        """Whether this day was packed already, so that nothing may be added to it."""
        return self.places.packed(day, self.source).exists()

    def close(self) -> None:
        """The day's file is whole, and on the disk."""
        if self._file >= 0:
            with suppress(OSError):
                os.fsync(self._file)
            with suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _open(self, day: str) -> None:
        if self._file >= 0 and day == self._day and os.fstat(self._file).st_nlink:
            return
        self.close()
        self.places.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self.places.log(day, self.source)
        self._file = os.open(
            place, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        self._day = day
        self.repaired += mend(self._file)
        self._length = os.fstat(self._file).st_size

    def _take_back(self) -> None:
        if self._file >= 0:
            try:
                os.ftruncate(self._file, self._length)
            except OSError:
                # Not even that: the next opening mends it.
                with suppress(OSError):
                    os.close(self._file)
                self._file = -1


def mend(file: int) -> int:
    """Take half a line away from the end of a file that is open for reading and writing.

    Returns how many halves there were: 0 or 1.
    """
    length = whole = os.fstat(file).st_size
    while whole:
        begin = max(whole - _STEP, 0)
        found = os.pread(file, whole - begin, begin).rfind(b"\n")
        whole = begin + found + 1
        if found >= 0:
            break
    if whole == length:
        return 0
    os.ftruncate(file, whole)
    return 1


def private(folder: Path) -> None:
    """Make the folder, or close it to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
