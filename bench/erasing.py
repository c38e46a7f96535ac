"""A person of 121 rows is erased: what a law keeps is looked for, the letter written, the record in its
second place, then rows and key destroyed with the ledger's entry and the signed receipt. Beside it one raw
DELETE of the same rows in the same tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from bench.copies import customer
from bench.figure import Figure, at_most, beside, ratio_at_most, reported
from bench.measure import CPU, pairs, percentile, typical
from bench.measure import once as timed
from bench.scale import Scale
from kept.core.register.holdings import counted
from kept.core.vault.subject_keys import keys
from kept.operations.setting_up import ids
from kept.rights.erasure import flows, steps
from kept.rights.erasure.models import Erasure
from kept.rights.receipts.models import Receipt

MILLI = 1e3
ROWS = 121
MOST = 30


def run(scale: Scale) -> Iterator[Figure]:
    rounds = min(scale.rounds, MOST)
    place = Path(settings.KEPT_HOME).with_name("erasures")
    place.mkdir(exist_ok=True)
    settings.KEPT_ERASURES = str(place)
    ours, raw = partial(_erase, iter(_asked(rounds + 1))), partial(_delete, iter(_somebody(rounds + 1)))
    found = pairs(ours, raw, rounds=rounds)
    yield at_most(
        f"erase a person of {ROWS} rows, with record, letter and receipt", found.ours * MILLI, "ms", 16
    )
    yield ratio_at_most("the same", found, "ms", 5, beside="one raw DELETE of the same rows", scale=MILLI)
    ours, raw = partial(_erase, iter(_asked(rounds + 1))), partial(_delete, iter(_somebody(rounds + 1)))
    yield beside(
        "the same (CPU)",
        pairs(ours, raw, rounds=rounds, clock=CPU),
        "ms",
        beside="one raw DELETE of the same rows",
        scale=MILLI,
    )
    flush = typical(partial(_flush, place / "probe"), rounds=rounds)
    yield reported(
        "of which the record waits for the second place’s disk: one line flushed, alone", flush * MILLI, "ms"
    )
    times = [timed(partial(_erase, iter([erasure]))) for erasure in _asked(rounds)]
    yield reported("the same, p95", percentile(times, 0.95) * MILLI, "ms")


def _asked(many: int) -> list[Erasure]:
    """Erasures whose fourteen days are over."""
    users = [customer(ROWS) for _ in range(many)]
    return [
        flows.ask(
            subject=user.subject, controller="cet-power", reader=ids.own_reader(user), wait=timedelta(0)
        )
        for user in users
    ]


def _erase(waiting: Iterator[Erasure]) -> None:
    erasure = next(waiting)
    subject = erasure.subject
    assert subject is not None
    steps.advance(erasure)
    assert erasure.destroyed_at and erasure.recorded_at and keys.erased(subject), erasure.trouble
    assert Receipt.objects.filter(number=erasure.receipt).exists()


def _somebody(many: int) -> list[tuple[UUID, list[str]]]:
    """People as large, and the tables in which they stand."""
    users = [customer(ROWS) for _ in range(many)]
    return [
        (user.subject, [f"DELETE FROM {table} WHERE {where}" for table, where in _tables(user.subject)])
        for user in users
    ]


def _tables(subject: UUID) -> Iterator[tuple[str, str]]:
    yield "vault_keyrow", _is("subject", subject)
    yield "vault_token", _is("subject", subject)
    for holding in counted(subject):
        if holding.known:
            found = holding.query().values_list("pk", flat=True)
            pk = holding.model._meta.pk
            values = ", ".join(_literal(pk.get_db_prep_value(one, connection)) for one in found)
            yield holding.table, f"{connection.ops.quote_name(str(pk.column))} IN ({values})"


def _is(column: str, subject: UUID) -> str:
    return f"{column} = {_literal(subject if connection.features.has_native_uuid_field else subject.hex)}"


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


def _delete(people: Iterator[tuple[UUID, list[str]]]) -> None:
    _, statements = next(people)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _flush(file: Path) -> None:
    """What one line costs in a file that is flushed to its disk."""
    with file.open("ab") as out:
        out.write(b"x" * 150 + b"\n")
        out.flush()
        os.fsync(out.fileno())
