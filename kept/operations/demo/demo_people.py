"""Many unnamed customers for the demo and the benches: invented names, made in bulk, sealed like
anybody's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault import gate
from kept.core.vault.readers import Job, SystemReader
from kept.core.vault.subject_keys import keys
from kept.operations.demo.demo_world import PAST, World, tell_of_crowd, the_clock_at
from kept.people.models import Person

BATCH = 2000
NO_PASSWORD = make_password(None)
CROWD = "operations.demo"

GIVEN, FAMILY = (
    Path(__file__).with_name(f"{kind}-names.txt").read_text(encoding="utf-8").split()
    for kind in ("given", "family")
)


def gather(world: World, *, controller: str, told: Callable[[int], None]) -> list[UUID]:
    """Make ``demo_world.persons`` persons, spread over the past, ``told`` of how many there are so far.

    Returns their ids.
    """
    everybody: list[UUID] = []
    for start in range(0, world.persons, BATCH):
        many = min(BATCH, world.persons - start)
        share = start / world.persons
        with the_clock_at(world.now - PAST * (1 - share) + timedelta(hours=1)):
            some = _batch(world.random, start, many, controller)
            tell_of_crowd(world, some)
        everybody += some
        told(len(everybody))
    return everybody


def _batch(random: Random, first: int, many: int, controller: str) -> list[UUID]:
    addresses, persons = zip(
        *(_person(random, first + number, controller) for number in range(many)), strict=True
    )
    with (
        gate.purpose("account", reader=SystemReader(job=CROWD), about=Job(CROWD), source="sign-up") as act,
        transaction.atomic(),
    ):
        act.kind = "collected"
        keys.enrol_many([person.pk for person in persons], controller)
        Person.objects.bulk_create(persons, batch_size=500)
        now = timezone.now()
        # An ID nobody can sign in with: without one, nothing would hold them, and they would be forgotten
        # within the hour.
        ids = [
            User(email=address, person_id=person.pk, password=NO_PASSWORD, begun_at=now, confirmed_at=now)
            for address, person in zip(addresses, persons, strict=True)
        ]
        User.objects.bulk_create(ids, batch_size=500)
    return [person.pk for person in persons]


def _person(random: Random, number: int, controller: str) -> tuple[str, Person]:
    """An address and whose it is: the address in the clear is the ID's."""
    given, family = random.choice(GIVEN), random.choice(FAMILY)
    has_phone = random.random() < 0.4
    phone = f"+32470{number % 1_000_000:06d}" if has_phone else None
    address = f"{given}.{family}.{number}@example.com".lower()
    person = Person(
        # From the seed, so that the same seed makes the same persons.
        id=UUID(int=random.getrandbits(128), version=4),
        name=f"{given} {family}",
        email=address,
        phone=phone,
        phone_typed=phone and f"0{phone[3:6]} {phone[6:8]} {phone[8:10]} {phone[10:]}",
        controller=controller,
    )
    return address, person
