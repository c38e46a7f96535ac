"""Run a report by its name over what is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kept.touchpoints.visits.places import Places


@dataclass(frozen=True, slots=True)
class Row:
    """``shown`` None: fewer than ten. ``share`` of all that is counted, 0 to 1. ``minutes_mean``: minutes on the page, where ten or more were timed."""

    key: str
    shown: int | None
    key2: str = ""
    share: float | None = None
    minutes_mean: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` heads ``key`` (``key2``) and ``shown``. ``others``: what is not listed was counted fewer than ten times each ("Others, <10 each").

    ``since`` and ``until`` are the days that were really there; ``said`` the sentences about it.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[Row]
    total: int | None
    others: bool
    since: date | None
    until: date | None
    said: list[str] = field(default_factory=list)


def names() -> tuple[str, ...]:
    """In the order of a page."""
    return ("totals", "pages", "ways", "time", "entries", "exits", "left", "referrers", "sources", "mediums", "campaigns", "downloads",
            "searches", "not-found", "countries", "providers", "browsers", "systems", "languages", "again", "hours")  # fmt: skip


def report(places: Places, name: str, since: date, until: date, *, exact: bool = False) -> Table:
    """Raises KeyError for a name there is no report of, ValueError with one sentence for a range that is none."""
    raise NotImplementedError


def daily(places: Places, since: date, until: date) -> list[tuple[date, int | None, int | None]]:
    """(day, visits, views) for every day of the range that is over; None where fewer than ten."""
    raise NotImplementedError


def span(places: Places) -> tuple[date, date] | None:
    """The first and the last day there is anything of; None for an empty store."""
    raise NotImplementedError
