"""Where mail lies from the moment its sender hears that it was taken until a room has it: one sealed file
each, and no database.

So it is taken in while the database is away, and by a process that knows no password of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealed_files import spooled
from kept.core.vault.sealed_files.spooled import Spooled
from kept.core.vault.sealing.sealed_box import Box, reseals

BOX = Box("mailroom.spool")
ENDING = ".mail"
ABANDONED = 86_400.0
"""Seconds after which a file that was begun and never finished is nobody's: its writer is gone."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How it came. ``way``: "lmtp" or "imap"; ``sender``, ``recipients``: those of the envelope, where the
    way has one. ``at``: ISO 8601. ``left_there``: bytes of a mail of which only the head lies here, as it
    was too large; 0 otherwise.
    """

    way: str
    sender: str = ""
    recipients: tuple[str, ...] = ()
    at: str = ""
    left_there: int = 0

    @property
    def received_at(self) -> datetime:
        return datetime.fromisoformat(self.at)


def folder() -> Path:
    return Path(settings.KEPT_HOME) / "mailroom"


def place_of(id: UUID) -> Path:
    return folder() / f"{id.hex}{ENDING}"


def begin(
    way: str, *, sender: str = "", recipients: Sequence[str] = (), left_there: int = 0
) -> tuple[UUID, Spooled]:
    """A mail that comes in now: write it, then ``finish`` it before anybody hears that it was taken."""
    id = uuid4()
    to = tuple(one[:320] for one in recipients)
    envelope = Envelope(way, sender[:320], to, datetime.now(UTC).isoformat(), left_there)
    return id, Spooled(place_of(id), id, BOX, asdict(envelope))


def envelope_of(id: UUID) -> Envelope:
    """Raises SealBroken, and OSError where it is gone."""
    said: dict[str, Any] = spooled.label_of(place_of(id), id, BOX)
    return Envelope(**{**said, "recipients": tuple(said["recipients"])})


def pieces_of(id: UUID) -> Iterator[bytes]:
    """Its bytes as they came, piece by piece. Raises SealBroken, OSError."""
    return spooled.content_of(place_of(id), id, BOX)


def opened(id: UUID) -> BufferedReader:
    """Its bytes as they came, as a stream. Raises SealBroken, OSError while it is read."""
    return BufferedReader(_Pieces(pieces_of(id)), 65_536)


def there() -> list[UUID]:
    """Every mail that lies here whole, the oldest first."""
    found = []
    for path in folder().glob(f"*{ENDING}"):
        with suppress(ValueError, OSError):
            found.append((path.stat().st_mtime_ns, UUID(path.stem)))
    return [id for _, id in sorted(found)]


def is_there(id: UUID) -> bool:
    return place_of(id).is_file()


def remove(id: UUID) -> None:
    place_of(id).unlink(missing_ok=True)


def sweep() -> int:
    """Remove what was begun and never finished. How many."""
    gone = 0
    for path in folder().glob("*.part"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - ABANDONED:
                path.unlink()
                gone += 1
    return gone


class _Pieces(RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        taken = self._held[: len(room)]
        room[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)


@reseals(BOX, table="")
def reseal_spool() -> int:
    """A mail that cannot be opened stays as it is: it opens for nobody, before and after."""
    moved = 0
    for id in there():
        with suppress(SealBroken, OSError):
            moved += spooled.renew(place_of(id), id, BOX)
    return moved
