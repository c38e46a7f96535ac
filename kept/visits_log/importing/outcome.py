"""What an import goes by, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kept.visits_log.importing.days import Known
from kept.visits_log.origins import Origins


@dataclass(slots=True)
class Report:
    """``again``: lines that were counted by an earlier run, read to begin an unfinished day anew.

    They are in no other figure. ``strange``: logs that are in no format.
    """

    lines: int = 0
    again: int = 0
    counted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    days: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    seconds: float = 0.0
    summing: float = 0.0
    timed: int = 0
    strange: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """False when a log is in no format, or nothing at all is in that of its log."""
        return not self.strange and (not self.lines or bool(self.timed))


@dataclass(frozen=True, slots=True)
class Site:
    """What an import goes by: the zone its days are in, hosts that are no referrers, tables of addresses,
    words that are ours, the minute it is, and the format its logs are in ("": found by itself).
    """

    zone: str
    origins: Origins
    hosts: frozenset[str]
    known: Known
    now: int
    format: str = ""
