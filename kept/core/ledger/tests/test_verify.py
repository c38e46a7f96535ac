"""One changed byte, anywhere in the ledger's tables, is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from kept.core.ledger import fold, versions
from kept.core.ledger.models import Act, Checkpoint, FoldState, Tile, Touch, Version
from kept.core.ledger.notes import sign, signed_note
from kept.core.ledger.tests.clock import plain_policy
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.verifying import verify

LookUp = Callable[..., UUID]
pytestmark = pytest.mark.django_db
COLUMNS = [
    (model, field)
    for model in (Act, Touch, Tile, Checkpoint, Version, FoldState)
    for field in model._meta.concrete_fields
    if field.column
]


@pytest.fixture(autouse=True)
def ledger(alice: Someone, charlie: Someone, look_up: LookUp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions, 520 acts folded in two steps, and two that wait."""
    monkeypatch.setattr(versions, "from_files", plain_policy)
    for days in (365, 366):
        versions.publish(plain_policy({"days": str(days), "a": "b"}), effective=date(2999, 1, 1), by="dana")
    for number in range(518):
        look_up(*([alice, charlie] if number % 2 else [alice]))
    fold.fold(300)
    fold.fold()
    look_up(alice)
    look_up(alice, charlie)


def test_an_untouched_ledger_holds() -> None:
    assert verify.verify() == []
    assert verify.verify(last=100) == []
    assert verify.intact()[0]


@pytest.mark.parametrize(
    ("model", "field"), COLUMNS, ids=[f"{model.__name__}.{field.name}" for model, field in COLUMNS]
)
def test_one_changed_value_is_found(model: type[models.Model], field: models.Field[Any, Any]) -> None:
    table, column = model._meta.db_table, field.column
    key = {
        "ledger_act": "seq",
        "ledger_touch": "leaf",
        "ledger_tile": "number",
        "ledger_checkpoint": "size",
        "ledger_version": "number",
        "ledger_foldstate": "id",
    }[table]
    for end in ("min", "max"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {end}({key}) FROM {table}")
            last = cursor.fetchone()[0] - (3 if (table, end) == ("ledger_act", "max") else 0)
            cursor.execute(f"SELECT {column} FROM {table} WHERE {key} = %s ORDER BY {column} LIMIT 1", [last])
            before = cursor.fetchone()[0]
        for after in _other(before):
            _set(table, column, key, last, before, after)
            assert verify.verify() != [], f"{table}.{column} of {last}: {after!r} for {before!r} went unseen"
            _set(table, column, key, after if column == key else last, after, before)
    assert verify.verify() == []


@pytest.mark.parametrize(
    "table", ["ledger_act", "ledger_touch", "ledger_tile", "ledger_checkpoint", "ledger_version"]
)
@pytest.mark.parametrize("end", ["ASC", "DESC"])
def test_a_removed_row_is_found(table: str, end: str) -> None:
    key = {
        "ledger_act": "seq",
        "ledger_touch": "leaf",
        "ledger_tile": "number",
        "ledger_checkpoint": "size",
        "ledger_version": "number",
    }[table]
    folded = "WHERE seq <= (SELECT seq FROM ledger_foldstate)" if table == "ledger_act" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE {key} = (SELECT {key} FROM {table} {folded} ORDER BY {key} {end}"
            " LIMIT 1)"
        )
    assert verify.verify() != []


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("ledger_act", "at"),
        ("ledger_act", "id"),
        ("ledger_checkpoint", "at"),
        ("ledger_version", "effective"),
    ],
)
def test_what_cannot_even_be_read_is_a_finding(table: str, column: str) -> None:
    """PostgreSQL refuses such values itself."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = 'x9'")
    except DataError:
        return
    except IntegrityError:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = 'x' || {column}")
    assert any("cannot be read" in finding for finding in verify.verify())


def test_a_waiting_row_that_was_changed_is_found() -> None:
    last = Act.objects.order_by("-seq").values_list("seq", "packed").first()
    assert last
    for changed in (bytes(last[1][:-1]) + b"\x00", b"\x00" + bytes(last[1][1:]), b"", b"\x01"):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_act SET packed = %s WHERE seq = %s", [changed, last[0]])
        assert any("not folded yet" in finding for finding in verify.verify())


def test_a_forged_tree_with_another_key_is_found(settings: Any) -> None:
    forger = signed_note.signer(signed_note.generate("localhost:8000"))
    newest = Checkpoint.objects.order_by("-size").first()
    assert newest
    forged = signed_note.sign_note(forger, newest.note.partition("\n\n")[0] + "\n")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", [forged, newest.size])
    assert any("signed" in finding for finding in verify.verify())


def test_the_bookkeeping_cannot_hide_an_act() -> None:
    newest = Act.objects.order_by("-seq").first()
    assert newest
    FoldState.objects.update(seq=newest.seq, tx=newest.tx)
    assert verify.verify() != []


@pytest.mark.parametrize(
    ("table", "column"), [("ledger_checkpoint", "note"), ("ledger_version", "signature")]
)
@pytest.mark.parametrize("line", ["\N{EM DASH} another.example/log AAAA\n", "\n", "x", "\u2028more\n"])
def test_a_line_that_was_added_to_what_was_signed_is_found(table: str, column: str, line: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = {column} || %s", [line])
    assert verify.verify() != []


def test_another_order_of_a_versions_files_is_found() -> None:
    """PostgreSQL keeps an order of its own, so there nobody can change it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT files FROM ledger_version WHERE number = 1")
        files = json.loads(cursor.fetchone()[0])
        for text in (json.dumps(dict(reversed(files.items()))), json.dumps(files, indent=1)):
            cursor.execute("UPDATE ledger_version SET files = %s WHERE number = 1", [text])
            wrong = ["Version 1 of the policy: its files are not stored as they were published."]
            assert verify.verify() == (wrong if connection.vendor == "sqlite" else [])


def test_a_chain_of_checkpoints_that_was_cut_is_found(look_up: LookUp, alice: Someone) -> None:
    for _ in range(3):
        look_up(alice)
        fold.fold()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size = %s", [sizes[2]])
    assert verify.verify() == [
        f"Checkpoint at {sizes[3]} was signed after another one than stands before it: one was taken away or"
        " put in."
    ]


def test_with_nothing_signed_nothing_is_said_to_be_intact() -> None:
    with connection.cursor() as cursor:
        for table in ("act", "touch", "tile", "checkpoint", "foldstate", "version"):
            cursor.execute(f"DELETE FROM ledger_{table}")
    assert verify.intact() == (None, "0 entries, nothing signed yet")


def test_without_a_key_it_says_so(settings: Any) -> None:
    settings.KEPT_SIGNING_KEY_FILE.unlink()
    with pytest.raises(sign.SigningKeyError):
        verify.verify()


def _set(table: str, column: str, key: str, row: Any, before: Any, after: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", [after, row, before]
        )
        assert cursor.rowcount


def _other(value: Any) -> list[Any]:
    """Values one step away: for bytes and text a changed first, middle and last one."""
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return (
            [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in {0, len(raw) // 2, len(raw) - 1}]
            if raw
            else [b"\x01"]
        )
    if isinstance(value, datetime):
        return [value + timedelta(microseconds=1)]
    if isinstance(value, date):
        return [value + timedelta(days=1)]
    if isinstance(value, UUID):
        return [UUID(int=value.int ^ 1)]
    if isinstance(value, int):
        return [value + 1000]
    at = max(0, len(value) - 3)
    return [value[:at] + ("7" if value[at] != "7" else "8") + value[at + 1 :]]
