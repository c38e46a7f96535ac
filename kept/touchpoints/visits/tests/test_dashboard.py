"""The dashboard: everybody reads it, nobody writes, wrong days get one sentence, and what is hidden stays
hidden.
"""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept.core.register.declarations import DECLARED
from kept.touchpoints.visits.pages.report_pages import BY_NAME, SHEETS
from kept.touchpoints.visits.pages.tables import drawn
from kept.touchpoints.visits.tests import double
from kept.visits_log.reports import Row, Table

pytestmark = pytest.mark.django_db
HERE = "/privacy/visits/"


def said(answer: Any) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return html.unescape(text).replace("\u202f", " ")


def test_anybody_reads_it(client: Client, year: Any) -> None:
    answer = client.get(HERE)
    assert answer.status_code == 200 and client.head(HERE).status_code == 200
    page = answer.content.decode()
    assert all(f'id="{sheet.name}"' in page and f'href="#{sheet.name}"' in page for sheet in SHEETS)
    visits = sum(visits for _, visits, _ in double.daily(None, date(2026, 10, 1), date(2026, 10, 31)))
    assert f"{visits:,}".replace(",", " ") in said(answer)


def test_it_rejects_post(client: Client, year: Any) -> None:
    assert client.post(HERE).status_code == 405


def test_staff_see_the_same_figures(client: Client, year: Any, dana: Any, client_of: Any) -> None:
    public, staff = client.get(HERE).content.decode(), client_of(dana).get(HERE)
    main = re.compile(r"<main.*</main>", re.DOTALL)
    assert main.search(public)[0] == main.search(staff.content.decode())[0]  # type: ignore[index]
    assert "no-store" in staff["Cache-Control"]


def test_a_page_that_says_how_many_cookies_lie_here_is_in_no_shared_cache(client: Client, year: Any) -> None:
    assert "public" not in client.get(HERE).get("Cache-Control", "")


def test_the_desk_links_to_it(year: Any, dana: Any, client_of: Any) -> None:
    assert f'href="{HERE}"' in client_of(dana).get("/desk/").content.decode()


def test_the_figures_cost_no_query(client: Client, year: Any) -> None:
    client.get(HERE)
    with CaptureQueriesContext(connection) as bare:
        client.get("/privacy/recipients/")
    with CaptureQueriesContext(connection) as all_reports:
        client.get(HERE, {"period": "this-year", "compare": "before"})
    assert len(all_reports) <= len(bare)
    assert not [query["sql"] for query in all_reports if not query["sql"].upper().startswith("SELECT")]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, "1 October 2026 to 31 October 2026"),
        ({"period": "30-days"}, "26 October 2026 to 24 November 2026"),
        ({"period": "last-month"}, "1 October 2026 to 31 October 2026"),
        ({"period": "this-year"}, "1 January 2026 to 24 November 2026"),
        ({"from": "2026-05-01", "to": "2026-05-07"}, "1 May 2026 to 7 May 2026"),
        ({"from": "1 May 2026", "to": "7.5.2026"}, "1 May 2026 to 7 May 2026"),
        ({"from": "2020-01-01", "to": "2025-12-01"}, "25 November 2025 to 1 December 2025"),
        ({"to": "2025-11-30"}, "25 November 2025 to 30 November 2025"),
        ({"from": "2026-11-20", "to": "2030-01-01"}, "20 November 2026 to 24 November 2026"),
    ],
)
def test_days_are_chosen_without_a_script(
    client: Client, year: Any, asked: dict[str, str], shown: str
) -> None:
    answer = client.get(HERE, asked)
    assert answer.status_code == 200 and shown in said(answer)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            {"from": "2026-11-02", "to": "2026-11-01"},
            "2 November 2026 comes after 1 November 2026. Choose a first day before the last.",
        ),
        ({"from": "soon"}, "“soon” is not a day. Write one like 2026-11-25."),
        ({"from": "2026-02-30"}, "“2026-02-30” is not a day. Write one like 2026-11-25."),
        ({"to": "2024-01-01"}, "comes after 1 January 2024"),
        (
            {"from": "2020-01-01", "to": "2020-12-31"},
            "Nothing was counted before 25 November 2025. Choose a later day.",
        ),
        (
            {"from": "0001-01-01", "to": "0001-01-02"},
            "Nothing was counted before 25 November 2025. Choose a later day.",
        ),
        (
            {"from": "2027-01-01", "to": "2027-01-02"},
            "The last day counted so far is 24 November 2026. Choose an earlier day.",
        ),
        ({"period": "fortnight"}, "“fortnight” is no period we know."),
        ({"compare": "mars"}, "“mars” is nothing to compare with. Choose from the list."),
    ],
)
def test_wrong_days_get_one_sentence_and_lose_nothing(
    client: Client, year: Any, asked: dict[str, str], sentence: str
) -> None:
    answer = client.get(HERE, asked)
    assert answer.status_code == 422 and sentence in said(answer)
    assert "no-store" in answer["Cache-Control"]
    typed = re.findall(r'<input[^>]* name="(?:from|to)"[^>]*>', answer.content.decode())
    assert all(
        any(f'value="{value}"' in box for box in typed)
        for key, value in asked.items()
        if key in {"from", "to"}
    )


