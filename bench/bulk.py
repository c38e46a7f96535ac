"""Storing many rows at once, and forgetting a person of ten rows: sealed, against plain columns and a raw
DELETE.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.db import connection, transaction

from bench.figure import Figure, at_most, ratio_at_most
from bench.measure import pairs
from bench.scale import Scale
from bench.twins import PlainCustomer, PlainNote, SealedCustomer, SealedNote, create, customers, enrol, job
from kept.core.vault.subject_keys import keys

MILLI = 1e3
MANY = 2000
OF_A_PERSON = 10


def run(scale: Scale) -> Iterator[Figure]:
    create(SealedCustomer, PlainCustomer, SealedNote, PlainNote)
    many = min(MANY, scale.rows)
    found = pairs(*_storing(many, scale.heavy + 1), rounds=scale.heavy)
    target = 1.7 if connection.vendor == "sqlite" else 2.5
    yield ratio_at_most(
        f"bulk_create, {many:,} rows × 2 sealed fields",
        found,
        "ms",
        target,
        beside="plain columns",
        scale=MILLI,
    )
    create(SealedCustomer, PlainCustomer)
    found = pairs(*_forgetting(scale.rounds + 1), rounds=scale.rounds)
    yield ratio_at_most("erase a person of 10 rows", found, "ms", 5, beside="raw DELETE", scale=MILLI)
    yield at_most("erase a person of 10 rows, time", found.ours * MILLI, "ms", 16)


def _storing(many: int, times: int) -> tuple[partial[None], partial[None]]:
    # Everybody has a key already: what is compared is the storing of rows.
    batches = [customers(many, first=number * many) for number in range(times)]
    for batch in batches:
        enrol(batch)
    return partial(_store_sealed, iter(batches)), partial(_store_plain, iter(batches))


def _store_sealed(batches: Iterator[list[dict[str, object]]]) -> None:
    rows = [SealedCustomer(**one) for one in next(batches)]
    with job():
        SealedCustomer.objects.bulk_create(rows)


def _store_plain(batches: Iterator[list[dict[str, object]]]) -> None:
    PlainCustomer.objects.bulk_create([PlainCustomer(**one) for one in next(batches)])


def _forgetting(times: int) -> tuple[partial[None], partial[None]]:
    values = customers(times)
    people = enrol(values)
    notes = [(person, f"note {number}") for person in people for number in range(OF_A_PERSON)]
    with job():
        SealedCustomer.objects.bulk_create([SealedCustomer(**one) for one in values])
        SealedNote.objects.bulk_create([SealedNote(person_id=person, text=text) for person, text in notes])
    PlainCustomer.objects.bulk_create([PlainCustomer(**one) for one in values])
    PlainNote.objects.bulk_create([PlainNote(person_id=person, text=text) for person, text in notes])
    return partial(_forget, iter(people)), partial(_delete, iter(people))


def _forget(people: Iterator[UUID]) -> None:
    person = next(people)
    with transaction.atomic():
        SealedNote.objects.filter(person_id=person).delete()
        SealedCustomer.objects.filter(pk=person).delete()
        assert keys.destroy(person)


def _delete(people: Iterator[UUID]) -> None:
    key = PlainCustomer._meta.pk.get_db_prep_value(next(people), connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {PlainNote._meta.db_table} WHERE person_id = %s", [key])
        assert cursor.rowcount == OF_A_PERSON
        cursor.execute(f"DELETE FROM {PlainCustomer._meta.db_table} WHERE id = %s", [key])
