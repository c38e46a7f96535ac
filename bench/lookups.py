"""Finding one person among many: by address through the blind index, by the beginnings of names through
coarse tokens.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from random import Random
from uuid import UUID

from bench.figure import Figure, at_most, beside, ratio_at_most, reported
from bench.measure import once, pairs, percentile
from bench.scale import Scale
from bench.twins import PlainPerson, create, job
from kept.core.vault.subject_keys import keys
from kept.operations.demo.demo_people import FAMILY, GIVEN
from kept.people.models import Person

MILLI = 1e3
BATCH = 5000
AT_ONCE = 20


def run(scale: Scale) -> Iterator[Figure]:
    create(PlainPerson)
    began = time.perf_counter()
    settle(scale.persons)
    yield reported(
        f"persons made, with key, blind index and name tokens (of {scale.persons:,})",
        scale.persons / (time.perf_counter() - began),
        "/s",
    )
    random = Random(7)
    plain = partial(_find_plain, random, scale.persons)
    found = pairs(partial(_find_sealed, random, scale.persons), plain, rounds=scale.rounds)
    name = f"exact look-up by blind index at {scale.persons:,} persons"
    yield ratio_at_most(name, found, "ms", 1.8, beside="plain column with an index", scale=MILLI / AT_ONCE)
    opened = pairs(partial(_find_and_open, random, scale.persons), plain, rounds=scale.rounds)
    yield beside(
        "the same, and the address opened with a query for its key",
        opened,
        "ms",
        beside="plain column with an index",
        scale=MILLI / AT_ONCE,
    )
    times = [once(partial(_search, text)) * MILLI for text in _questions(random, 4 * scale.rounds)]
    yield at_most(f"name search at {scale.persons:,} persons, p95", percentile(times, 0.95), "ms", 50)
    yield reported("name search, median", percentile(times, 0.5), "ms")


def settle(many: int) -> None:
    """As many persons as asked for, in the portal's own table and in a plain one."""
    random = Random(1)
    for start in range(0, many, BATCH):
        names = [
            (number, f"{random.choice(GIVEN)} {random.choice(FAMILY)}")
            for number in range(start, min(start + BATCH, many))
        ]
        people = [
            Person(
                id=UUID(int=random.getrandbits(128), version=4),
                name=name,
                email=address_of(number),
                controller="cet-power",
            )
            for number, name in names
        ]
        keys.enrol_many([person.pk for person in people], "cet-power")
        with job():
            Person.objects.bulk_create(people)
        PlainPerson.objects.bulk_create(
            [PlainPerson(name=name, email=address_of(number)) for number, name in names]
        )


def address_of(number: int) -> str:
    """Of the person with this number."""
    return f"somebody.{number}@example.com"


def _find_sealed(random: Random, many: int) -> None:
    with job():
        for _ in range(AT_ONCE):
            Person.objects.find(email=address_of(random.randrange(many))).get()


def _find_and_open(random: Random, many: int) -> None:
    with job():
        for _ in range(AT_ONCE):
            address = address_of(random.randrange(many))
            assert Person.objects.find(email=address).get().email == address


def _find_plain(random: Random, many: int) -> None:
    for _ in range(AT_ONCE):
        address = address_of(random.randrange(many))
        assert PlainPerson.objects.get(email=address).email == address


def _questions(random: Random, many: int) -> Iterator[str]:
    """What is typed at the desk: three letters and more of a name, or of both."""
    for number in range(many):
        given, family = random.choice(GIVEN), random.choice(FAMILY)
        yield (family[:4], f"{given[:3]} {family[:3]}", family, f"{given} {family}")[number % 4]


def _search(text: str) -> None:
    with job():
        Person.objects.search(name=text, limit=50)
