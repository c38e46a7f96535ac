"""The sweep: what has lived out its time dies, batch by batch.

It may be killed at any point; what it left is still due.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone

from kept.core.ledger import prune
from kept.core.register.destroying import batches, expiring
from kept.core.register.destroying.expiring import VALUE, Due
from kept.core.register.destroying.external_retention import SHELVES, Shelf
from kept.core.register.terms import lifetimes
from kept.core.register.terms.lifetimes import Clock
from kept.retention.models import Died, Watch

# SQLite has one writer at a time, and whoever waits asks again after 1, 2, 5, 10, 15 … ms: a pause as long as
# the first of these steps, beside the time it takes to make the next batch ready, lets them in. PostgreSQL's
# writers wait for their own rows alone.
PAUSES = {"sqlite": 0.005, "postgresql": 0.0}
AUDITING = "auditing"
KEYS, ACTS = "vault_keyrow", "ledger_act"


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of one kind is due, or died: ``fields`` names the values that go alone, "" for whole
    records.
    """

    table: str
    title: str
    fields: str
    count: int
    clauses: str
    term: str


def figures(clock: Clock) -> Iterator[Figure]:
    """What is due now, counted. Reads alone."""
    for one in expiring.due(clock):
        yield _figure(one, one.rows().count())
    term, newest = acts_term(clock)
    yield _acts_figure(clock, prune.waiting(newest, term))
    for shelf in SHELVES.values():
        yield shelf_figure(clock, shelf, shelf.waiting(clock))


def sweep(clock: Clock | None = None, *, rest: Callable[[float], None] = time.sleep) -> int:
    """Destroy everything due by ``clock``; how much. ``rest`` is called between batches."""
    clock = clock or Clock()
    number, day = clock.ruling.number, timezone.localdate(clock.now)
    done = sum(_sweep_one(one, number, day, rest) for one in expiring.due(clock))
    done += _forget(number, day, rest)
    done += _prune(clock, day, rest)
    done += _clear(clock, day)
    Watch.objects.filter(pk=1).update(swept_at=clock.now)
    return done


def believed(now: datetime) -> bool:
    """Whether the clock can be believed: see ``Watch``."""
    return Watch.one().believe(now, newest=prune.newest())


def _sweep_one(one: Due, policy: int, day: date, rest: Callable[[float], None]) -> int:
    done = 0
    for batch in batches.Sweeper(one, policy=policy, noted=_noting(day, _figure(one, 0))).batches():
        done += batch.count
        rest(PAUSES[connection.vendor])
    return done


def _forget(policy: int, day: date, rest: Callable[[float], None]) -> int:
    """Whoever nothing is left of. One by one, as an erasure does it."""
    done = 0
    figure = Figure(KEYS, "People of whom nothing else was left", "", 0, "", "")
    while found := expiring.forgotten():
        gone = 0
        for subject in found:
            gone += expiring.forget(subject, policy=policy, noted=_noting(day, figure))
            rest(PAUSES[connection.vendor])
        done += gone
        if not gone:
            break
    return done


def _prune(clock: Clock, day: date, rest: Callable[[float], None]) -> int:
    term, newest = acts_term(clock)
    done, after = 0, 0
    figure = _acts_figure(clock, 0)
    while True:
        count, after = prune.prune_past(
            term,
            newest=newest,
            policy=clock.ruling.number,
            after=after,
            noted=_noting(day, figure),
            now=clock.now,
        )
        done += count
        if not after:
            return done
        rest(PAUSES[connection.vendor])


def _clear(clock: Clock, day: date) -> int:
    """What is kept outside the database."""
    done = 0
    for shelf in SHELVES.values():
        if gone := shelf.clear(clock):
            _noting(day, shelf_figure(clock, shelf, gone))(gone)
            done += gone
    return done


def shelf_figure(clock: Clock, shelf: Shelf, count: int) -> Figure:
    purpose = clock.ruling.policy.purposes.get(shelf.purpose)
    return Figure(
        shelf.id,
        shelf.title,
        "",
        count,
        purpose.clause if purpose else "",
        purpose.kept_until() if purpose else "",
    )


def acts_term(clock: Clock) -> tuple[prune.Term, datetime]:
    """Until when acts are past their term, by the version each was written under; and the latest of these
    moments.
    """
    today = [
        lifetimes.cutoff(policy.purposes[AUDITING].duration, clock.now).moment
        for policy in clock.ruling.policies
    ]
    own = {
        number: lifetimes.cutoff(policy.purposes[AUDITING].duration, clock.now).moment
        for number, _, policy in clock.all
        if AUDITING in policy.purposes
    }

    def term(version: int) -> datetime:
        return max([*today, *([own[version]] if version in own else [])])

    return term, max([*today, *own.values()])


def _noting(day: date, figure: Figure) -> Callable[[int], None]:
    def note(count: int) -> None:
        Died.add(day, figure.table, figure.fields, count, title=figure.title, clauses=figure.clauses)

    return note


def _figure(one: Due, count: int) -> Figure:
    fields = ", ".join(one.fields) if one.what == VALUE else ""
    return Figure(one.table.name, one.title, fields, count, ", ".join(one.clauses), one.term)


def _acts_figure(clock: Clock, count: int) -> Figure:
    auditing = clock.ruling.policy.purposes[AUDITING]
    return Figure(ACTS, "What the ledger says of old acts", "", count, auditing.clause, auditing.kept_until())
