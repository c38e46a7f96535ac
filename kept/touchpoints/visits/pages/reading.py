"""All figures of one period, read from the rollups once, and kept as long as no file of them changes. No database is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from kept.touchpoints.visits.pages.periods import Period
from kept.touchpoints.visits.places import Places

Day = tuple[date, int | None, int | None]
KEPT = 32


@dataclass(frozen=True, slots=True)
class Total:
    """Of a period: visitors of each day added up, visits, pages read; ``minutes`` of a visit, on average."""

    visitors: int | None
    visits: int | None
    views: int | None
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """``days``: (day, visits, pages), None where fewer than ten came. ``tables``: report -> rows."""

    period: Period
    days: Sequence[Day]
    total: Total
    tables: Mapping[str, Sequence[Any]]


def span(places: Places) -> Period | None:
    raise NotImplementedError


def figures(places: Places, period: Period) -> Figures:
    raise NotImplementedError
