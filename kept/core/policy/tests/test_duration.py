"""Durations follow the calendar, month ends included, and are said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy.duration import LIMITS, Duration, parse

durations = st.builds(Duration, **{unit: st.integers(0, 50) for unit in LIMITS})


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("P3Y", date(2026, 11, 23), date(2029, 11, 23), "3 years"),
        ("P1M", date(2027, 1, 31), date(2027, 2, 28), "1 month"),
        ("P1M", date(2028, 1, 31), date(2028, 2, 29), "1 month"),
        ("P1Y", date(2028, 2, 29), date(2029, 2, 28), "1 year"),
        ("P30D", date(2026, 1, 31), date(2026, 3, 2), "30 days"),
        ("P1Y6M", date(2026, 8, 31), date(2028, 2, 29), "1 year and 6 months"),
        ("P2W", date(2026, 12, 25), date(2027, 1, 8), "2 weeks"),
        ("P0D", date(2026, 1, 1), date(2026, 1, 1), "no time"),
        ("P1Y2M3D", date(2026, 1, 1), date(2027, 3, 4), "1 year, 2 months and 3 days"),
        ("P200Y", date(9990, 1, 1), date(9999, 12, 31), "200 years"),
    ],
)
def test_it_adds_and_says(text: str, start: date, end: date, words: str) -> None:
    assert parse(text).after(start) == end
    assert parse(text).in_words() == words


def test_hours_count_from_a_moment() -> None:
    told = parse("PT72H").after(datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
    assert told == datetime(2026, 11, 25, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("three years", '"three years" is not a duration. Write P3Y.'),
        ("30 days", '"30 days" is not a duration. Write P30D.'),
        ("72h", '"72h" is not a duration. Write PT72H.'),
        ("p3y", '"p3y" is not a duration. Write P3Y.'),
        ("P", '"P" is not a duration. Write it like P3Y (years), P6M (months), P30D (days).'),
        ("PT", '"PT" is not a duration. Write it like P3Y (years), P6M (months), P30D (days).'),
        ("P1DT", '"P1DT" is not a duration. Write it like P3Y (years), P6M (months), P30D (days).'),
        ("-P1D", '"-P1D" is not a duration. Write it like P3Y (years), P6M (months), P30D (days).'),
        ("P٣Y", '"P٣Y" is not a duration. Write it like P3Y (years), P6M (months), P30D (days).'),
        ("P900Y", '"P900Y" is longer than anything is kept. Write at most 200 years.'),
    ],
)
def test_it_says_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert str(caught.value) == sentence


@given(durations)
def test_what_is_written_is_read_back(duration: Duration) -> None:
    assert parse(str(duration)) == duration


@given(durations, st.dates(max_value=date(9000, 1, 1)), st.dates(max_value=date(9000, 1, 1)))
def test_later_starts_end_no_earlier(duration: Duration, one: date, other: date) -> None:
    first, second = sorted((one, other))
    assert first <= duration.after(first)
    calendar_only = Duration(years=duration.years, months=duration.months)
    assert calendar_only.after(first) <= calendar_only.after(second)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    sentence = ""
    try:
        parse(text)
    except ValueError as refused:
        sentence = str(refused)
    assert not sentence or "Write" in sentence
