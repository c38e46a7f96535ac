"""A report as a table: rows in order, what is hidden as "<10", and beside it the same of another time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import pgettext

from kept.portal.navigation import there
from kept.sentences import sentence
from kept.touchpoints.visits.charts import grouped
from kept.touchpoints.visits.pages.report_pages import Sheet
from kept.visits_log.events import FEWEST
from kept.visits_log.reports import Row, Table

Counts = Callable[[str, str], int | None]
FEW = f"<{FEWEST}"
NONE = "–"
MINUTES, PAGES = sentence("Minutes on it"), sentence("Pages a visit")
ON_THE_DASHBOARD, ON_ITS_OWN = 10, 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. ``bar`` is the length of its bar in percent of the longest; ``cells``: (heading, text)."""

    key: str
    address: str
    key2: str
    address2: str
    bar: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """``rows`` there are in all, of which ``entries`` are shown here; ``others``: what follows the last was
    counted fewer than ten times each.
    """

    sheet: Sheet
    headings: tuple[str, ...]
    entries: tuple[Entry, ...]
    rows: int
    others: bool

    @property
    def more(self) -> int:
        return self.rows - len(self.entries)


def headings(sheet: Sheet, compared: str) -> tuple[str, ...]:
    """Of the columns of numbers. ``compared`` is what the other time is called, if there is one."""
    change = (compared, pgettext("from one time to another", "Change")) if compared else ()
    return (sheet.measure, pgettext("in percent", "Share"), *change, *means(sheet))


def means(sheet: Sheet) -> tuple[str, ...]:
    """What the last column is called, of sheets that have an average there."""
    return (MINUTES,) if sheet.timed else (PAGES,) if sheet.effect else ()


def drawn(
    sheet: Sheet, found: Table, before: Table | None = None, *, compared: str = "", first: int = 0, most: int
) -> Drawn:
    """``most`` rows from the ``first`` on.

    ``before``: the same report of the time to compare with, called ``compared``.
    """
    then = counts(before) if before else None
    longest = max((row.shown or 0 for row in found.rows), default=0)
    names = headings(sheet, compared if before is not None else "")
    entries = tuple(
        Entry(
            key=sheet.says(row.key),
            address=_address(sheet, row.key),
            key2=row.key2,
            address2=_address(sheet, row.key2),
            bar=f"{100 * (row.shown or 0) / longest:.1f}" if longest else "0",
            cells=tuple(zip(names, cells(sheet, row, then), strict=True)),
        )
        for row in found.rows[first : first + most]
    )
    return Drawn(
        sheet, names, entries, len(found.rows), others(sheet, found) and first + most >= len(found.rows)
    )


def others(sheet: Sheet, found: Table) -> bool:
    """Whether something follows that is not listed.

    Where a hidden row is listed, or every key there can be, it would be told twice.
    """
    return found.others and not sheet.complete and all(row.shown is not None for row in found.rows)


def counts(before: Table) -> Counts:
    """The figure of a key in another time: None where it is hidden.

    What that time does not list was not there, or is among its others.
    """
    shown = {(row.key, row.key2): row.shown for row in before.rows}
    return lambda key, key2: shown.get((key, key2), None if before.others else 0)


def cells(sheet: Sheet, row: Row, then: Counts | None) -> list[str]:
    """The numbers of one row, beside those of another time if there is one."""
    found = [figure(row.shown), share(row.share)]
    if then is not None:
        other = then(row.key, row.key2)
        found += [figure(other), change(row.shown, other)]
    return [*found, *(mean(row.minutes_mean if sheet.timed else row.pages_mean) for _ in means(sheet))]


def figure(shown: int | None) -> str:
    return FEW if shown is None else grouped(shown)


def share(of_all: float | None) -> str:
    if of_all is None:
        return NONE
    return f"{number_format(100 * of_all, 0 if of_all >= 0.0995 else 1)} %"


def mean(value: float | None) -> str:
    return NONE if value is None else str(number_format(value, 1))


def change(now: int | None, then: int | None) -> str:
    """ "+12", "−3", "±0"; nothing where one of the two is hidden."""
    if now is None or then is None:
        return NONE
    return f"{'+' if now > then else '−' if now < then else '±'}{grouped(abs(now - then))}"


def _address(sheet: Sheet, key: str) -> str:
    """Where a page of ours is, as long as there is such a page."""
    return key if sheet.linked and key.startswith("/") and there(key) else ""
