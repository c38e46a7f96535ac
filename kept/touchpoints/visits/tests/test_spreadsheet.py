"""Each report as a spreadsheet: the same numbers, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from kept.touchpoints.visits.pages import spreadsheets
from kept.touchpoints.visits.pages.report_pages import SHEETS
from kept.touchpoints.visits.tests import double

pytestmark = pytest.mark.django_db
HERE = "/privacy/visits/"


def rows(answer: Any) -> list[list[str]]:
    text = answer.content.decode()
    assert text.startswith("\ufeff") and "\r\n" in text
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_report_can_be_taken(client: Client, year: Any, sheet: Any) -> None:
    answer = client.get(f"{HERE}{sheet.name}.csv", {"compare": "before"})
    found = rows(answer)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="visits-{sheet.name}.csv"'
    assert (
        answer["Cache-Control"] == "max-age=300, public" or answer["Cache-Control"] == "public, max-age=300"
    )
    assert len(found) > 2 and len({len(row) for row in found}) == 1


def test_the_days_themselves(client: Client, year: Any) -> None:
    found = rows(client.get(f"{HERE}days.csv", {"period": "7-days"}))
    assert found[0] == ["Day", "Visits", "Pages read"]
    assert [[day, int(visits), int(views)] for day, visits, views in found[1:]] == [
        [day.isoformat(), visits, views]
        for day, visits, views in double.daily(None, date(2026, 11, 18), double.LAST)
    ]


def test_what_is_hidden_is_written_so(client: Client, year: Any) -> None:
    found = {row[0]: row for row in rows(client.get(f"{HERE}pages.csv"))}
    assert found["/rare/"][1:3] == ["<10", ""] and found["/"][1].isdigit()


def test_codes_stand_beside_their_names(client: Client, year: Any) -> None:
    found = rows(client.get(f"{HERE}countries.csv"))
    assert found[0][:3] == ["Country", "Key", "Visits"] and found[1][:2] == ["Belgium", "BE"]


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_it_says_the_same_in_every_language(client: Client, year: Any, language: str) -> None:
    """A shared cache may keep it for the next reader, and a program reads it by its headings."""
    for name in ("again", "ways", "days"):
        asked = f"{HERE}{name}.csv?compare=before"
        assert client.get(f"/{language}{asked}").content == client.get(asked).content


def test_a_campaign_that_is_a_formula_is_text(client: Client, year: Any) -> None:
    assert "'=cmd|' /C calc'!A0" in {row[0] for row in rows(client.get(f"{HERE}campaigns.csv"))}


@given(st.text())
def test_no_cell_is_ever_a_formula(text: str) -> None:
    assert not spreadsheets.cell(text).lstrip(" ").startswith(spreadsheets.FORMULA)


def test_wrong_days_are_one_sentence(client: Client, year: Any) -> None:
    answer = client.get(f"{HERE}pages.csv", {"from": "soon"})
    assert (
        answer.status_code == 422
        and answer.content.decode() == "“soon” is not a day. Write one like 2026-11-25.\n"
    )
    assert answer["Cache-Control"] == "no-store" and client.post(f"{HERE}pages.csv").status_code == 405
