"""The two charts of the dashboard, each drawn wide and narrow, said in words, and with the numbers it was
drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kept.portal.durations import written
from kept.touchpoints.visits import charts
from kept.touchpoints.visits.charts import NARROW, WIDE, Chart, grouped
from kept.touchpoints.visits.pages.reading import Figures
from kept.touchpoints.visits.pages.tables import figure

SERIES = ("pages read", "visits")
EACH = {"day": "each day", "week": "each week", "month": "each month"}


@dataclass(frozen=True, slots=True)
class Picture:
    """``labels`` is the text alternative, ``series`` what the numbered rings stand for; ``rows``: (heading,
    cells) of the table behind it.
    """

    wide: Chart
    narrow: Chart
    words: str
    series: tuple[str, ...]
    by: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def lines(found: Figures, before: Figures | None, then: str) -> Picture:
    """Pages and visits of the period; with a period to compare with, its visits as a third line, day upon
    day.
    """
    by = charts.grain(found.period.days)
    days: list[tuple[date, tuple[int | None, ...]]] = [
        (day, (views, visits)) for day, visits, views in found.days
    ]
    series: tuple[str, ...] = SERIES
    if before is not None:
        days = [
            (day, (*values, other))
            for (day, values), other in zip(days, _beside(before, len(days)), strict=True)
        ]
        series = (*SERIES, f"visits, {then}")
    all_points = charts.points(days, by)
    drawn = charts.whole(all_points, by)
    label = f"{found.period.days} days, {grouped(sum(visits or 0 for _, visits, _ in found.days))} visits"
    headings = tuple(name[:1].upper() + name[1:] for name in series)
    rows = tuple(
        (_name(point, by), tuple(zip(headings, map(figure, point.values), strict=True)))
        for point in all_points
    )
    wide, narrow = (charts.line_chart(drawn, shape, label=label, by=by) for shape in (WIDE, NARROW))
    return Picture(wide, narrow, _words(found, drawn, by), series, by, headings, rows)


def _beside(before: Figures, days: int) -> list[int | None]:
    """The visits of another time, day upon day from the end: two months of unlike length end together."""
    others: list[int | None] = [visits for _, visits, _ in before.days]
    return [*[None] * (days - len(others)), *others[max(len(others) - days, 0) :]]


def hours(found: Figures) -> Picture | None:
    """A graduation for each hour of the day, as long as pages were read in it."""
    rows = {int(row.key): row.shown for row in found.tables["hours"].rows if row.key.isdigit()}
    values = [rows.get(hour, 0) for hour in range(24)]
    if not any(values):
        return None
    most = max(range(24), key=lambda hour: values[hour] or 0)
    words = (
        f"Pages read by hour of the day. Most, {figure(values[most])}, between {most}:00 and {most + 1}:00."
    )
    table = tuple(
        (f"{hour}:00 to {hour + 1}:00", (("Pages read", figure(value)),)) for hour, value in enumerate(values)
    )
    return Picture(
        charts.columns(values, WIDE_LOW),
        charts.columns(values, NARROW),
        words,
        (),
        "hour",
        ("Pages read",),
        table,
    )


WIDE_LOW = charts.Frame(912, 200, top=16)


def _words(found: Figures, drawn: list[charts.Point], by: str) -> str:
    """What a reader who sees no drawing should know: from when to when, the most and the least."""
    shown = [point for point in drawn if point.values[1] is not None]
    said = (
        f"Visits and pages read, {EACH[by]}, from {written(found.period.since)} to"
        f" {written(found.period.until)}."
    )
    if not shown:
        return f"{said} No {by} had ten visitors."
    most, least = (pick(shown, key=lambda point: point.values[1] or 0) for pick in (max, min))
    return (
        f"{said} Most visits: {figure(most.values[1])}, {_name(most, by)}. Fewest: {figure(least.values[1])},"
        f" {_name(least, by)}."
    )


def _name(point: charts.Point, by: str) -> str:
    if by == "day":
        return f"{point.since:%a} {written(point.since)}"
    if by == "month" and point.days >= 28:
        return f"{point.since:%B %Y}"
    return f"{point.days} days from {written(point.since)}"
