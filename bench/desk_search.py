"""The desk's search box at 100,000 persons with three cases each: by name, address, phone, serial number and
reference, as it is typed, beside a look-up by index in a plain table.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from uuid import UUID

from django.utils import timezone

from bench.figure import Figure, at_most, beside
from bench.lookups import address_of, settle
from bench.measure import once, pairs, percentile
from bench.scale import Scale
from bench.twins import PlainPerson, create, job
from kept import references
from kept.desk.flows import matching
from kept.operations.demo.demo_people import FAMILY, GIVEN
from kept.people.models import Person
from kept.touchpoints.support.models import Case

MILLI = 1e3
CASES = 3
BATCH = 5000
Asked = Callable[[], str]


def run(scale: Scale) -> Iterator[Figure]:
    # Run after the look-ups, everybody is there already.
    if Person.objects.count() < scale.persons:
        create(PlainPerson)
        settle(scale.persons)
    known, random = _open_cases(scale.persons), Random(11)
    size = f"{scale.persons:,} persons and {CASES * scale.persons:,} cases"
    for name, ask in _questions(random, scale.persons, known).items():
        plain = partial(_plain, random, scale.persons)
        found = pairs(partial(_search, ask), plain, rounds=scale.rounds, clock=time.process_time)
        yield beside(f"desk search by {name}, CPU", found, "ms", beside="plain column", scale=MILLI)
        times = [
            once(partial(_search, ask), clock=time.process_time) * MILLI for _ in range(4 * scale.rounds)
        ]
        yield at_most(f"desk search by {name} at {size}, CPU p95", percentile(times, 0.95), "ms", 50)


def _questions(random: Random, many: int, known: list[str]) -> dict[str, Asked]:
    """What is typed, by what it is."""
    return {
        "name": lambda: f"{random.choice(GIVEN)[:3]} {random.choice(FAMILY)}",
        "address": lambda: address_of(random.randrange(many)),
        "phone": lambda: f"04 253 {random.randrange(100):02d} {random.randrange(100):02d}",
        "serial number": lambda: f"1204-{random.randrange(100):02d}-{random.randrange(10)}",
        "reference": lambda: random.choice(known),
    }


def _open_cases(many: int) -> list[str]:
    """Three for everybody, without words; some of their references."""
    known: list[str] = []
    people = list(Person.objects.values_list("pk", flat=True)[:many])
    for start in range(0, len(people), BATCH):
        rows = [_case(person) for person in people[start : start + BATCH] for _ in range(CASES)]
        with job():
            Case.objects.bulk_create(rows, ignore_conflicts=True)
        known += [row.reference for row in rows[:20]]
    return known


def _case(person: UUID) -> Case:
    said = {"kind": "service", "topic": "fault", "channel": "web", "language": "en"}
    return Case(
        reference=references.make("SUP"),
        person_id=person,
        entity="cet-power",
        market="europe",
        answer_by=timezone.now(),
        **said,
    )


def _search(ask: Asked) -> None:
    with job():
        matching(ask())


def _plain(random: Random, many: int) -> None:
    assert PlainPerson.objects.filter(email=address_of(random.randrange(many))).first()
