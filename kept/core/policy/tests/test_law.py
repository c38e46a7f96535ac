"""The law as dated data: the day an answer is due, and which transfers are good law."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.core.policy import law
from kept.core.policy.duration import parse
from kept.core.policy.model import Policy

PROMISE = parse("P30D")


@pytest.mark.parametrize(
    ("received", "jurisdiction", "due", "lawful", "extended"),
    [
        # 31 January: one month ends on Sunday 28 February 2027, so the law says Monday; the promise of 30
        # days ends a day later still.
        (date(2027, 1, 31), "EU", date(2027, 3, 1), date(2027, 3, 1), date(2027, 4, 30)),
        (date(2026, 11, 23), "EU", date(2026, 12, 23), date(2026, 12, 23), date(2027, 2, 23)),
        (date(2026, 1, 30), "EU", date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 30)),
        (date(2026, 2, 10), "UK", date(2026, 3, 10), date(2026, 3, 10), date(2026, 5, 11)),
        (date(2026, 11, 23), "US-CA", date(2026, 12, 23), date(2027, 1, 7), date(2027, 2, 21)),
    ],
)
def test_the_earlier_of_promise_and_law(
    received: date, jurisdiction: str, due: date, lawful: date, extended: date
) -> None:
    found = law.due(received, PROMISE, jurisdiction)
    assert (found.day, found.lawful, found.extended) == (due, lawful, extended)


def test_a_holiday_moves_the_law_and_not_the_promise() -> None:
    found = law.due(date(2026, 12, 1), parse("P31D"), "EU", holidays={date(2027, 1, 1)})
    assert (found.day, found.promised, found.lawful) == (date(2027, 1, 1), date(2027, 1, 1), date(2027, 1, 4))


def test_without_law_the_promise_stands() -> None:
    found = law.due(date(2026, 11, 23), PROMISE, "")
    assert (found.day, found.lawful, found.article) == (date(2026, 12, 23), None, "")


@given(
    st.dates(date(2021, 1, 2), date(2100, 1, 1)),
    st.sampled_from(["EU", "UK", "US-CA", ""]),
    st.integers(1, 90),
)
def test_the_due_day_breaks_neither(received: date, jurisdiction: str, days: int) -> None:
    found = law.due(received, parse(f"P{days}D"), jurisdiction)
    assert received < found.day <= found.promised
    assert found.lawful is None or found.day <= found.lawful <= (found.extended or date.max)


@pytest.mark.parametrize(
    ("country", "jurisdiction"),
    [
        ("BE", "EU"),
        ("be", "EU"),
        ("NO", "EU"),
        ("GB", "UK"),
        ("US-CA", "US-CA"),
        ("US", ""),
        ("US-TX", ""),
        ("BR", ""),
    ],
)
def test_countries_have_their_law(country: str, jurisdiction: str) -> None:
    assert law.jurisdiction_of(country) == jurisdiction


@pytest.mark.parametrize(
    ("mechanism", "country", "at", "problem"),
    [
        ("scc", "US", date(2026, 11, 23), ""),
        ("dpf", "US", date(2026, 11, 23), ""),
        ("dpf", "BR", date(2026, 11, 23), "EU–US Data Privacy Framework does not lead to BR."),
        ("dpf", "US", date(2023, 7, 9), "EU–US Data Privacy Framework is in force only from 2023-07-10."),
        ("privacy-shield", "US", date(2020, 7, 15), ""),
        ("privacy-shield", "US", date(2020, 7, 16), "EU–US Privacy Shield ended on 2020-07-16 (C-311/18)."),
        ("safe-harbor", "US", date(2026, 11, 23), "Safe Harbor ended on 2015-10-06 (C-362/14)."),
        ("adequacy", "GB", date(2026, 11, 23), ""),
        ("within-eea", "BE", date(2026, 11, 23), ""),
        ("within-eea", "US", date(2026, 11, 23), "Within the EEA does not lead to US."),
        ("handshake", "US", date(2026, 11, 23), "handshake is not a transfer mechanism the law knows."),
    ],
)
def test_a_transfer_is_good_law_on_its_days(mechanism: str, country: str, at: date, problem: str) -> None:
    assert law.transfer_problem(mechanism, country, at) == problem


def test_duties_change_with_the_law() -> None:
    vouchers = {
        year: str(
            next(
                duty.keep for duty in law.duties("DE", date(year, 6, 1)) if duty.what == "Accounting vouchers"
            )
        )
        for year in (2024, 2025)
    }
    assert vouchers == {2024: "P10Y", 2025: "P8Y"}


def test_the_demo_companys_clocks_are_not_longer_than_the_laws(cet: Policy) -> None:
    """A month is 28 days at its shortest, so a promise of 30 alone would not do: what falls due is always the
    earlier.
    """
    assert law.due(date(2027, 2, 1), cet.clocks["request"].within, "EU").day == date(2027, 3, 1)


def test_every_entry_of_the_law_is_dated_and_sourced() -> None:
    entries: list[law.LawClock | law.Duty | law.Mechanism] = [
        *law.CLOCKS,
        *law.DUTIES,
        *law.MECHANISMS.values(),
    ]
    for entry in entries:
        assert entry.source.startswith("https://")
        assert entry.until is None or entry.since < entry.until
