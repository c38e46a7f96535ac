"""One report as CSV (RFC 4180): UTF-8 with a mark, "<10" where a cell is hidden, and no cell that a
spreadsheet would run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from kept.touchpoints.visits.pages.report_pages import Sheet
from kept.touchpoints.visits.pages.tables import FEW, Counts, counts, means, others
from kept.visits_log.reports import Row, Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\ufeff"


def of_report(sheet: Sheet, found: Table, before: Table | None) -> str:
    """Plain numbers, and the key both as people read it and as it was counted."""
    then = counts(before) if before else None
    keys = (str(sheet.key), *((str(sheet.key2),) if sheet.key2 else ()), *(("Key",) if sheet.coded else ()))
    head = (
        *keys,
        sheet.measure,
        "Share in percent",
        *((f"{sheet.measure} in the time compared",) if before is not None else ()),
        *means(sheet),
    )
    rows = [_cells(sheet, row, len(keys), then) for row in found.rows]
    if others(sheet, found):
        rows.append(["Others", *[""] * (len(keys) - 1), f"{FEW} each", *[""] * (len(head) - len(keys) - 1)])
    return written(head, rows)


def of_days(days: Iterable[tuple[date, int | None, int | None]]) -> str:
    return written(
        ("Day", "Visits", "Pages read"),
        ((day.isoformat(), _number(visits), _number(views)) for day, visits, views in days),
    )


def written(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow([cell(text) for text in head])
    write.writerows([cell(text) for text in row] for row in rows)
    return MARK + out.getvalue()


def cell(text: str) -> str:
    """What begins like a formula is text."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text


def _cells(sheet: Sheet, row: Row, keys: int, then: Counts | None) -> list[str]:
    found = [sheet.says(row.key), *((row.key2,) if sheet.key2 else ())]
    found += [row.key] * (keys - len(found))
    found += [_number(row.shown), "" if row.share is None else f"{100 * row.share:.2f}"]
    if then is not None:
        found.append(_number(then(row.key, row.key2)))
    return [*found, *(_mean(row.minutes_mean if sheet.timed else row.pages_mean) for _ in means(sheet))]


def _mean(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _number(shown: int | None) -> str:
    return FEW if shown is None else str(shown)
