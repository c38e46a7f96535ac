"""What the law says, as dated data read from ``law/*.toml``: clocks, retention duties, transfer mechanisms.

The data is ours and read once, at import; a mistake in it must fail loudly, so nothing is caught here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kept.core.policy import duration
from kept.core.policy.duration import Duration
from kept.sentences import Sentence, sentence

HOME = Path(__file__).parent / "law"


@dataclass(frozen=True, slots=True)
class LawClock:
    """A deadline of the law, good from ``since`` to ``until``."""

    jurisdiction: str
    kind: str
    title: str
    article: str
    within: Duration
    extension: Duration | None
    extension_needs: str
    since: date
    until: date | None
    source: str
    working_days_only: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty to keep certain fields, for the law's own purpose and no other."""

    country: str
    what: str
    article: str
    keep: Duration
    since: date
    until: date | None
    source: str


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A way in which data about people in the EEA may reach another country."""

    id: str
    title: str
    article: str
    countries: frozenset[str]
    since: date
    until: date | None
    ended_by: str
    source: str

    def in_force(self, at: date) -> bool:
        return self.since <= at and (self.until is None or at < self.until)

    def leads_to(self, country: str) -> bool:
        return not self.countries or country in self.countries


@dataclass(frozen=True, slots=True)
class Due:
    """When an answer is due: the earlier of the company's promise and the law.

    ``extended`` is the last day the law could grant.
    """

    day: date
    promised: date
    lawful: date | None
    extended: date | None
    article: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HOME / f"{name}.toml").read_text("utf-8"))


def _span(row: dict[str, Any], key: str) -> Duration | None:
    return duration.parse(row[key]) if key in row else None


_WORDS: dict[str, Sentence] = {
    said: said
    for said in (
        sentence("GDPR Art. 12(3)"),
        sentence("GDPR Art. 33(1)"),
        sentence("UK GDPR Art. 12(3)"),
        sentence("UK GDPR Art. 33(1)"),
        sentence("Cal. Civ. Code § 1798.130(a)(2)(A)"),
        sentence("CNIL guidelines on audience measurement, 2020-091"),
        sentence("Belgian VAT Code, Art. 60"),
        sentence("AO § 147(3)"),
        sentence("AO § 147(3), Fourth Bureaucracy Relief Act"),
        sentence("Invoices and accounting vouchers"),
        sentence("Books and annual accounts"),
        sentence("Accounting vouchers"),
        sentence("Commercial letters"),
    )
}
"""Articles and duties of the data as sentences: each language cites a law by its own name."""


def _clocks(file: dict[str, Any]) -> list[LawClock]:
    return [
        LawClock(
            file["jurisdiction"],
            row["kind"],
            row["title"],
            _WORDS[row["article"]],
            duration.parse(row["within"]),
            _span(row, "extension"),
            row.get("extension_needs", ""),
            row["from"],
            row.get("until"),
            row["source"],
            file["working_days_only"],
        )
        for row in file["clock"]
    ]


_FILES = [_read(name) for name in ("eu", "uk", "california")]
_JURISDICTIONS: dict[str, str] = {
    country: file["jurisdiction"] for file in _FILES for country in file["countries"]
}
_EEA = frozenset(_FILES[0]["countries"])
CLOCKS = tuple(clock for file in _FILES for clock in _clocks(file))
DUTIES = tuple(
    Duty(
        row["country"],
        _WORDS[row["what"]],
        _WORDS[row["article"]],
        duration.parse(row["keep"]),
        row["from"],
        row.get("until"),
        row["source"],
    )
    for file in _FILES
    for row in file.get("duty", [])
)
_TITLES: dict[str, Sentence] = {
    said: said
    for said in (
        sentence("Within the EEA"),
        sentence("Adequacy decision"),
        sentence("EU–US Data Privacy Framework"),
        sentence("Standard contractual clauses"),
        sentence("Binding corporate rules"),
        sentence("EU–US Privacy Shield"),
        sentence("Safe Harbor"),
    )
}
"""Titles of the data as sentences, for they are read in every language."""
MECHANISMS = {
    row["id"]: Mechanism(
        row["id"],
        _TITLES[row["title"]],
        row["article"],
        frozenset(row.get("countries", [])),
        row["from"],
        row.get("until"),
        row.get("ended_by", ""),
        row["source"],
    )
    for row in _read("transfers")["mechanism"]
}


def mechanisms() -> list[str]:
    """Ids of every mechanism that is or was good law; a dead one may still be named, and fails the check by
    its date.
    """
    return list(MECHANISMS)


def within_eea(country: str) -> bool:
    return country in _EEA


def asks_cookies_address(country: str) -> bool:
    """Whether a yes must come before anything optional is put on a device: EEA and United Kingdom (Directive
    2002/58/EC Art. 5(3), PECR reg. 6).

    Swiss law asks for less, in most cases; whoever is asked next door is asked there too, by this house's own
    choice.
    """
    return jurisdiction_of(country) in {"EU", "UK"} or country.upper().partition("-")[0] == "CH"


def jurisdiction_of(country: str) -> str:
    """ "EU", "UK", "US-CA" for a country ("BE") or a part of one ("US-CA"); "" where no law is on file."""
    wanted = country.upper()
    return _JURISDICTIONS.get(wanted) or _JURISDICTIONS.get(wanted.partition("-")[0], "")


def clock(kind: str, jurisdiction: str, at: date) -> LawClock | None:
    """The law's clock of a kind ("request", "breach-authority") on a day."""
    found = (clock for clock in CLOCKS if clock.kind == kind and clock.jurisdiction == jurisdiction)
    return next(
        (clock for clock in found if clock.since <= at and (clock.until is None or at <= clock.until)), None
    )


