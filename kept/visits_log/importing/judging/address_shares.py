"""How many of a log's counted lines come from one address: a proxy's log makes one visitor of everybody, and
nobody would know.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MANY = 30
"""Lines of one address that are worth a question, where nine in ten are of it."""
MOST_COMMON = 1_000
"""Addresses of a log whose lines are counted, in memory: one that nearly all share is among them."""


@dataclass(slots=True)
class AddressShares:
    """Of one log."""

    commonest: Counter[str] = field(default_factory=Counter)
    lines: int = 0

    def add(self, addresses: Counter[str]) -> None:
        self.lines += addresses.total()
        self.commonest = Counter(dict((self.commonest + addresses).most_common(MOST_COMMON)))

    def question(self, name: str) -> list[str]:
        """A sentence for a log in which nearly all addresses are one; it does not name it. [] for others."""
        most = max(self.commonest.values(), default=0)
        if most < MANY or most * 10 < self.lines * 9:
            return []
        return [
            f"{name}: nearly all that was counted came from one address ({most:,} of {self.lines:,} lines),"
            " and is one visitor of a day. If that is a proxy, let the log begin with the visitor's address,"
            " or end with X-Forwarded-For in quotes."
        ]
