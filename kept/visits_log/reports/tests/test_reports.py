"""Reports over packed days and their sums: what is told, of which days, and what an exact count says of the
same ones.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kept.visits_log import reports
from kept.visits_log.events import FEWEST
from kept.visits_log.places import Places
from kept.visits_log.storing import packer
from kept.visits_log.storing.examples.invented import invent
from kept.visits_log.storing.tests.logs import NOON, visit, written

FIRST, LAST, TODAY = date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 2)


@pytest.fixture(scope="module")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Places:
    places = Places(tmp_path_factory.mktemp("visits"))
    invent(places, FIRST, LAST, 60_000, 3, today=TODAY)
    return places


@pytest.mark.parametrize("name", reports.names())
def test_what_is_told_is_never_more_than_what_is_counted(two_months: Places, name: str) -> None:
    told, exact = (reports.report(two_months, name, FIRST, LAST, exact=exact) for exact in (False, True))
    counted = {(row.key, row.key2): row.shown or 0 for row in exact.rows}
    shown = {(row.key, row.key2): row.shown for row in told.rows if row.shown}
    assert shown
    assert all(FEWEST <= count <= counted[key] for key, count in shown.items())
    if name != "totals":
        assert told.total == sum(shown.values())
        assert sum(shown.values()) > 0.8 * sum(counted.values()) or name == "ways"


def test_totals_are_those_that_are_counted(two_months: Places) -> None:
    told, exact = (reports.report(two_months, "totals", FIRST, LAST, exact=exact) for exact in (False, True))
    assert [(row.key, row.shown) for row in told.rows] == [(row.key, row.shown) for row in exact.rows]
    days = reports.daily(two_months, FIRST, LAST)
    assert len(days) == 61
    assert (sum(visits or 0 for _, visits, _ in days), sum(views or 0 for _, _, views in days)) == tuple(
        row.shown for row in told.rows[1:]
    )


def test_a_whole_month_tells_more_than_its_days(two_months: Places) -> None:
    """And nothing that its days told is told otherwise."""

    def shown(since: date, until: date) -> dict[str, int]:
        return {
            f"{row.key} {row.key2}": row.shown or 0
            for row in reports.report(two_months, "ways", since, until).rows
        }

    whole = shown(date(2026, 10, 1), LAST)
    halves = [shown(date(2026, 10, 1), date(2026, 10, 15)), shown(date(2026, 10, 16), LAST)]
    both = {key: sum(half.get(key, 0) for half in halves) for key in {*halves[0], *halves[1]}}
    assert all(whole[key] - count == 0 or whole[key] - count >= FEWEST for key, count in both.items())
    assert sum(whole.values()) > sum(both.values())
    assert (
        shown(FIRST, LAST).items()
        >= {key: whole[key] + shown(FIRST, date(2026, 9, 30)).get(key, 0) for key in whole}.items()
    )


def test_time_on_page_is_told_where_ten_were_timed(two_months: Places) -> None:
    told, exact = (reports.report(two_months, "time", FIRST, LAST, exact=exact) for exact in (False, True))
    means = {row.key: row.minutes_mean for row in exact.rows}
    assert told.rows[0].key == "/" and abs((told.rows[0].minutes_mean or 0) - (means["/"] or 0)) < 0.2


def test_a_range_is_clipped_and_says_so(two_months: Places) -> None:
    table = reports.report(two_months, "pages", date(2026, 1, 1), date(2026, 12, 31))
    assert (table.since, table.until) == (FIRST, LAST) == reports.span(two_months)
    assert table.said == [
        "The first day there is anything of is 2026-09-01, so the report begins there.",
        "The last day that is counted is 2026-10-31, so the report ends there.",
    ]


def test_a_range_beside_what_is_there_is_empty_and_says_so(two_months: Places) -> None:
    table = reports.report(two_months, "pages", date(2025, 1, 1), date(2025, 2, 1))
    assert (table.rows, table.since) == ([], None)
    assert table.said == ["Nothing is stored of these days. There are visits from 2026-09-01 to 2026-10-31."]
    assert reports.daily(two_months, date(2025, 1, 1), date(2025, 2, 1)) == []


def test_bad_names_and_ranges_are_refused(two_months: Places) -> None:
    with pytest.raises(KeyError):
        reports.report(two_months, "people", FIRST, LAST)
    with pytest.raises(ValueError, match="ends .* before it begins"):
        reports.report(two_months, "pages", LAST, FIRST)


def test_an_empty_store_has_no_span(places: Places) -> None:
    assert reports.span(places) is None
    assert reports.report(places, "pages", FIRST, LAST).said == [
        "No visits are stored yet. A day is counted when it is over."
    ]
    assert reports.daily(places, FIRST, LAST) == []


def test_a_day_nobody_came_is_nought_and_one_of_few_is_not_told(places: Places) -> None:
    for back, visits in ((3, 12), (1, 4)):
        day = date(2026, 11, 20) - timedelta(days=back)
        written(
            places,
            [
                event
                for n in range(visits)
                for event in visit(n, "/", day=str(day), minute=NOON - 1440 * back)
            ],
        )
    packer.pack(places, date(2026, 11, 21))
    assert reports.daily(places, FIRST, date(2026, 11, 20)) == [
        (date(2026, 11, 17), 12, 12),
        (date(2026, 11, 18), 0, 0),
        (date(2026, 11, 19), None, None),
    ]


def test_where_only_few_came_every_report_is_empty_of_numbers(places: Places) -> None:
    written(places, [event for n in range(9) for event in visit(n, "/", "/a/")])
    packer.pack(places, date(2026, 12, 1))
    for name in reports.names():
        table = reports.report(places, name, FIRST, date(2026, 11, 20))
        assert all(row.shown is None for row in table.rows)
    assert reports.daily(places, FIRST, date(2026, 11, 20)) == [(date(2026, 11, 20), None, None)]


def test_words_that_few_wrote_are_not_listed(places: Places) -> None:
    """A name that somebody typed once is nobody's to read, even as "<10"."""
    for day in range(1, 31):
        noon = NOON - 1440 * (20 - day)
        for n in range(12):
            written(places, visit(n, "/", day=f"2026-11-{day:02}", minute=noon, referrer="common.example"))
        if day % 10 == 0:
            written(
                places, visit(50, "/once/", day=f"2026-11-{day:02}", minute=noon, referrer="rare.example")
            )
    packer.pack(places, date(2026, 12, 1))
    referrers = reports.report(places, "referrers", date(2026, 11, 1), date(2026, 11, 30))
    assert [row.key for row in referrers.rows] == ["common.example"] and referrers.others
    pages = reports.report(places, "pages", date(2026, 11, 1), date(2026, 11, 30))
    assert pages.rows[0].key == "/" and pages.others


def test_the_same_seed_invents_the_same_traffic(tmp_path_factory: pytest.TempPathFactory) -> None:
    told = []
    for seed in (5, 5, 6):
        places = Places(tmp_path_factory.mktemp("seed"))
        invent(
            places,
            FIRST,
            date(2026, 9, 7),
            5_000,
            seed,
            paths={"/": 3, "/products/": 2, "/products/a/": 1},
            today=TODAY,
        )
        told.append(
            [(row.key, row.shown) for row in reports.report(places, "pages", FIRST, LAST, exact=True).rows]
        )
    assert told[0] == told[1] != told[2]
    assert {key for key, _ in told[0]} <= {"/", "/products/", "/products/a/"}
