"""What one decision costs, and what one field costs: decided and opened, decided and sealed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from functools import partial

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from bench.figure import Figure, at_most
from bench.measure import once, pairs, typical
from bench.scale import Scale
from bench.twins import PlainCustomer, SealedCustomer, create, customers, enrol, fill, job
from kept.core.ledger import versions
from kept.core.policy.decide import Allowed, decide
from kept.core.policy.model import Policy
from kept.core.policy.verdict import Reader, Standing

MICRO = 1e6


def run(scale: Scale) -> Iterator[Figure]:
    yield _decision(scale)
    create(SealedCustomer, PlainCustomer)
    rows = 20 * scale.heavy
    fill(rows)
    cipher = typical(_cipher_often, rounds=scale.rounds) * MICRO / 1000
    yield at_most(
        "decide + open, a field",
        min(_open(rows) for _ in range(scale.rounds)) * MICRO,
        "µs",
        5,
        limit=cipher,
        beside="AES-256-GCM alone",
    )
    yield at_most(
        "decide + seal, a field",
        min(_seal(rows) for _ in range(scale.rounds)) * MICRO,
        "µs",
        5,
        limit=cipher,
        beside="AES-256-GCM alone",
    )


def _decision(scale: Scale) -> Figure:
    policy: Policy = versions.current().policy
    reader, today = Reader("support", next(iter(policy.company.entities))), timezone.localdate()
    assert isinstance(decide(policy, "support", "contact.email", reader, Standing(), policy, today), Allowed)
    table = {("support", "contact.email", "support"): True}
    many = 100 * scale.rounds
    found = pairs(
        partial(_decide_often, many, policy, reader, today),
        partial(_look_up_often, many, table),
        rounds=scale.rounds,
    )
    each = MICRO / many
    return at_most(
        "decide alone",
        found.ours * each,
        "µs",
        5,
        limit=found.limit * each,
        beside="one look-up in a dictionary",
    )


def _decide_often(many: int, policy: Policy, reader: Reader, today: date) -> None:
    standing = Standing()
    for _ in itertools.repeat(None, many):
        decide(policy, "support", "contact.email", reader, standing, policy, today)


def _look_up_often(many: int, table: dict[tuple[str, str, str], bool]) -> None:
    for _ in itertools.repeat(None, many):
        table.get(("support", "contact.email", "support"))


def _cipher_often() -> None:
    under, nonce, bound = AESGCM(bytes(32)), bytes(12), bytes(60)
    sealed = under.encrypt(nonce, bytes(32), bound)
    for _ in itertools.repeat(None, 1000):
        under.decrypt(nonce, sealed, bound)


def _open(rows: int) -> float:
    """Seconds a field, once the keys are there."""
    with job():
        people = list(SealedCustomer.objects.all()[:rows])
        for person in people:
            assert person.name
        return once(lambda: [person.email for person in people]) / rows


def _seal(rows: int) -> float:
    values = customers(rows)
    enrol(values)
    with job() as act:
        people = [SealedCustomer(**one) for one in values]
        act.prepare([person.pk for person in people])
        return once(partial(_seal_all, people)) / rows / 2


def _seal_all(people: list[SealedCustomer]) -> None:
    for person in people:
        person.seal()
