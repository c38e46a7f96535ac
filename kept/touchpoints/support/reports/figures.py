"""What of the lines may be told: quarters that are over for good, and nothing of fewer than ten.

Which counts are told is decided by the statement that decides it for visits, proven against somebody who has
every number of every table and subtracts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max

from kept.touchpoints.support.reports.models import CaseOutcome
from kept.visits_log.storing.suppression import FEWEST, Cell, told

ALL, QUEUE, MARKET, PRODUCT = "all", "queue", "market", "product"
MEASURES = ("closed", "answered", "reopened", "rated")
QUARTERS = 4
"""So many are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class Row:
    """Hours: within which half, and nine in ten, were answered first and done. None: of fewer than ten, or
    not told since it would give such a count away.
    """

    key: str
    cases: int
    first: tuple[int, int] | None
    done: tuple[int, int]
    reopened: int | None
    stars: float | None


@dataclass(frozen=True, slots=True)
class Quarter:
    """``tables``: rows by what they are counted by. ``others``: of which more was counted than is told."""

    since: date
    tables: Mapping[str, Sequence[Row]]
    others: frozenset[str]


def newest() -> date | None:
    """The quarter that is being counted; the ones before it are told, and never change."""
    found: date | None = CaseOutcome.objects.aggregate(newest=Max("quarter"))["newest"]
    return found


def quarters(by: Sequence[str]) -> list[Quarter]:
    """The last that are over, counted by each of these. Read once in a process for each state of the lines:
    those that are told do not change.
    """
    counting = newest()
    if counting is None:
        return []
    return _quarters(tuple(by), counting, _before(counting).count())


def _before(counting: date) -> Any:
    return CaseOutcome.objects.filter(quarter__lt=counting)


@lru_cache(maxsize=4)
def _quarters(by: tuple[str, ...], counting: date, _lines: int) -> list[Quarter]:
    found = _before(counting).order_by("-quarter").values_list("quarter", flat=True)
    days = list(found.distinct()[:QUARTERS])
    groups = {one: _groups(one, days) for one in by}
    shown = told(_cells(groups), f"{by[0]}.closed")
    return [_quarter(day, groups, shown) for day in days]


forget = _quarters.cache_clear
"""For tests, whose lines are taken back."""


Groups = Mapping[tuple[date, str], "Group"]


class Group:
    """The lines of one quarter that have one key: how many of each time, and of each rating."""

    def __init__(self) -> None:
        self.first: Counter[int] = Counter()
        self.done: Counter[int] = Counter()
        self.stars: Counter[int] = Counter()
        self.reopened = 0

    def add(self, line: Mapping[str, Any]) -> None:
        n = line["n"]
        self.done[line["done"]] += n
        self.reopened += n if line["reopened"] else 0
        for counts, value in ((self.first, line["first"]), (self.stars, line["stars"])):
            if value is not None:
                counts[value] += n

    @property
    def few_stayed(self) -> bool:
        return self.reopened >= FEWEST and 0 < self.done.total() - self.reopened < FEWEST

    def counts(self) -> dict[str, int]:
        sums = (self.done.total(), self.first.total(), self.reopened, self.stars.total())
        return dict(zip(MEASURES, sums, strict=True))


def _groups(by: str, days: Sequence[date]) -> Groups:
    found: dict[tuple[date, str], Group] = {}
    parts = [*(() if by == ALL else (by,)), "quarter", "first", "done", "reopened", "stars"]
    lines = CaseOutcome.objects.filter(quarter__in=days).order_by().values(*parts).annotate(n=Count("pk"))
    for line in lines:
        found.setdefault((line["quarter"], line.get(by, ALL)), Group()).add(line)
    return found


def _cells(groups: Mapping[str, Groups]) -> list[Cell]:
    """Each measure is a table of its own: of ten closed cases, three may have been rated."""
    return [
        Cell(day, f"{by}.{measure}", key, n)
        for by, found in groups.items()
        for (day, key), group in found.items()
        for measure, n in group.counts().items()
        if n
    ]


def _quarter(day: date, groups: Mapping[str, Groups], shown: frozenset[tuple[date, str, str]]) -> Quarter:
    tables: dict[str, list[Row]] = {}
    others = set()
    # Where nearly all were opened again, the few that were not would be known by subtracting.
    hidden = {"reopened"} if any(group.few_stayed for at, group in _of(groups) if at == day) else set()
    for by, found in groups.items():
        tables[by] = []
        for at, key in sorted(found):
            if at != day:
                continue
            group = found[at, key]
            may = {measure for measure in MEASURES if (day, f"{by}.{measure}", key) in shown} - hidden
            if "closed" in may:
                tables[by].append(_row(key, group, may))
            else:
                others.add(by)
    return Quarter(day, tables, frozenset(others))


def _of(groups: Mapping[str, Groups]) -> Iterator[tuple[date, Group]]:
    return ((at, group) for found in groups.values() for (at, _key), group in found.items())


def _row(key: str, group: Group, may: set[str]) -> Row:
    stars = sum(value * n for value, n in group.stars.items()) / max(group.stars.total(), 1)
    return Row(
        key=key,
        cases=group.done.total(),
        first=_spread(group.first) if "answered" in may else None,
        done=_spread(group.done),
        reopened=group.reopened if "reopened" in may else None,
        # In halves: by a mean to the dot, one rating more or less would be known.
        stars=round(stars * 2) / 2 if "rated" in may else None,
    )


def _spread(counts: Counter[int]) -> tuple[int, int]:
    return _within(counts, 50), _within(counts, 90)


def _within(counts: Counter[int], percent: int) -> int:
    """The shortest time within which so many of a hundred lie."""
    passed = 0
    for hours in sorted(counts):
        passed += counts[hours]
        if passed * 100 >= counts.total() * percent:
            return hours
    raise ValueError("Nothing was counted.")
