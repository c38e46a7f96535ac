"""How long each value lives: until the last purpose that holds it has ended.

One rule, for the sweep, the proof and the person's page.

A purpose ends for a row when its event happened (``register.ends``) and its term has passed since. Where the
event has not happened, it goes on. A value keeps the limits of the version it was collected under: a term
that was made shorter acts at once, a longer one only on what was collected under it; so each purpose ends by
the shortest of today's terms and the value's own. A right of the person is a reason to hold only what it
brought forth: what is of its kind (``rights.``), or where a room says by ``ends`` that it counts.

The rule costs nothing as long as all versions say the same of a table; only where they differ are values told
apart, by the number in each one's header, which needs no key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import BinaryField, F, Func, Q
from django.db.models.lookups import In
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.duration import Duration
from kept.core.policy.model import Policy, Purpose
from kept.core.register.declarations import DECLARED
from kept.core.register.dormancy import dormant
from kept.core.register.generation import generation
from kept.core.register.inventory import Column, Kind, Table, table_name
from kept.core.register.terms import event_dates
from kept.core.register.terms.event_dates import LONG_AGO, Cutoff, Latest

__all__ = ["LONG_AGO", "Clock", "Latest", "cutoff", "dead", "detail", "reasons"]

OF_A_RIGHT = "rights."
Limits = tuple[tuple[tuple[str, Cutoff], ...], ...]
"""For each purpose the ways in which it ends: (event, what is over by now)."""


class VersionOf(Func):
    """The number of the policy version in the header of a sealed value, as four bytes."""

    template = "substr(%(expressions)s, 2, 4)"
    output_field = BinaryField()


class Clock:
    """One moment, and every version of the policy that has a say at it. Raises NothingPublished.

    ``ruling``: what an act that is open has just asked, so that nobody asks again.
    """

    def __init__(self, now: datetime | None = None, ruling: versions.Ruling | None = None) -> None:
        self.now = now or timezone.now()
        self.ruling = ruling or versions.current()
        self._versions: list[tuple[int, datetime, Policy]] = []

    @property
    def all(self) -> list[tuple[int, datetime, Policy]]:
        """(number, published at, policy), oldest first."""
        if not self._versions:
            self._versions = [
                (slot.number, slot.published, versions.version(slot.number)) for slot in self.ruling.slots
            ]
        return self._versions

    def own(self, number: int) -> Policy | None:
        """The policy of a version; None for a number nobody published."""
        return next((policy for known, _, policy in self.all if known == number), None)

    def at(self, born: datetime) -> int:
        """The version that was published last by then."""
        return max((number for number, published, _ in self.all if published <= born), default=self.all[0][0])

    def limits(self, table: Table, column: Column, number: int) -> Limits:
        """How a column's purposes end for what was collected under a version. () when nothing holds it."""
        own = self.own(number)
        if own is not None and not reasons(own, table, column):
            # It knew the purposes under other names: then today's terms alone can be meant.
            own = None
        found = []
        for purpose in reasons(self.ruling.policy, table, column):
            binding = [*self.ruling.policies, *([own] if own and not purpose.right else [])]
            terms = [policy.purposes.get(purpose.id) for policy in binding]
            if all(term is not None and column.category in term.uses for term in terms):
                found.append(
                    tuple(
                        sorted(
                            {(term.from_event, cutoff(term.duration, self.now)) for term in terms if term},
                            key=_order,
                        )
                    )
                )
        return tuple(found)


def reasons(policy: Policy, table: Table, column: Column) -> list[Purpose]:
    """The purposes that hold a column by a policy, where their touchpoint is installed."""
    return list(_reasons(generation(), policy, table.name, column))


@lru_cache(maxsize=8192)
def _reasons(generation: int, policy: Policy, table: str, column: Column) -> tuple[Purpose, ...]:
    known = [
        policy.purposes[id]
        for id in column.purposes
        if id in policy.purposes and column.category in policy.purposes[id].uses
    ]
    return tuple(
        purpose
        for purpose in known
        if not dormant(purpose) and (not purpose.right or _brought_forth(table, column, purpose))
    )


