"""Every month's sums: what is counted of each day, computed in SQL, and what of it may be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kept.touchpoints.visits.places import Places


def rollup_months(places: Places, months: Iterable[str] | None = None, *, today: date | None = None) -> list[str]:
    """Sum up months ("2026-11") from their packed days; all that have days when none are named. Which were written."""
    raise NotImplementedError


def rollup_day(places: Places, day: str, *, today: date | None = None) -> None:
    """One day anew, the month's other days as they are."""
    raise NotImplementedError
