"""The visits as everybody may see them: one page of all reports, a page for each, and each as a spreadsheet.

It asks the database nothing.

A page carries what meets a visitor (the cookie notice, how many cookies lie on this device), so no shared
cache keeps it; a spreadsheet says the same to everybody, and may be kept.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from kept.portal.form_parts.responses import invalid
from kept.portal.public_pages import share
from kept.touchpoints.visits import log_folder
from kept.touchpoints.visits.pages import overview, reading, spreadsheets
from kept.touchpoints.visits.pages.dashboard_query import PeriodForm
from kept.touchpoints.visits.pages.report_pages import BY_NAME, Sheet
from kept.visits_log.places import Places

DAYS = "days"
"""The spreadsheet of the days themselves, beside those of the reports."""


def places() -> Places:
    return log_folder.places()


@login_not_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """All reports of one period, the ten largest rows of each."""
    span = reading.span(places())
    if span is None:
        return render(request, "visits/nothing.html", overview.nothing())
    form = PeriodForm(request.GET or None, span)
    if form.is_bound and not form.is_valid():
        return invalid(request, "visits/dashboard.html", overview.frame(span, form))
    return render(request, "visits/dashboard.html", overview.page(places(), span, form))


@login_not_required
@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    """One report, fifty rows a page."""
    sheet, span = _sheet(name), reading.span(places())
    if span is None:
        return render(request, "visits/nothing.html", overview.nothing())
    form = PeriodForm(request.GET or None, span)
    context = {**overview.frame(span, form), "sheet": sheet}
    if form.is_bound and not form.is_valid():
        return invalid(request, "visits/report.html", context)
    return render(
        request,
        "visits/report.html",
        {**context, **overview.one(places(), span, form, sheet, request.GET.get("page", ""))},
    )


@login_not_required
@require_safe
def spreadsheet(request: HttpRequest, name: str) -> HttpResponse:
    """``/privacy/visits/pages.csv?period=last-month``: all rows of a report; ``days`` has the days
    themselves.
    """
    sheet = None if name == DAYS else _sheet(name)
    span = reading.span(places())
    form = PeriodForm(request.GET or None, span) if span else None
    if form and form.is_bound and not form.is_valid():
        wrong = " ".join(str(problem) for problems in form.errors.values() for problem in problems)
        return HttpResponse(
            f"{wrong}\n",
            status=422,
            content_type="text/plain; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )
    # The same to everybody, whatever they read in, and so to every shared cache.
    with override("en"):
        body = _rows(sheet, form.asked) if form else spreadsheets.of_days(())
    kept = {
        "Content-Disposition": f'attachment; filename="visits-{name}.csv"',
        "Cache-Control": "public, max-age=300",
    }
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=kept)


def _rows(sheet: Sheet | None, asked: Any) -> str:
    found = reading.figures(places(), asked.period)
    if sheet is None:
        return spreadsheets.of_days(found.days)
    before = reading.figures(places(), asked.against) if asked.against else None
    return spreadsheets.of_report(
        sheet, found.tables[sheet.report], before.tables[sheet.report] if before else None
    )


def _sheet(name: str) -> Sheet:
    if name not in BY_NAME:
        raise Http404("There is no report of this name.")
    return BY_NAME[name]


share("visits", lambda: reading.edition(places()))
