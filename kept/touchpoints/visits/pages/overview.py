"""What the pages of the dashboard show: the shell around every one, all reports on one, and one with all its
rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kept.sentences import sentence
from kept.touchpoints.visits.pages import chart_pages, method, reading, tables
from kept.touchpoints.visits.pages.dashboard_query import Asked, PeriodForm
from kept.touchpoints.visits.pages.periods import PRESETS, Period
from kept.touchpoints.visits.pages.report_pages import GROUPS, SHEETS, Group, Sheet
from kept.visits_log.events import FEWEST
from kept.visits_log.places import Places

TOTALS = {"visits": sentence("visits"), "views": sentence("pages read")}
NAMES = {"before": sentence("Time before"), "year": sentence("Year earlier")}


@dataclass(frozen=True, slots=True)
class Link:
    """One of the periods to choose from."""

    name: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Total:
    """A number, what it counts, and by how much it differs from the time to compare with."""

    name: str
    figure: str
    change: str = ""


def nothing() -> dict[str, Any]:
    """Before the first day is packed: what will be here, and from when."""
    return {"groups": [(group, of_group(group)) for group in GROUPS], "today": timezone.localdate()}


def frame(span: Period, form: PeriodForm) -> dict[str, Any]:
    """What stands on every page: the days there are, the form, and the ways to other periods."""
    valid = not form.is_bound or form.is_valid()
    asked = form.asked
    return {
        "span": span,
        "form": form.shown(),
        "refused": not valid,
        "asked": asked,
        "periods": [
            Link(title, asked.query(period=name), valid and asked.name == name)
            for name, title in PRESETS.items()
        ],
        "query": asked.query(),
        "by_days": not asked.period.whole_months,
        "whole_month": asked.query(period="last-month"),
        "fewest": FEWEST,
        "demo": settings.KEPT_DEMO,
    }


def page(places: Places, span: Period, form: PeriodForm) -> dict[str, Any]:
    """Everything, the largest rows of each report."""
    shell, asked = frame(span, form), form.asked
    found = reading.figures(places, asked.period)
    before = reading.figures(places, asked.against) if asked.against else None
    sheets = {
        sheet.name: table(sheet, found, before, asked, most=tables.ON_THE_DASHBOARD) for sheet in SHEETS
    }
    return {
        **shell,
        "groups": [(group, [sheets[sheet.name] for sheet in of_group(group)]) for group in GROUPS],
        "totals": totals(found, before),
        "chart": chart_pages.lines(found, before, asked.compare),
        "hours": chart_pages.hours(found),
        "method": method.told(places, span),
    }


def one(places: Places, span: Period, form: PeriodForm, sheet: Sheet, number: str) -> dict[str, Any]:
    """All rows of one report, fifty at a time. A page that is not there is the last."""
    asked = form.asked
    found = reading.figures(places, asked.period)
    before = reading.figures(places, asked.against) if asked.against else None
    rows = len(found.tables[sheet.report].rows)
    last = max(-(-rows // tables.ON_ITS_OWN), 1)
    at = min(max(int(number), 1), last) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    first = (at - 1) * tables.ON_ITS_OWN
    return {
        "it": table(sheet, found, before, asked, first=first, most=tables.ON_ITS_OWN),
        "number": at,
        "last": last,
        "first": first,
        "earlier": asked.query(page=str(at - 1)) if at > 1 else "",
        "later": asked.query(page=str(at + 1)) if at < last else "",
        "hours": chart_pages.hours(found) if sheet.name == "hours" else None,
    }


def table(
    sheet: Sheet,
    found: reading.Figures,
    before: reading.Figures | None,
    asked: Asked,
    *,
    first: int = 0,
    most: int,
) -> tables.Drawn:
    then = before.tables[sheet.report] if before else None
    return tables.drawn(
        sheet, found.tables[sheet.report], then, compared=NAMES.get(asked.compare, ""), first=first, most=most
    )


def of_group(group: Group) -> list[Sheet]:
    return [sheet for sheet in SHEETS if sheet.group == group.id]


def totals(found: reading.Figures, before: reading.Figures | None) -> list[Total]:
    """The figures at the head of the page, each with its change where another time stands beside it."""
    now, then = found.totals, before.totals if before else None
    days = sum(visits is not None for _on, visits, _views in found.days)
    return [
        *(
            Total(
                TOTALS[name], tables.figure(now[name]), tables.change(now[name], then[name]) if then else ""
            )
            for name in ("visits", "views")
        ),
        Total(
            _("visits a day, on average"),
            tables.figure(round(now["visits"] / days)) if now["visits"] and days else tables.NONE,
        ),
        Total(
            _("pages a visit"),
            tables.mean(now["views"] / now["visits"] if now["views"] and now["visits"] else None),
        ),
    ]
