"""What has lived out its term dies in batches, each on the record of the people it was about; beside it one
raw DELETE of as many rows. And how long somebody else who writes meanwhile has to wait.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from bench.figure import Figure, Pair, at_most, ratio_at_most, reported
from bench.measure import CPU, WALL, once
from bench.scale import Scale
from bench.twins import job
from kept.accounts.models import SecurityEvent, User
from kept.people.models import Person
from kept.retention.models import Died
from kept.retention.sweep import sweep

TABLE = "accounts_securityevent"
EACH = 100
"""Rows of one person."""
_FILL = {
    "sqlite": (
        f"""WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {EACH})
        INSERT INTO {TABLE} (id, subject, at, what) SELECT lower(hex(randomblob(16))), subject, %s, what
            FROM bench_event, many"""
    ),
    "postgresql": (
        f"""INSERT INTO {TABLE} (id, subject, at, what)
        SELECT gen_random_uuid(), subject, %s::timestamptz, what
            FROM bench_event, generate_series(1, {EACH})"""
    ),
}
MILLI = 1e3


def run(scale: Scale) -> Iterator[Figure]:
    many = max(scale.entries // EACH, 2)
    _people(many)
    rows = many * EACH
    target = 2 if connection.vendor == "sqlite" else 3
    beside = "one raw DELETE of as many rows"
    swept, raw = _timed(rows, CPU)
    yield reported(f"retention of {rows:,} rows, with the ledger’s entries (CPU)", swept, "s")
    swept, raw = _timed(rows, WALL)
    yield ratio_at_most(
        f"retention of {rows:,} rows, with the ledger’s entries",
        Pair(swept, raw, swept / raw),
        "s",
        target,
        beside=beside,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM bench_event WHERE subject NOT IN (SELECT subject FROM bench_event LIMIT %s)",
            [max(many // 10, 2)],
        )
    _fill()
    with _somebody_writing() as waits:
        sweep()
    yield at_most("the longest that another writer waits meanwhile", max(waits) * MILLI, "ms", 50)
    yield reported("of so many answers written meanwhile", len(waits), "")


def _people(many: int) -> None:
    """People who live on, each with one old line, as a pattern for the many."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_event")
    SecurityEvent.objects.all().delete()
    with job():
        people = [
            Person.objects.enrol(
                name=f"Alice {number}", email=f"alice.{number}@example.com", controller="cet-power"
            ).pk
            for number in range(many)
        ]
    # An ID each: whoever nothing holds any more is forgotten whole, which is another work than this one.
    User.objects.bulk_create(
        [User(email=f"alice.{number}@example.com", person_id=person) for number, person in enumerate(people)],
        batch_size=500,
    )
    with job("security"):
        SecurityEvent.objects.bulk_create(
            [SecurityEvent(subject=person, what="Signed in on another browser") for person in people],
            batch_size=500,
        )
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_event AS SELECT subject, what FROM {TABLE}")
        cursor.execute(f"DELETE FROM {TABLE}")


def _timed(rows: int, clock: object) -> tuple[float, float]:
    """Seconds of the sweep, and of the raw DELETE, each over the same rows made anew."""
    counter = WALL if clock is WALL else CPU
    _fill()
    before = sum(Died.objects.filter(table=TABLE).values_list("count", flat=True))
    swept = once(sweep, counter)
    assert (
        not SecurityEvent.objects.exists()
        and sum(Died.objects.filter(table=TABLE).values_list("count", flat=True)) - before == rows
    )
    _fill()
    return swept, once(_delete, counter)


def _fill() -> None:
    long_ago = timezone.now() - timedelta(days=20 * 365)
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL[connection.vendor],
            [
                (
                    str(long_ago)
                    if connection.vendor == "postgresql"
                    else long_ago.replace(tzinfo=None).isoformat(" ")
                )
            ],
        )
        cursor.execute(f"ANALYZE {TABLE}")


def _delete() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} WHERE at < %s",
            [timezone.now() if connection.vendor == "postgresql" else str(timezone.now())],
        )


@contextmanager
def _somebody_writing() -> Iterator[list[float]]:
    """Another connection that writes a row and commits, again and again, until the block ends: how long each
    took, in seconds.
    """
    waits: list[float] = []
    over = threading.Event()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_writer")
        cursor.execute("CREATE TABLE bench_writer (n integer)")

    def write() -> None:
        try:
            while not over.is_set() or not waits:
                began = time.perf_counter()
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("INSERT INTO bench_writer VALUES (1)")
                waits.append(time.perf_counter() - began)
                time.sleep(0.002)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        over.set()
        writer.join()
