"""The second place: the folder of KEPT_ERASURES, on another disk or host.

What must outlive this database is written down there.

A room writes one file of lines there, one line for each thing, and only ever adds to it: a line that was cut
off while it was written is no line. The folder is never made here, since a disk that is not mounted must be
noticed. Files are of mode 0600.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_BLOCK = 1 << 16


class PlaceUnreachable(Exception):
    """The second place cannot be read or written now.

    ``file``: which file of it; ``why``: in the system's words.
    """

    def __init__(self, file: Path, wrong: OSError) -> None:
        self.file, self.why = file, wrong.strerror or type(wrong).__name__
        super().__init__(
            f"The second place cannot be reached at {file}: {self.why}. Mount it again, or mend"
            " KEPT_ERASURES."
        )


def folder() -> Path | None:
    """The folder; None where the operator names none."""
    named = settings.KEPT_ERASURES
    return Path(named) if named else None


@contextmanager
def held(file: Path) -> Iterator[None]:
    """One writer at a time, on this host and, where its file system knows locks, on others.

    Raises PlaceUnreachable.
    """
    try:
        handle = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as wrong:
        raise PlaceUnreachable(file, wrong) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as wrong:
            raise PlaceUnreachable(file, wrong) from None
        yield
    finally:
        os.close(handle)


def lines(file: Path) -> Iterator[bytes]:
    """Every line, the oldest first; none where there is no file yet. Raises PlaceUnreachable."""
    try:
        with file.open("rb") as opened:
            yield from (line.removesuffix(b"\n") for line in opened)
    except FileNotFoundError as wrong:
        _refuse_without_folder(file, wrong)
    except OSError as wrong:
        raise PlaceUnreachable(file, wrong) from None


def lines_backwards(file: Path) -> Iterator[bytes]:
    """Every line, the newest first, read from the end.

    What stands after the last line break comes first. Raises PlaceUnreachable.
    """
    try:
        with file.open("rb") as opened:
            at, rest = opened.seek(0, os.SEEK_END), b""
            while at:
                step = min(_BLOCK, at)
                at -= step
                opened.seek(at)
                first, *whole = (opened.read(step) + rest).split(b"\n")
                yield from reversed(whole)
                rest = first
            yield rest
    except FileNotFoundError as wrong:
        _refuse_without_folder(file, wrong)
    except OSError as wrong:
        raise PlaceUnreachable(file, wrong) from None


def fingerprint(file: Path) -> tuple[int, ...] | None:
    """What changes whenever the file does; None where there is none. Raises PlaceUnreachable."""
    try:
        now = file.stat()
    except FileNotFoundError as wrong:
        _refuse_without_folder(file, wrong)
        return None
    except OSError as wrong:
        raise PlaceUnreachable(file, wrong) from None
    return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns


def append(file: Path, added: bytes) -> None:
    """Whole lines, on their disk when this returns; what could not be written whole is taken back.

    Raises PlaceUnreachable.

    For whoever holds the file (``held``).
    """
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            end = os.lseek(handle, 0, os.SEEK_END)
            torn = end and os.pread(handle, 1, end - 1) != b"\n"
            try:
                _write_all(handle, b"\n" + added if torn else added)
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, end)
                raise
        finally:
            os.close(handle)
        _sync_folder(file.parent)
    except OSError as wrong:
        raise PlaceUnreachable(file, wrong) from None


def replace(file: Path, content: bytes) -> None:
    """The whole file in one step, for what may be forgotten there.

    Raises PlaceUnreachable. For whoever holds the file.
    """
    beside = file.with_suffix(".part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _write_all(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(beside, file)
        _sync_folder(file.parent)
    except OSError as wrong:
        raise PlaceUnreachable(file, wrong) from None


def _refuse_without_folder(file: Path, wrong: OSError) -> None:
    """A file that is not there yet is empty; a folder that is not there is not mounted."""
    if not file.parent.is_dir():
        raise PlaceUnreachable(file, wrong)


def _write_all(handle: int, content: bytes) -> None:
    while content:
        content = content[os.write(handle, content) :]


def _sync_folder(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
