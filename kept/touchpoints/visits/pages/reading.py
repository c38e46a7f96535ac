"""All figures of one period, read from the months' sums, and kept as long as no file of them changes.

No database is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from kept.portal.regions import geoip
from kept.touchpoints.visits.pages.periods import Period
from kept.visits_log import reports
from kept.visits_log.places import Places
from kept.visits_log.reports import Table

Day = tuple[date, int | None, int | None]
TOTALS, PAGES, TIMES = "totals", "pages", "time"
# A reader looks at few periods, and all readers at the same: the usual ones, and what each is compared with.
KEPT = 24


@dataclass(frozen=True, slots=True)
class Figures:
    """``days``: (day, visits, pages), None where fewer than ten came.

    ``totals``: visits, views. ``tables``: report -> table, that of pages with the time on them.
    """

    period: Period
    days: Sequence[Day]
    totals: Mapping[str, int | None]
    tables: Mapping[str, Table]


def span(places: Places) -> Period | None:
    """The first and the last day there is; None where nothing is packed yet."""
    found = reports.span(places)
    return Period(*found) if found else None


def figures(places: Places, period: Period) -> Figures:
    """Everything told of a period. A day packed or dropped rewrites its month, and is seen at once."""
    return _figures(places, period, _stamp(places))


def edition(places: Places) -> str:
    """What changes whenever a page of the dashboard says something else: sums, days and who counted them."""
    found = span(places)
    last = places.day(found.until.isoformat()).glob("*.parquet") if found else ()
    counted_by = sorted(file.stem for file in last)
    return repr((found, _stamp(places), counted_by, geoip.origins().source))


@lru_cache(maxsize=KEPT)
def _figures(places: Places, period: Period, stamp: tuple[tuple[str, int, int], ...]) -> Figures:
    tables, days = reports.everything(places, period.since, period.until)
    minutes = {row.key: row.minutes_mean for row in tables[TIMES].rows}
    pages = [replace(row, minutes_mean=minutes.get(row.key)) for row in tables[PAGES].rows]
    tables = {**tables, PAGES: replace(tables[PAGES], rows=pages)}
    return Figures(period, days, {row.key: row.shown for row in tables[TOTALS].rows}, tables)


def _stamp(places: Places) -> tuple[tuple[str, int, int], ...]:
    """Which sums there are: a month is rewritten by putting a new file in its place."""
    files = sorted(places.rollups.glob("*.parquet"))
    return tuple((file.name, found.st_mtime_ns, found.st_size) for file in files for found in (file.stat(),))


def forget() -> None:
    """For tests that put other sums in the same place."""
    _figures.cache_clear()