def duties(country: str, at: date) -> list[Duty]:
    """What must be kept in a country, by the law of a day."""
    return [
        duty
        for duty in DUTIES
        if duty.country == country and duty.since <= at and (duty.until is None or at <= duty.until)
    ]


def due(
    received: date,
    promise: Duration,
    jurisdiction: str,
    *,
    kind: str = "request",
    holidays: Collection[date] = (),
) -> Due:
    """The day an answer is due that arrived on ``received``, by any channel.

    The law's term moves past weekends and ``holidays`` where its own rules say so; the promise never moves.
    """
    promised = promise.after(received)
    law = clock(kind, jurisdiction, received)
    if law is None:
        return Due(promised, promised, None, None, "")
    lawful = _end(law.within.after(received), law, holidays)
    extended = _end(_both(law).after(received), law, holidays) if law.extension else None
    return Due(min(promised, lawful), promised, lawful, extended, law.article)


def _both(law: LawClock) -> Duration:
    """First term and extension as one: one month and two are three months, not a month-end rounded twice."""
    more = law.extension or Duration()
    return Duration(
        law.within.years + more.years,
        law.within.months + more.months,
        law.within.weeks + more.weeks,
        law.within.days + more.days,
    )


def _end(day: date, law: LawClock, holidays: Collection[date]) -> date:
    while law.working_days_only and (day.weekday() >= 5 or day in holidays):
        day += timedelta(days=1)
    return day


def transfer_problem(mechanism: str, country: str, at: date) -> str:
    """Why this mechanism cannot carry data to a country on a day, in one sentence; "" when it can."""
    if mechanism not in MECHANISMS:
        return sentence("{mechanism} is not a transfer mechanism the law knows.", mechanism=mechanism)
    found = MECHANISMS[mechanism]
    named: dict[str, str] = {"mechanism": found.title, "until": str(found.until), "why": found.ended_by}
    if at < found.since:
        return sentence("{mechanism} is in force only from {day}.", **named, day=str(found.since))
    if not found.in_force(at):
        if found.ended_by:
            return sentence("{mechanism} ended on {until} ({why}).", **named)
        return sentence("{mechanism} ended on {until}.", **named)
    if not found.leads_to(country):
        return sentence("{mechanism} does not lead to {country}.", **named, country=country)
    return ""
