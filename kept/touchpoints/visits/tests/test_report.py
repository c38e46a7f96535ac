"""One report alone: all its rows, fifty a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from kept.touchpoints.visits.pages import reading
from kept.touchpoints.visits.pages.report_pages import SHEETS
from kept.touchpoints.visits.tests import double
from kept.visits_log import reports

pytestmark = pytest.mark.django_db
HERE = "/privacy/visits/"


@pytest.fixture
def many(year: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred and twenty pages."""
    rows = [reports.Row(f"/page-{number:03}/", 1000 - number, share=0.001) for number in range(120)]

    def everything(places: Any, since: Any, until: Any) -> Any:
        tables, days = double.everything(places, since, until)
        return {
            **tables,
            "pages": reports.Table("pages", "pages", ("Page", "Read"), rows, None, False, since, until),
        }, days

    monkeypatch.setattr(reports, "everything", everything)
    reading.forget()


def keys(answer: Any) -> list[str]:
    return re.findall(r"<span>(/page-\d+/)</span>", answer.content.decode())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_report_has_a_page(client: Client, year: Any, sheet: Any) -> None:
    answer = client.get(f"{HERE}{sheet.name}/")
    assert answer.status_code == 200 and f"<h1>{sheet.title}</h1>" in answer.content.decode()
    assert client.post(f"{HERE}{sheet.name}/").status_code == 405


@pytest.mark.parametrize("name", ["fortnights", "totals", "pages-", "find"])
def test_a_report_there_is_not_is_not_found(client: Client, year: Any, name: str) -> None:
    assert client.get(f"{HERE}{name}/").status_code == client.get(f"{HERE}{name}.csv").status_code == 404


def test_the_dashboard_shows_ten_and_leads_to_all(client: Client, many: None) -> None:
    page = client.get(HERE, {"period": "last-month"})
    assert (
        len(keys(page)) == 10
        and 'href="/privacy/visits/pages/?period=last-month">All 120' in page.content.decode()
    )


def test_fifty_rows_then_further(client: Client, many: None) -> None:
    first, second, third = (client.get(f"{HERE}pages/", {"page": str(number)}) for number in (1, 2, 3))
    assert [len(keys(page)) for page in (first, second, third)] == [50, 50, 20]
    assert keys(first) + keys(second) + keys(third) == [f"/page-{number:03}/" for number in range(120)]
    assert 'rel="next"' in first.content.decode() and 'rel="prev"' not in first.content.decode()
    assert 'href="?period=last-month&amp;page=3" rel="next"' in second.content.decode()
    assert "Page 3 of 3" in third.content.decode() and 'rel="next"' not in third.content.decode()


@pytest.mark.parametrize(("asked", "shown"), [("0", 1), ("-1", 1), ("99", 3), ("²", 1), ("x", 1), ("", 1)])
def test_a_page_there_is_not_is_the_nearest(client: Client, many: None, asked: str, shown: int) -> None:
    assert f"Page {shown} of 3" in client.get(f"{HERE}pages/", {"page": asked}).content.decode()


def test_the_days_go_along(client: Client, many: None) -> None:
    page = client.get(
        f"{HERE}pages/", {"from": "2026-05-01", "to": "2026-05-07", "compare": "before"}
    ).content.decode()
    assert 'href="/privacy/visits/pages.csv?from=2026-05-01&amp;to=2026-05-07&amp;compare=before"' in page
    assert 'href="?from=2026-05-01&amp;to=2026-05-07&amp;compare=before&amp;page=2"' in page
    assert 'href="?compare=before&amp;period=last-month"' in page


def test_hours_are_drawn(client: Client, year: Any) -> None:
    page = client.get(f"{HERE}hours/").content.decode()
    assert page.count('data-series="column"') == 2 * 24 and "Pages read by hour of the day. Most" in page