@pytest.mark.parametrize(
    "value", ["<script>x</script>", "\x00", "x" * 5000, "2026-11-01\n", "٢٠٢٦-١١-٠١", "9" * 400]
)
@pytest.mark.parametrize("name", ["from", "to", "period", "compare", "page", "other"])
def test_strange_words_are_answered(client: Client, year: Any, name: str, value: str) -> None:
    for address in (HERE, f"{HERE}pages/", f"{HERE}pages.csv"):
        answer = client.get(address, {name: value})
        assert answer.status_code in {200, 422} and (
            address.endswith(".csv") or "<script>x" not in answer.content.decode()
        )


def test_two_times_stand_side_by_side(client: Client, year: Any) -> None:
    page = said(client.get(HERE, {"period": "last-month", "compare": "before"}))
    assert "Compared with 1 September 2026 to 30 September 2026" in page
    now, then = (
        sum(visits for _, visits, _ in double.daily(None, *days))
        for days in ((date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 9, 1), date(2026, 9, 30)))
    )
    assert f"{'+' if now > then else '−'}{abs(now - then)}" in page.replace(" ", "")
    assert "Time before" in page


def test_where_one_of_two_is_hidden_there_is_no_difference(client: Client, year: Any) -> None:
    page = client.get(f"{HERE}pages/", {"period": "last-month", "compare": "before"}).content.decode()
    row = re.search(r"<tr(?:(?!</tr>).)*/rare/.*?</tr>", page, re.DOTALL)
    assert row and re.findall(r'data-label="(?:Time before|Change|Times read)"[^>]*>([^<]*)', row[0]) == [
        "&lt;10",
        "&lt;10",
        "–",
    ]


def test_what_was_not_counted_whole_is_not_compared(client: Client, year: Any) -> None:
    page = said(client.get(HERE, {"period": "this-year", "compare": "year"}))
    assert "was not counted whole, so there is nothing to compare with" in page and "Year earlier" not in page


def test_words_that_few_typed_are_others(client: Client, year: Any) -> None:
    for address in (HERE, f"{HERE}searches/"):
        assert "Others <10 each" in said(client.get(address))
    assert client.get(f"{HERE}searches.csv").content.decode().endswith("\r\nOthers,<10 each,\r\n")


def test_pages_that_are_gone_are_named_and_not_linked(client: Client, year: Any) -> None:
    page = client.get(f"{HERE}pages/").content.decode()
    assert "/gone/" in page and 'href="/gone/"' not in page and 'href="/privacy/promises/"' in page


