"""Every person's key is moved under a new generation of the master key, beside one plain UPDATE of as many
rows as long.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from uuid import uuid4

from django.db import connection, transaction

from bench.figure import Figure, at_least, at_most, reported
from bench.measure import once, pairs
from bench.scale import Scale
from kept.core.vault.subject_keys import keys, rotation

AT_ONCE = 10_000
_MAKE = "CREATE TABLE bench_key AS SELECT subject, wrapped, alias FROM vault_keyrow"
# Other bytes of the same length, as a moved key is.
_UPDATE = {
    "sqlite": "UPDATE bench_key SET wrapped = randomblob(length(wrapped))",
    "postgresql": "UPDATE bench_key SET wrapped = set_byte(wrapped, 9, (random() * 255)::int)",
}


def run(scale: Scale) -> Iterator[Figure]:
    for first in range(0, scale.persons, AT_ONCE):
        keys.enrol_many([uuid4() for _ in range(min(AT_ONCE, scale.persons - first))], "cet-power")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_key")
        cursor.execute(_MAKE)
        cursor.execute("CREATE UNIQUE INDEX bench_key_subject ON bench_key (subject)")
        cursor.execute("SELECT count(*) FROM bench_key")
        many = int(cursor.fetchone()[0])
    pauses: list[float] = []
    found = pairs(lambda: _rewrap(many, pauses), _update, rounds=max(scale.heavy // 2, 1))
    target = 60_000 if connection.vendor == "sqlite" else 20_000
    yield at_least(
        f"keys rewrapped, of {many:,}",
        many / found.ours,
        "keys/s",
        target,
        limit=many / found.limit,
        beside="one plain UPDATE of as many rows",
    )
    if connection.vendor == "sqlite":
        yield at_most("the longest batch, for which other writers wait", max(pauses) * 1e3, "ms", 50)
    else:
        yield reported("the longest batch; other writers wait for none", max(pauses) * 1e3, "ms")
    took = once(rotation.destroy_older)
    yield at_most("the older generations destroyed", took * 1e3, "ms", 1_000)


def _rewrap(many: int, pauses: list[float]) -> None:
    rotation.begin()
    moved = rotation.rewrap(progress=_Beats(pauses))
    assert moved == many, f"{moved} of {many} keys were moved."


class _Beats:
    """How long each batch took."""

    def __init__(self, pauses: list[float]) -> None:
        self.pauses = pauses
        self.last = time.perf_counter()

    def __call__(self, done: int) -> None:
        now = time.perf_counter()
        self.pauses.append(now - self.last)
        self.last = now


def _update() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UPDATE[connection.vendor])