def dead(clock: Clock, table: Table, columns: Sequence[Column]) -> Q | None:
    """The condition for rows in which nothing holds any of these columns any more.

    None when no row can be meant.
    """
    conditions: dict[Any, Q] = {}
    for column in columns:
        if not reasons(clock.ruling.policy, table, column):
            return None
        found = _of_column(clock, table, column)
        if found is None:
            return None
        conditions.update(found)
    whole = Q()
    for condition in conditions.values():
        whole &= condition
    for spared in detail(table, "spares"):
        whole &= ~spared
    return whole


def detail(table: Table, what: str) -> list[Any]:
    """What ``register.born``, ``spares`` and ``carries`` say of a table."""
    return [
        said.said for said in DECLARED.details if said.what == what and table_name(said.target) == table.name
    ]


def _of_column(clock: Clock, table: Table, column: Column) -> dict[Any, Q] | None:
    """Conditions by what they ask, so that columns with the same purposes ask once.

    Usually one for each purpose.
    """
    by_limits: dict[Limits, list[int]] = {}
    for number, _, _ in clock.all:
        by_limits.setdefault(clock.limits(table, column, number), []).append(number)
    if len(by_limits) == 1:
        return _ended(table, next(iter(by_limits)))
    alternatives = Q()
    for limits, numbers in by_limits.items():
        found = _ended(table, limits)
        if found is not None:
            alternatives |= _collected_under(clock, table, column, numbers, _together(found))
    if not alternatives:
        return None
    if column.kind is Kind.SEALED:
        alternatives |= Q(**{f"{column.attribute}__isnull": True})
    return {(column.name, tuple(by_limits)): alternatives}


def _ended(table: Table, limits: Limits) -> dict[Any, Q] | None:
    """Every purpose has ended, each in one of its ways. None when one of them never can."""
    assert table.model is not None
    if not limits:
        # What nothing holds is a finding of the check, and never a reason to delete.
        return None
    conditions: dict[Any, Q] = {}
    for ways in limits:
        known = [
            found
            for event, limit in ways
            if (found := event_dates.over(table.model, event, limit)) is not None
        ]
        if not known:
            return None
        conditions[ways] = known[0] if len(known) == 1 else _either(known)
    return conditions


def _collected_under(clock: Clock, table: Table, column: Column, numbers: list[int], ended: Q) -> Q:
    if column.kind is Kind.SEALED:
        wanted = [number.to_bytes(4, "big") for number in numbers]
        return Q(In(VersionOf(F(column.attribute)), wanted)) & ended
    born = detail(table, "born")
    if not born:
        return ended
    spans = Q()
    published = [(number, at) for number, at, _ in clock.all]
    for place, (number, at) in enumerate(published):
        if number in numbers:
            after = Q() if place == 0 else Q(**{f"{born[0]}__gte": at})
            spans |= after & (
                Q(**{f"{born[0]}__lt": published[place + 1][1]})
                if place + 1 < len(published)
                else Q(**{f"{born[0]}__isnull": False})
            )
    return spans & ended


def _together(conditions: Mapping[Any, Q]) -> Q:
    whole = Q()
    for condition in conditions.values():
        whole &= condition
    return whole


def _either(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole |= condition
    return whole


def _brought_forth(table: str, column: Column, purpose: Purpose) -> bool:
    return column.category.startswith(OF_A_RIGHT) or bool(event_dates.said_of(table, purpose.from_event))


def _order(way: tuple[str, Cutoff]) -> tuple[str, datetime]:
    return way[0], way[1].moment


@lru_cache(maxsize=256)
def cutoff(duration: Duration, now: datetime) -> Cutoff:
    """The last moment, and the last day, after which the duration has passed by ``now``.

    Exact: month ends, leap days, and microseconds no float has room for.
    """
    start, one = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
    first, last = (LONG_AGO - start) // one, (now - start) // one
    while first < last:
        middle = (first + last + 1) // 2
        if duration.after(start + timedelta(microseconds=middle)) <= now:
            first = middle
        else:
            last = middle - 1
    today = timezone.localdate(now)
    low, high = LONG_AGO.toordinal(), today.toordinal()
    while low < high:
        middle = (low + high + 1) // 2
        if duration.after(date.fromordinal(middle)) <= today:
            low = middle
        else:
            high = middle - 1
    return Cutoff(start + timedelta(microseconds=first), date.fromordinal(low))
