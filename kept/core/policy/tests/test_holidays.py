"""Public holidays, computed: against days that were published, and against what every Easter must be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy.working_time import holidays

YEARS = st.integers(1990, 2199)


@pytest.mark.parametrize(
    "day",
    [
        "1818-03-22",
        "1943-04-25",
        "2000-04-23",
        "2008-03-23",
        "2011-04-24",
        "2024-03-31",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
        "2285-03-22",
    ],
)
def test_easter_is_where_the_almanacs_say(day: str) -> None:
    assert holidays.easter(int(day[:4])).isoformat() == day


@given(st.integers(1600, 4000))
def test_easter_is_a_sunday_from_22_march_to_25_april(year: int) -> None:
    day = holidays.easter(year)
    assert day.weekday() == 6 and date(year, 3, 22) <= day <= date(year, 4, 25)


@pytest.mark.parametrize(
    ("country", "year", "days"),
    [
        ("BE", 2026, "01-01 04-06 05-01 05-14 05-25 07-21 08-15 11-01 11-11 12-25"),
        ("DE", 2027, "01-01 03-26 03-29 05-01 05-06 05-17 10-03 12-25 12-26"),
        ("FR", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"),
        ("GB", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        ("GB", 2022, "01-03 04-15 04-18 05-02 05-30 08-29 12-26 12-27"),
        ("GB", 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        ("BR", 2026, ""),
    ],
)
def test_a_year_as_it_was_published(country: str, year: int, days: str) -> None:
    assert [f"{day:%m-%d}" for day in sorted(holidays.of(country, year))] == days.split()


@given(st.sampled_from(sorted(holidays.countries())), YEARS)
def test_every_year_has_them_all_inside_it(country: str, year: int) -> None:
    found = holidays.of(country, year)
    assert 7 <= len(found) <= 11 and {day.year for day in found} <= {year, year + 1}
    assert date(year, 12, 25) in found or any(date(year, 12, 25) < day <= date(year, 12, 28) for day in found)


def test_a_holiday_begins_when_it_was_made() -> None:
    assert date(2018, 5, 9) not in holidays.of("LU", 2018) and date(2019, 5, 9) in holidays.of("LU", 2019)


def test_near_reaches_into_the_next_year_and_stops_at_the_end_of_time() -> None:
    assert date(2027, 1, 1) in holidays.near("BE", date(2026, 12, 1))
    assert holidays.near("BE", date(9999, 12, 31) - timedelta(days=1))
