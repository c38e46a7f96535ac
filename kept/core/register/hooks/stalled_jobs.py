"""What must never stand still: each room that leaves work for later says how much of it has not moved for too
long.

One proof asks them all, so that a worker that died is seen by everybody who waits for it, and not by the
operator alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kept.registry import Registry

LONGEST = timedelta(hours=1)
"""Work that was due this long ago, and was not touched since, stands still."""


@dataclass(frozen=True, slots=True)
class Watched:
    """``still(before)`` counts the rows that were due before that moment and have not moved."""

    id: str
    title: str
    still: Callable[[datetime], int]


WATCHED: Registry[Watched] = Registry("stalled jobs", "work that must not stand still")


def watched(id: str, *, title: str) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Register ``still(before) -> int``; write it in the room's ``jobs.py``, beside the job that should have
    done the work.
    """

    def keep(function: Callable[[datetime], int]) -> Callable[[datetime], int]:
        WATCHED.add(id, Watched(id, title, function))
        return function

    return keep


def standing_still(now: datetime) -> dict[str, int]:
    """What stands still, by title; empty when everything moves."""
    return {one.title: count for one in WATCHED.values() if (count := one.still(now - LONGEST))}
