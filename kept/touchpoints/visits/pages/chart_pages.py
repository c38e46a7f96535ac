"""The two charts of the dashboard, each drawn wide and narrow, said in words, and with the numbers it was
drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kept.sentences import day, sentence
from kept.touchpoints.visits import charts
from kept.touchpoints.visits.charts import NARROW, WIDE, Chart, grouped
from kept.touchpoints.visits.pages import labels
from kept.touchpoints.visits.pages.reading import Figures
from kept.touchpoints.visits.pages.tables import figure

SERIES = (sentence("pages read"), sentence("visits"))
COMPARED = {"before": sentence("visits, time before"), "year": sentence("visits, year earlier")}
BY = {"hour": sentence("Hour"), "day": sentence("Day"), "week": sentence("Week"), "month": sentence("Month")}
NUMBERS = {
    "hour": sentence("The numbers of this drawing, hour by hour"),
    "day": sentence("The numbers of this drawing, day by day"),
    "week": sentence("The numbers of this drawing, week by week"),
    "month": sentence("The numbers of this drawing, month by month"),
}
EACH = {
    "day": sentence("Visits and pages read, each day, from {since} to {until}."),
    "week": sentence("Visits and pages read, each week, from {since} to {until}."),
    "month": sentence("Visits and pages read, each month, from {since} to {until}."),
}
NONE = {
    "day": sentence("No day had ten visitors."),
    "week": sentence("No week had ten visitors."),
    "month": sentence("No month had ten visitors."),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """``words`` is the text alternative, ``series`` what the numbered rings stand for; ``rows``: (heading,
    cells) of the table behind it.
    """

    wide: Chart
    narrow: Chart
    words: str
    series: tuple[str, ...]
    by: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    @property
    def summary(self) -> str:
        return NUMBERS[self.by]

    @property
    def first(self) -> str:
        """The heading of the column before those of ``headings``."""
        return BY[self.by]


def lines(found: Figures, before: Figures | None, compare: str) -> Picture:
    """Pages and visits of the period; with a period to compare with, its visits as a third line, day upon
    day.
    """
    by = charts.grain(found.period.days)
    days: list[tuple[date, tuple[int | None, ...]]] = [
        (on, (views, visits)) for on, visits, views in found.days
    ]
    series: tuple[str, ...] = SERIES
    if before is not None:
        days = [
            (on, (*values, other))
            for (on, values), other in zip(days, _beside(before, len(days)), strict=True)
        ]
        series = (*SERIES, COMPARED[compare])
    all_points = charts.points(days, by)
    drawn = charts.whole(all_points, by)
    headings = tuple(capfirst(str(name)) for name in series)
    rows = tuple(
        (_name(point, by), tuple(zip(headings, map(figure, point.values), strict=True)))
        for point in all_points
    )
    wide, narrow = (charts.line_chart(drawn, shape, label=_label(found), by=by) for shape in (WIDE, NARROW))
    return Picture(wide, narrow, _words(found, drawn, by), series, by, headings, rows)


def _label(found: Figures) -> str:
    days, visits = found.period.days, sum(visits or 0 for _on, visits, _views in found.days)
    return ", ".join(
        [
            ngettext("{n} day", "{n} days", days).format(n=days),
            ngettext("{n} visit", "{n} visits", visits).format(n=grouped(visits)),
        ]
    )


def _beside(before: Figures, days: int) -> list[int | None]:
    """The visits of another time, day upon day from the end: two months of unlike length end together."""
    others: list[int | None] = [visits for _on, visits, _views in before.days]
    return [*[None] * (days - len(others)), *others[max(len(others) - days, 0) :]]


def hours(found: Figures) -> Picture | None:
    """A graduation for each hour of the day, as long as pages were read in it."""
    rows = {int(row.key): row.shown for row in found.tables["hours"].rows if row.key.isdigit()}
    values = [rows.get(hour, 0) for hour in range(24)]
    if not any(values):
        return None
    most = max(range(24), key=lambda hour: values[hour] or 0)
    words = _("Pages read by hour of the day. Most, {most}, between {hour}:00 and {next}:00.").format(
        most=figure(values[most]), hour=most, next=most + 1
    )
    table = tuple(
        (labels.hour(str(hour)), ((_("Pages read"), figure(value)),)) for hour, value in enumerate(values)
    )
    return Picture(
        charts.columns(values, WIDE_LOW),
        charts.columns(values, NARROW),
        words,
        (),
        "hour",
        (_("Pages read"),),
        table,
    )


WIDE_LOW = charts.Frame(912, 200, top=16)


def _words(found: Figures, drawn: list[charts.Point], by: str) -> str:
    """What a reader who sees no drawing should know: from when to when, the most and the least."""
    shown = [point for point in drawn if point.values[1] is not None]
    said = str(EACH[by]).format(since=day(found.period.since), until=day(found.period.until))
    if not shown:
        return f"{said} {NONE[by]}"
    most, least = (pick(shown, key=lambda point: point.values[1] or 0) for pick in (max, min))
    ends = _("Most visits: {most}, {most_on}. Fewest: {least}, {least_on}.").format(
        most=figure(most.values[1]),
        most_on=_name(most, by),
        least=figure(least.values[1]),
        least_on=_name(least, by),
    )
    return f"{said} {ends}"


def _name(point: charts.Point, by: str) -> str:
    if by == "day":
        return f"{date_format(point.since, 'D')} {day(point.since)}"
    if by == "month" and point.days >= 28:
        return date_format(point.since, "F Y")
    return ngettext("{n} day from {since}", "{n} days from {since}", point.days).format(
        n=point.days, since=day(point.since)
    )
