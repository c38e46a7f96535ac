"""Whose reading is it, and of which visit: known for one day, in memory, by a number that only the day's salt
can make.
"""

from __future__ import annotations

from dataclasses import dataclass

from kept.visits_log.collecting.salt import Salt
from kept.visits_log.events import PAUSE

MOST = 200_000
"""Visitors remembered at once, in some 50 MB.

One more, and the salt is renewed as if a day began: some are then counted twice, and memory stays bounded.
"""


@dataclass(slots=True)
class _Seen:
    visit: int
    seq: int
    minute: int
    again: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands among the others of its visitor."""

    visitor: int
    visit: int
    seq: int
    again: str


class Visitors:
    def __init__(self, salt: Salt, *, most: int = MOST) -> None:
        self.salt, self.most = salt, most
        self.renewed = 0
        self._seen: dict[int, _Seen] = {}

    def place(self, address: str, agent: str, minute: int, again: str) -> Place:
        """A visit goes on until ``PAUSE`` minutes without a page.

        What a cookie told first holds all day: it was set on the way.
        """
        number = self.salt.number(address, agent)
        seen = self._seen.get(number)
        if seen is None:
            if len(self._seen) >= self.most:
                self.forget()
                self.renewed += 1
                number = self.salt.number(address, agent)
            seen = self._seen[number] = _Seen(1, 0, minute, again)
        elif minute - seen.minute >= PAUSE:
            seen.visit, seen.seq = seen.visit + 1, 0
        seen.seq += 1
        # A clock that was put back ends no visit.
        seen.minute = max(seen.minute, minute)
        seen.again = seen.again or again
        return Place(number, seen.visit, seen.seq, seen.again)

    def forget(self) -> None:
        """The day is over: another salt, and nobody is known."""
        self.salt.renew()
        self._seen.clear()

    def __len__(self) -> int:
        return len(self._seen)
