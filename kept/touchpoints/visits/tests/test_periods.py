"""Which days are meant: presets from the last day counted, and what they are compared with."""

from __future__ import annotations

from datetime import date

import pytest

from kept.touchpoints.visits.pages.periods import PRESETS, Period, preset

LAST = date(2026, 11, 24)
SPAN = Period(date(2025, 11, 25), LAST)


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("7-days", date(2026, 11, 18), LAST),
        ("30-days", date(2026, 10, 26), LAST),
        ("this-month", date(2026, 11, 1), LAST),
        ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this-year", date(2026, 1, 1), LAST),
    ],
)
def test_a_preset_ends_with_the_last_day_counted(name: str, since: date, until: date) -> None:
    assert preset(name, LAST) == Period(since, until)


def test_every_preset_has_a_title_and_no_other_is_known() -> None:
    assert all(preset(name, LAST).days >= 1 for name in PRESETS)
    with pytest.raises(KeyError):
        preset("fortnight", LAST)


def test_whole_months_are_compared_with_whole_months() -> None:
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).before() == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert Period(date(2026, 1, 1), date(2026, 2, 28)).before() == Period(
        date(2025, 11, 1), date(2025, 12, 31)
    )
    assert Period(date(2026, 2, 1), date(2026, 2, 28)).year_before() == Period(
        date(2025, 2, 1), date(2025, 2, 28)
    )
    # A leap year's February is whole too.
    assert Period(date(2025, 2, 1), date(2025, 2, 28)).year_before() == Period(
        date(2024, 2, 1), date(2024, 2, 29)
    )


def test_other_days_are_compared_with_as_many_just_before() -> None:
    assert Period(date(2026, 11, 18), LAST).before() == Period(date(2026, 11, 11), date(2026, 11, 17))
    assert Period(date(2024, 2, 29), date(2024, 3, 2)).year_before() == Period(
        date(2023, 2, 28), date(2023, 3, 2)
    )


def test_only_what_was_counted_is_shown() -> None:
    assert Period(date(2020, 1, 1), date(2025, 12, 1)).within(SPAN) == Period(
        date(2025, 11, 25), date(2025, 12, 1)
    )
    assert Period(date(2020, 1, 1), date(2020, 12, 1)).within(SPAN) is None
    assert Period(date(2027, 1, 1), date(2027, 1, 1)).within(SPAN) is None


def test_days_are_counted_over_both_changes_of_the_clock() -> None:
    spring = Period(date(2026, 3, 28), date(2026, 3, 30))
    assert spring.days == 3 and list(spring.each()) == [
        date(2026, 3, 28),
        date(2026, 3, 29),
        date(2026, 3, 30),
    ]
