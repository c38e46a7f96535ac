"""One act is one row, in the caller's transaction; what is in it can be read again by whom it touches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as some

from kept.core.ledger import fold, history
from kept.core.ledger.models import Act, LedgerIsAppendOnly
from kept.core.ledger.record import Part, record
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tree import row_format

LookUp = Callable[..., UUID]
json = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**53), 2**53) | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.django_db
def test_an_act_joins_the_callers_transaction(look_up: LookUp, alice: Someone) -> None:
    with transaction.atomic():
        look_up(alice)
        transaction.set_rollback(True)
    assert history.entries_of(alice.alias) == []


@pytest.mark.django_db
def test_each_sees_their_own_detail_before_the_fold_and_after(alice: Someone, charlie: Someone) -> None:
    act = record(
        "disclosed",
        purpose="support",
        role="support",
        entity="cet-power",
        about="matter:7",
        policy=3,
        parts=[alice.part(note="hers"), charlie.part(note="his")],
        payload={"recipient": "carrier"},
    )
    for folded in (False, True):
        if folded:
            assert fold.fold() == 1
        [hers] = history.entries_of(alice.alias)
        [his] = history.entries_of(charlie.alias)
        assert (hers.act, hers.kind, hers.policy, hers.about, hers.payload) == (
            act,
            "disclosed",
            3,
            "matter:7",
            {"recipient": "carrier"},
        )
        assert (hers.detail["note"], his.detail["note"]) == ("hers", "his")


@pytest.mark.django_db
def test_entries_come_newest_first_since_a_time_and_no_more_than_asked(
    look_up: LookUp, alice: Someone
) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)
    acts = [look_up(alice, at=start + timedelta(days=day)) for day in (2, 0, 4, 1, 3)]
    fold.fold(3)
    newest_first = [acts[2], acts[4], acts[0], acts[3], acts[1]]
    assert [entry.act for entry in history.entries_of(alice.alias)] == newest_first
    assert [entry.act for entry in history.entries_of(alice.alias, limit=2)] == newest_first[:2]
    assert [
        entry.act for entry in history.entries_of(alice.alias, since=start + timedelta(days=3))
    ] == newest_first[:2]
    assert history.entries_of(b"\x00" * 16) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"kind": "peeked"}, ValueError),
        ({"parts": [Part(b"short", b"s" * 32, {})]}, ValueError),
        ({"parts": [Part(b"a" * 16, b"short", {})]}, ValueError),
        ({"parts": [Part(b"a" * 16, b"s" * 32, {}), Part(b"a" * 16, b"t" * 32, {})]}, ValueError),
        ({"payload": {"share": 0.5}}, TypeError),
        ({"payload": {"what": object()}}, TypeError),
    ],
)
def test_it_refuses_what_it_could_not_prove(wrong: dict[str, Any], error: type[Exception]) -> None:
    call: dict[str, Any] = {
        "kind": "read",
        "purpose": "support",
        "role": "support",
        "entity": "",
        "policy": 1,
        "parts": [],
        **wrong,
    }
    with pytest.raises(error):
        record(call.pop("kind"), **call)
    assert not Act.objects.exists()


@pytest.mark.django_db
def test_rows_are_never_changed_or_deleted(look_up: LookUp, alice: Someone) -> None:
    look_up(alice)
    for attempt in (Act.objects.all().delete, lambda: Act.objects.update(packed=b"")):
        with pytest.raises(LedgerIsAppendOnly):
            attempt()


@pytest.mark.django_db
def test_an_act_id_of_the_callers_own_is_kept(look_up: LookUp, alice: Someone) -> None:
    chosen = uuid4()
    assert look_up(alice, act_id=chosen) == chosen
    assert history.entries_of(alice.alias)[0].act == chosen


@settings(deadline=None)
@given(
    header=some.dictionaries(some.text(max_size=8), json, max_size=5),
    details=some.lists(some.dictionaries(some.text(max_size=8), json), max_size=5),
)
def test_packing_loses_nothing(header: dict[str, Any], details: list[dict[str, Any]]) -> None:
    parts = [
        Part(bytes([number]) * 16, bytes([number + 1]) * 32, detail) for number, detail in enumerate(details)
    ]
    packed = row_format.pack(header, parts)
    row = row_format.unpack(packed)
    assert row.header == header
    assert dict(zip(row.aliases, row.details, strict=True)) == {part.alias: part.detail for part in parts}
    data, aliases = row_format.leaf(packed)
    assert (len(data), set(aliases)) == (64, {part.alias for part in parts})
    assert packed == row_format.pack(dict(reversed(header.items())), parts[::-1])


def test_one_changed_byte_of_a_row_is_found() -> None:
    packed = row_format.pack(
        {"kind": "read"}, [Part(b"a" * 16, b"s" * 32, {"what": "read"}), Part(b"b" * 16, b"s" * 32, {})]
    )
    for at in range(len(packed)):
        with pytest.raises(row_format.RowBroken):
            row_format.unpack(packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :])
        with pytest.raises(row_format.RowBroken):
            row_format.unpack(packed[:at])
