"""When each value of a person's rows will be deleted, for their page: the rule of ``lifetimes`` as a day.

What follows from the versions and the declarations is worked out once for a process: which terms bind which
columns, and how the database is asked when their events happened. What is left for each row is to add a few
terms to a few dates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone

from kept.core.policy.duration import Duration
from kept.core.policy.model import Policy, Purpose
from kept.core.prepared import Prepared, ask_all
from kept.core.register.generation import generation
from kept.core.register.holdings import rows_of
from kept.core.register.inventory import Column, Kind, Table, classified
from kept.core.register.terms import event_dates
from kept.core.register.terms.event_dates import LONG_AGO
from kept.core.register.terms.lifetimes import Clock, detail, reasons
from kept.sentences import sentence

Moments = Mapping[str, date | None]
"""When each event happened for a row, None for "not yet"; and under "born" when the row was collected, where
its table says.
"""
Term = tuple[Purpose, tuple[tuple[str, Duration], ...]]
"""A purpose that holds something, and each (event, how long after it) by which it ends: the first of them
counts.
"""


@dataclass(frozen=True, slots=True)
class Death:
    """``day``: when it will be deleted, None while an event has not happened yet; ``purpose`` is the one that
    holds it longest, ``waiting`` are all of those that still go on.
    """

    day: date | None
    purpose: Purpose
    waiting: tuple[Purpose, ...] = ()

    @property
    def words(self) -> str:
        """ "3 years after your case is closed"; where several go on, each of them."""
        words = list(dict.fromkeys(purpose.kept_until() for purpose in self.waiting or (self.purpose,)))
        if len(words) == 1:
            return words[0]
        several = words[0]
        for one in words[1:]:
            several = sentence("{several}, or {one}", several=several, one=one)
        return sentence("{several}, whichever comes last", several=several)


def moments_of(tables: Sequence[Table], subject: UUID, clock: Clock) -> list[dict[Any, Moments]]:
    """When each event happened for each row about a subject, by primary key: one query a table, on PostgreSQL
    as one message.
    """
    policies = tuple(policy for _, _, policy in clock.all)
    asked = [
        _question(generation(), table.name, policies, timezone.get_current_timezone_name())
        for table in tables
    ]
    answers = ask_all([one.worded for one in asked], subject) if asked else []
    return [
        {row[0]: _happened(one.events, row) for row in rows} for one, rows in zip(asked, answers, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Question:
    """``events`` run along the answer's columns, after the key and, where the table says it, when the row was
    collected.
    """

    events: tuple[str, ...]
    worded: Prepared


@lru_cache(maxsize=1024)
def _question(generation: int, name: str, policies: tuple[Policy, ...], zone: str) -> _Question:
    """Worded once. ``zone``: days begin where the person who asks is, and the wording says where."""
    table = next(one for one in classified() if one.name == name)
    assert table.model is not None
    columns = [column for column in table.columns if column.personal]
    events = sorted(
        {
            purpose.from_event
            for column in columns
            for policy in policies
            for purpose in reasons(policy, table, column)
        }
    )
    asked = [(event, one) for event in events for one in event_dates.expressions(table.model, event)]
    named = {f"kept_{place}": one for place, (_, one) in enumerate(asked)}
    born = detail(table, "born")[:1]

    def build(subject: Any) -> Any:
        return rows_of(table, subject).order_by().annotate(**named).values_list("pk", *born, *named)

    return _Question((*(["born"] if born else []), *(event for event, _ in asked)), Prepared(build))


def _happened(events: tuple[str, ...], row: Sequence[Any]) -> Moments:
    """Several rooms may speak of one event: then the last of all counts, and one that did not happen yet
    leaves it open.
    """
    happened: dict[str, date | None] = {}
    for event, value in zip(events, row[1:], strict=True):
        before = happened.get(event, LONG_AGO)
        happened[event] = None if before is None or value is None else max(before, value, key=_moment)
    return happened


def death(
    clock: Clock, table: Table, column: Column, happened: Moments, version: int | None = None
) -> Death | None:
    """When a value of the column dies, in a row for which the events ``happened``.

    None when nothing holds it. ``version``: its own.

    What is not sealed is the row's own record, and goes with the row: one answer for all of it.
    """
    number = version if version is not None else _version_of_plain(clock, happened)
    own = clock.own(number) if number else None
    alike = (
        (column,) if column.kind is Kind.SEALED else tuple(other for other in table.columns if other.personal)
    )
    ends = [
        (_end(ways, happened), purpose)
        for purpose, ways in _terms(generation(), table.name, alike, clock.ruling.policies, own)
    ]
    if not ends:
        return None
    open_ended = [purpose for end, purpose in ends if end is None]
    if open_ended:
        return Death(None, max(open_ended, key=lambda purpose: purpose.duration.length()), tuple(open_ended))
    last, purpose = max(((end, purpose) for end, purpose in ends if end), key=lambda one: one[0])
    return Death(max(_day(last), timezone.localdate(clock.now)), purpose)


@lru_cache(maxsize=4096)
def _terms(
    generation: int, table: str, columns: tuple[Column, ...], ruling: tuple[Policy, ...], own: Policy | None
) -> tuple[Term, ...]:
    """What holds these columns by all policies that bind a value: a purpose that one of them does not know
    holds nothing.
    """
    home = next(one for one in classified() if one.name == table)
    holding = {
        purpose.id: (purpose, column) for column in columns for purpose in reasons(ruling[0], home, column)
    }
    found = []
    for purpose, column in holding.values():
        binding = [*ruling, *([own] if own and not purpose.right else [])]
        terms = [policy.purposes.get(purpose.id) for policy in binding]
        if all(term is not None and column.category in term.uses for term in terms):
            found.append((purpose, tuple((term.from_event, term.duration) for term in terms if term)))
    return tuple(found)


def _end(ways: tuple[tuple[str, Duration], ...], happened: Moments) -> datetime | None:
    """The moment a purpose ends, by the first of all terms that bind it; None while nobody can say."""
    ends = [
        duration.after(_moment(at)) for event, duration in ways if (at := happened.get(event)) is not None
    ]
    return min(ends, default=None)


def _version_of_plain(clock: Clock, happened: Moments) -> int | None:
    born = happened.get("born")
    return clock.at(_moment(born)) if born else None


def _moment(at: date) -> datetime:
    """A day begins at midnight, in the company's time."""
    return (
        at
        if isinstance(at, datetime)
        else datetime(at.year, at.month, at.day, tzinfo=timezone.get_default_timezone())
    )


def _day(at: datetime) -> date:
    return timezone.localdate(at) if at > LONG_AGO else at.date()
