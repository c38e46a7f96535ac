"""How the collector is doing, as numbers alone: what arrived, what was written, what was left out and why.

For proofs and for whoever runs it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

NAME = "state.json"
REASONS = ("program", "malformed", "missed", "disk", "clock")
"""program: nobody reads there. malformed: no datagram of ours. missed: sent while no collector listened, or
it was too busy.
"""
MOST_CLOSED = 14


@dataclass(slots=True)
class State:
    """Counted since the file was made.

    ``closed``: the last days that are over. ``begun``: starts of a collector, each with a salt of its own.
    """

    source: str = ""
    day: str = ""
    begun: int = 0
    received: int = 0
    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    renewed: int = 0
    jumps: int = 0
    repaired: int = 0
    salt_locked: bool = False
    closed: list[str] = field(default_factory=list)

    def close(self, days: Iterable[str]) -> None:
        self.closed = sorted({*self.closed, *days})[-MOST_CLOSED:]

    def text(self) -> str:
        numbers = {name: getattr(self, name) for name in ("source", "day", "begun", "received", "written")}
        left_out = {reason: self.left_out[reason] for reason in REASONS}
        more = {
            name: getattr(self, name) for name in ("renewed", "jumps", "repaired", "salt_locked", "closed")
        }
        return json.dumps({**numbers, "left_out": left_out, **more}, indent=1)

    def write(self, root: Path) -> bool:
        """In one piece, or not at all: a disk that is full keeps the last one."""
        place, new = root / NAME, root / f".{NAME}.new"
        try:
            new.unlink(missing_ok=True)
            with open(
                os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(self.text())
            new.replace(place)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            return False
        return True


def read(root: Path) -> State | None:
    """What the last collector left; None where there was none, or its file is broken."""
    try:
        said = json.loads((root / NAME).read_text(encoding="utf-8"))
        numbers = {
            name: int(said[name]) for name in ("begun", "received", "written", "renewed", "jumps", "repaired")
        }
        left_out = Counter({reason: int(said["left_out"].get(reason, 0)) for reason in REASONS})
        closed = [str(day) for day in said["closed"]]
        return State(
            source=str(said["source"]),
            day=str(said["day"]),
            left_out=left_out,
            closed=closed,
            salt_locked=bool(said["salt_locked"]),
            **numbers,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
