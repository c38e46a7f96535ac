"""What is sealed is broken here in the stored bytes, as somebody with the database would."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.consent.models import Limit
from kept.core.register import proofs

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def names() -> list[tuple[Any, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM people_person ORDER BY id")
        return [(id, bytes(name)) for id, name in cursor.fetchall()]


def put(id: Any, name: bytes) -> None:
    sql("UPDATE people_person SET name = %s WHERE id = %s", name, id)


def in_the_clear_behind_the_format_byte() -> None:
    for id, _ in names():
        put(id, b"\x01" + b"Alice Lambert, 1 Example Street, 4020 Liege, Belgium, +32 2 555 01 23, alice@example.com")


def behind_a_whole_header() -> None:
    for id, name in names():
        put(id, name[:40] + b"Alice Lambert, as anybody may read her name here, in as many letters as it takes to fill it")


def one_bit() -> None:
    id, name = names()[0]
    put(id, name[:-1] + bytes([name[-1] ^ 1]))


def somebody_elses() -> None:
    (one, first), (two, second) = names()[:2]
    put(one, second)
    put(two, first)


BREAKINGS = [in_the_clear_behind_the_format_byte, behind_a_whole_header, one_bit, somebody_elses]


@pytest.mark.parametrize("breaking", BREAKINGS)
def test_a_value_that_is_not_what_was_sealed_turns_the_proof(alice: Any, charlie: Any, breaking: Any) -> None:
    assert proofs.run("vault.sealed").state == proofs.KEPT, proofs.run("vault.sealed").text
    breaking()
    assert proofs.run("vault.sealed").state == proofs.BROKEN


def test_a_card_number_that_lies_there_turns_the_other(alice: Any) -> None:
    assert proofs.run("vault.no_card_number").state == proofs.KEPT
    sql("UPDATE outbox_message SET template = '4111 1111 1111 1111'")
    assert proofs.run("vault.no_card_number").state == proofs.KEPT, "there is no mail to hold it"
    Limit.objects.create(subject=alice.subject, purpose="news", kind="objection", source="card 4111 1111 1111 1111", since=timezone.now())
    assert "consent.Limit.source" in proofs.run("vault.no_card_number").text
