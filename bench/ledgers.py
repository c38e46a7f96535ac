"""The ledger: folding acts into the tree, and a proof from a tree of a million leaves."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from hashlib import sha256
from statistics import median
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from bench.figure import Figure, at_least, at_most, reported
from bench.measure import once
from bench.scale import Scale
from kept.core.ledger.fold import fold
from kept.core.ledger.record import record
from kept.core.ledger.tree.proof import prove
from kept.core.ledger.tree.row_format import Part, pack

MILLI = 1e3
BATCH = 50_000
DETAIL = {
    "what": "read",
    "fields": {"person.name": 1, "person.email": 1},
    "categories": ["contact.email", "identity.name"],
}


def run(scale: Scale) -> Iterator[Figure]:
    fold()
    known: list[tuple[UUID, Part]] = []
    folded = seconds = 0.0
    # A proof is asked for acts all over the tree, so real ones are spread among the many.
    steps = 50
    for _ in range(steps):
        _append(scale.entries // steps - 1)
        known.append(_real())
        if len(known) % 5 == 0:
            began = time.perf_counter()
            folded += fold()
            seconds += time.perf_counter() - began
    yield at_least(
        f"fold into the Merkle tree ({int(folded):,} acts of one person each)",
        folded / seconds,
        "acts/s",
        80_000,
    )
    times = [_cold(act, part) for act, part in known]
    yield at_most(
        f"inclusion proof at {int(folded):,} entries, cold: a new connection, nothing cached in the process",
        median(times) * MILLI,
        "ms",
        5,
    )
    part = Part(os.urandom(16), os.urandom(32), DETAIL)
    often = [
        once(
            lambda: record(
                "read",
                purpose="support",
                role="support",
                entity="cet-power",
                about="case 7",
                policy=1,
                parts=[part],
            )
        )
        for _ in range(300)
    ]
    yield reported("one act recorded (in a transaction of its own)", median(often) * MILLI, "ms")
    fold()


def _cold(act: UUID, part: Part) -> float:
    connection.close()
    connection.ensure_connection()
    return once(lambda: prove(act, part.alias, part.salt))


def _real() -> tuple[UUID, Part]:
    part = Part(os.urandom(16), os.urandom(32), DETAIL)
    return (
        record(
            "read",
            purpose="support",
            role="support",
            entity="cet-power",
            about="case 7",
            policy=1,
            parts=[part],
        ),
        part,
    )


def _append(many: int) -> None:
    """Acts in bulk: whole rows with true digests; their salts are thrown away, as nobody will ask for their
    proofs.
    """
    sample = pack(
        {"id": "", "about": "case 7", "kind": "read", "policy": 1, "purpose": "support"},
        [Part(bytes(16), bytes(32), DETAIL)],
    )
    head, tail = sample[:3], sample[51:-32]
    now = timezone.now()
    for start in range(0, many, BATCH):
        bodies = [head + os.urandom(48) + tail for _ in range(min(BATCH, many - start))]
        _store([(uuid4(), now, body + sha256(body).digest()) for body in bodies])


def _store(rows: list[tuple[UUID, object, bytes]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy("COPY ledger_act (id, at, packed) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types(["uuid", "timestamptz", "bytea"])
                for row in rows:
                    copy.write_row(row)
        else:
            at = str(rows[0][1])[:26]
            cursor.executemany(
                "INSERT INTO ledger_act (id, at, packed, tx) VALUES (%s, %s, %s, 2)",
                [(id.hex, at, packed) for id, _, packed in rows],
            )
