"""What is sealed is broken here in the stored bytes, as somebody with the database would."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.consent.models import Limit
from kept.core.register.proving import proofs
from kept.core.vault import gate
from kept.core.vault.sealed_files.files import CHUNK, SealedFile, path_of
from kept.core.vault.subject_keys import sampling
from kept.testing import reader_of

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
        put(
            id,
            b"\x01"
            + b"Alice Lambert, 1 Example Street, 4020 Liege, Belgium, +32 2 555 01 23, alice@example.com",
        )


def behind_a_whole_header() -> None:
    for id, name in names():
        put(
            id,
            name[:40]
            + b"Alice Lambert, as anybody may read her name here, in as many letters as it takes to fill it",
        )


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
    Limit.objects.create(
        subject=alice.subject,
        purpose="news",
        kind="objection",
        source="card 4111 1111 1111 1111",
        since=timezone.now(),
    )
    assert "consent.Limit.source" in proofs.run("vault.no_card_number").text


@pytest.fixture
def file(alice: Any) -> Any:
    """A sealed file of Alice's, of two chunks and a half."""
    with gate.purpose("own-data", reader=reader_of(alice), about=alice.person):
        return SealedFile.write(alice.subject, io.BytesIO(b"Alice" * 32768), category="rights.request")


def altered(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 9 + CHUNK + 16])


def in_the_clear(path: Path) -> None:
    path.write_bytes(b"Alice" * 32768)


def header_of_another_size(path: Path) -> None:
    sql("UPDATE vault_sealedfilerow SET size = 7")


@pytest.mark.parametrize("breaking", [altered, cut, in_the_clear, Path.unlink, header_of_another_size])
def test_a_file_that_is_not_what_was_sealed_turns_the_proof(file: Any, breaking: Any) -> None:
    said = proofs.run("vault.sealed")
    assert said.state == proofs.KEPT and "1 sealed files" in said.text, said.text
    breaking(path_of(file))
    said = proofs.run("vault.sealed")
    assert said.state == proofs.BROKEN and "a file of rights.request" in said.text


def test_what_was_found_by_lot_is_looked_at_again(charlie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding is told at its second look: that one must see the same rows, however many there are."""
    starts: list[Any] = []
    by_lot = sampling._by_lot
    monkeypatch.setattr(
        sampling, "_by_lot", lambda model, start, each: (starts.append(start), by_lot(model, start, each))[1]
    )
    one_bit()
    for _ in range(2):
        assert sampling.sample().broken
    assert len(set(starts)) == 1
