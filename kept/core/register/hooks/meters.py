"""How promptly each controller answers, offered by the room that keeps the requests to the room that shows
the public page.

Neither imports the other: ``rights`` registers ``figures(region)``, ``promises`` asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kept.core.policy.places import Region
from kept.registry import Registry


@dataclass(frozen=True, slots=True)
class Figures:
    """``open`` and ``late`` now; ``answered``, ``answered_late`` and ``median_days`` in the last year;
    ``oldest``: the day the oldest open one came.
    """

    open: int
    late: int
    answered: int
    answered_late: int
    median_days: int | None
    oldest: date | None


Measure = Callable[[Region], Figures]
METERS: Registry[Measure] = Registry("meters", "how promptly each controller answers")


def meter(id: str) -> Callable[[Measure], Measure]:
    """Register ``figures(region) -> Figures``."""

    return METERS.under(id)


def of(id: str, region: Region) -> Figures | None:
    """None where no room of this portal keeps such a meter."""
    measure = METERS.get(id)
    return measure(region) if measure else None
