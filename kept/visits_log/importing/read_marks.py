"""How far each log was read.

A log is known by the bytes it begins with, whatever its name, and packed or not.

imports.json holds digests, byte counts, days and minutes: nothing out of a line.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

from kept.visits_log.importing.reading import HEAD
from kept.visits_log.places import Places
from kept.visits_log.storing.files import whole

NAME, LOCK = "imports.json", "imports.lock"


@dataclass(slots=True)
class Log:
    """``digest`` of the first ``length`` bytes.

    ``read``: up to which byte lines were counted; ``closed``: the last day that takes no more; ``packed``
    bytes on the disk; ``days`` are those its lines were counted on, by the source they are packed under, and
    ``told`` is whether they are all of them: what was imported before they were noted is not.
    """

    digest: str
    length: int
    read: int = 0
    closed: int = -1
    latest: list[int] = field(default_factory=list)
    site: str = ""
    packed: int = -1
    days: dict[str, list[int]] = field(default_factory=dict)
    told: bool = False

    @property
    def id(self) -> str:
        return self.digest[:8]

    def note(self, source: str, day: int) -> None:
        """Lines of it were counted on a day that is packed under this source."""
        days = self.days.setdefault(source, [])
        if day not in days:
            days.append(day)

    def packed_days(self) -> set[tuple[str, int]]:
        return {(source, day) for source, days in self.days.items() for day in days}

    def keep(self, packed: set[tuple[str, int]]) -> None:
        """Of its days these alone."""
        self.days = {}
        for source, day in sorted(packed):
            self.note(source, day)


@dataclass(slots=True)
class Open:
    """A day that was packed, or not yet, before the log was an hour past it.

    Read again from ``begin`` of ``log``; ``until`` is the last log it went on in.
    """

    day: int
    source: str
    log: str
    begin: int
    until: str
    latest: list[int]


@dataclass(slots=True)
class Memory:
    """``months`` are to be summed up anew: a day of theirs was written, or was about to be."""

    logs: dict[str, Log] = field(default_factory=dict)
    open: list[Open] = field(default_factory=list)
    months: list[str] = field(default_factory=list)

    def recognise(self, head: bytes) -> Log:
        """The log that begins so, as it was left; a new one otherwise."""
        for log in self.logs.values():
            if log.length <= len(head) and digest(head[: log.length]) == log.digest:
                return log
        return Log(digest(head), len(head), told=True)

    def copy(self) -> Memory:
        """As it is now, whatever becomes of this one."""
        return deepcopy(self)

    def save(self, places: Places) -> None:
        """At once, or not at all."""
        with whole(places.root / NAME) as half:
            half.write_text(json.dumps(asdict(self), separators=(",", ":")), encoding="ascii")


def read(places: Places) -> Memory:
    try:
        kept: dict[str, Any] = json.loads((places.root / NAME).read_text(encoding="ascii"))
    except FileNotFoundError:
        return Memory()
    logs = {name: Log(**log) for name, log in kept["logs"].items()}
    return Memory(logs, [Open(**day) for day in kept["open"]], kept["months"])


def digest(head: bytes) -> str:
    return blake2b(head[:HEAD], digest_size=16).hexdigest()


class Busy(Exception):
    """Another import is under way."""


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """One import at a time. The lock falls with the process. Raises Busy."""
    places.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(places.root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("Another import is under way here. Wait for it to end.") from None
        yield
    finally:
        os.close(handle)