def test_the_drawing_has_words_and_its_numbers(client: Client, year: Any) -> None:
    page = client.get(HERE, {"period": "30-days"}).content.decode()
    words = html.unescape(re.findall(r'<svg class="drawing chart wide"[^>]*aria-label="([^"]*)"', page)[0])
    assert words.startswith(
        "Visits and pages read, each day, from 26 October 2026 to 24 November 2026. Most visits: "
    )
    days = double.daily(None, date(2026, 10, 26), double.LAST)
    table = re.search(r"The numbers of this drawing.*?</table>", page, re.DOTALL)
    assert table and [
        int(n.replace("\u202f", "")) for n in re.findall(r'data-label="Visits"[^>]*>([^<]*)', table[0])
    ] == [one[1] for one in days]


def test_the_method_is_told(client: Client, year: Any) -> None:
    page = said(client.get(HERE))
    for words in (
        "cannot be added up to the people of a month",
        "built on",
        "25 months after the visit",
        "counted by a small script",
        "pause of 30 minutes",
    ):
        assert words in page, words


def test_before_the_first_day_it_says_what_will_be_here(client: Client, policy: Any) -> None:
    answer = client.get(HERE)
    assert (
        answer.status_code == 200
        and "Nothing is counted yet" in said(answer)
        and "ways through the site" in said(answer)
    )
    assert client.get(f"{HERE}pages/").status_code == 200
    assert client.get(f"{HERE}days.csv").content.decode() == "\ufeffDay,Visits,Pages read\r\n"


def test_a_visit_to_it_may_be_counted() -> None:
    assert {HERE, f"{HERE}pages/", f"{HERE}hours/"} <= set(DECLARED.read_by_anybody)


def test_single_days_say_that_a_whole_month_tells_more(client: Client, year: Any) -> None:
    assert "Last month, being whole, tells more" in said(client.get(HERE, {"period": "30-days"})).replace(
        " ,", ","
    )
    assert "being whole, tells more" not in said(client.get(HERE, {"period": "last-month"}))


def test_what_another_time_does_not_list_may_be_among_its_others() -> None:
    searches, pages = BY_NAME["searches"], BY_NAME["pages"]
    now = [Row("rail", 20), Row("48 v", 30)]
    then = Table("searches", "", (), [Row("rail", 15)], None, True, None, None)
    assert [
        entry.cells[2:4]
        for entry in drawn(
            searches, Table("", "", (), now, None, True, None, None), then, compared="Before", most=9
        ).entries
    ] == [
        (("Before", "15"), ("Change", "+5")),
        (("Before", "<10"), ("Change", "–")),
    ]
    none_hidden = Table("pages", "", (), [Row("rail", 15)], None, False, None, None)
    assert (
        drawn(pages, Table("", "", (), now, None, False, None, None), none_hidden, compared="Before", most=9)
        .entries[1]
        .cells[2][1]
        == "0"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ("Visites de nos sites", "jour par jour", "du 1er octobre 2026 au 31 octobre 2026", "Belgique"),
        ),
        (
            "de",
            (
                "Besuche auf unseren Websites",
                "Tag für Tag",
                "1. Oktober 2026 bis 31. Oktober 2026",
                "Belgien",
            ),
        ),
        (
            "nl",
            (
                "Bezoeken aan onze sites",
                "dag voor dag",
                "1 oktober 2026 tot en met 31 oktober 2026",
                "België",
            ),
        ),
    ],
)
def test_it_speaks_the_reader_s_language(
    client: Client, year: Any, language: str, words: tuple[str, ...]
) -> None:
    """Sentences of the template and of the code, days, numbers, countries and what a drawing is called."""
    page = said(client.get(f"/{language}{HERE}"))
    assert [word for word in words if word not in page] == []
    assert "3,0" in page and "Pages read" not in page


@pytest.mark.parametrize("language", ["fr", "de", "nl"])
def test_wrong_days_are_refused_in_the_reader_s_language(client: Client, year: Any, language: str) -> None:
    answer = client.get(f"/{language}{HERE}", {"from": "soon"})
    assert answer.status_code == 422 and "soon" in said(answer) and "is not a day" not in said(answer)
