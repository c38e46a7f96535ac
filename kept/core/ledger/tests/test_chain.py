"""Each part of a person names the one before it, so that whatever a copy leaves out is named by what it
shows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from kept.core.ledger import fold, versions
from kept.core.ledger.history import entries_of
from kept.core.ledger.notes import checkpoint, sign
from kept.core.ledger.tests.clock import TERM, Clock, plain_policy, prune_all, publish, set_clock
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tree import gaps, proof
from kept.core.ledger.tree.row_format import mark
from kept.core.ledger.verifying import offline, verify

LookUp = Callable[..., UUID]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(versions, "from_files", plain_policy)
    return set_clock(monkeypatch)


@pytest.fixture(autouse=True)
def half_a_year_each(alice: Someone, charlie: Someone, look_up: LookUp, clock: Clock) -> None:
    """Three parts of Alice, three with Charlie beside her, three of her again; folded in threes and sixes."""
    publish(TERM.days, clock.at)
    for number in range(9):
        look_up(*([alice, charlie] if 3 <= number < 6 else [alice]))
        clock.on(days=30)
        if number % 3 == 2 and number != 5:
            fold.fold()


def shown(who: Someone) -> tuple[list[dict[str, Any]], str]:
    signed = checkpoint.latest() or ""
    return (
        list(
            proof.prove_all(
                [one.act for one in entries_of(who.alias)], who.alias, lambda _: who.salt, checkpoint=signed
            )
        ),
        signed,
    )


def checked(proofs: list[dict[str, Any]], signed: str) -> int:
    head = offline.read_head(signed, sign.public_key())
    pruned = gaps.read_pruned(proof.prove_prunings(proofs, signed), head)
    return gaps.check_chain([offline.check_under(one, head) for one in proofs], pruned)


def test_the_whole_chain_holds_for_everybody(alice: Someone, charlie: Someone) -> None:
    proofs, signed = shown(alice)
    assert [one["part"]["number"] for one in proofs] == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert checked(proofs, signed) == 0
    proofs, signed = shown(charlie)
    assert [one["part"]["number"] for one in proofs] == [3, 2, 1] and checked(proofs, signed) == 0
    assert verify.verify() == []


@pytest.mark.parametrize("left_out", [1, 4, 7, 8])
def test_a_part_that_is_left_out_is_named(left_out: int, alice: Someone) -> None:
    proofs, signed = shown(alice)
    del proofs[left_out]
    with pytest.raises(
        offline.ProofBroken,
        match=rf"A gap: part {9 - left_out} of this person, the last of them at leaf {9 - left_out}, ",
    ):
        checked(proofs, signed)


def test_several_that_are_left_out_are_named(alice: Someone) -> None:
    proofs, signed = shown(alice)
    with pytest.raises(offline.ProofBroken, match="A gap: parts 3 to 6 of this person"):
        checked(proofs[:3] + proofs[7:], signed)


@pytest.mark.parametrize("key", ["number", "leaf", "hash"])
def test_a_link_cannot_be_changed(key: str, alice: Someone) -> None:
    proofs, signed = shown(alice)
    part = proofs[3]["part"]
    if key == "number":
        part["number"] += 1
    else:
        part["previous"][key] = {"leaf": 2, "hash": "00" * 32}[key]
    with pytest.raises(offline.ProofBroken, match="not what was written"):
        checked(proofs, signed)


def test_what_was_past_its_term_is_missing_lawfully(alice: Someone, clock: Clock) -> None:
    clock.on(days=TERM.days - 120)
    assert prune_all(clock.at) == 4
    proofs, signed = shown(alice)
    assert checked(proofs, signed) == 4 and verify.verify() == []
    assert len(list(proof.prove_prunings(proofs, signed))) == 1
    head = offline.read_head(signed, sign.public_key())
    with pytest.raises(offline.ProofBroken, match="parts 1 to 4"):
        gaps.check_chain([offline.check_under(one, head) for one in proofs], [])


def test_a_chain_goes_on_where_its_last_part_is_left_and_begins_anew_where_none_is(
    alice: Someone, charlie: Someone, look_up: LookUp, clock: Clock
) -> None:
    clock.on(days=TERM.days - 60)
    assert prune_all(clock.at) == 6
    look_up(alice, charlie)
    fold.fold()
    assert verify.verify() == []
    proofs, signed = shown(alice)
    assert [one["part"]["number"] for one in proofs] == [10, 9, 8, 7] and checked(proofs, signed) == 6
    proofs, signed = shown(charlie)
    assert [one["part"]["number"] for one in proofs] == [1] and checked(proofs, signed) == 0


def test_an_act_of_pruning_cannot_be_invented(alice: Someone, clock: Clock) -> None:
    proofs, signed = shown(alice)
    head = offline.read_head(signed, sign.public_key())
    header = {"kind": "pruned", "payload": {"pruned": [{"before": "2020", "leaves": [[0, 99]]}]}}
    with pytest.raises(offline.ProofBroken, match="not in the ledger"):
        gaps.read_pruned([{"format": offline.OPEN_FORMAT, "header": header, "log": proofs[0]["log"]}], head)


def test_a_ledger_from_before_goes_on_and_its_chain_begins(
    alice: Someone, look_up: LookUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_before(alice, monkeypatch)
    assert verify.verify() == []
    old, signed = shown(alice)
    assert {one["format"] for one in old} == {offline.FORMAT} and checked(old, signed) == 0
    for _ in range(3):
        look_up(alice)
    fold.fold()
    proofs, signed = shown(alice)
    assert [one.get("part", {}).get("number", 0) for one in proofs] == [3, 2, 1, *[0] * 9]
    assert checked(proofs, signed) == 0 and verify.verify() == []
    with pytest.raises(offline.ProofBroken, match="A gap: part 2"):
        checked(proofs[:1] + proofs[2:], signed)


def as_before(alice: Someone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same acts, folded as they were before there were chains."""
    with connection.cursor() as cursor:
        for table in ("touch", "tile", "checkpoint", "foldstate"):
            cursor.execute(f"DELETE FROM ledger_{table}")
    with monkeypatch.context() as patch:
        patch.setattr(fold, "link", lambda *_: b"")
        fold.fold()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_touch SET number = 0, previous = -1, hash = %s", [b""])


@pytest.mark.parametrize("change", ["number = 0", "previous = 1", "hash = %s", "number = number + 1"])
def test_whoever_cuts_the_index_by_person_is_found(change: str, alice: Someone) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE ledger_touch SET {change} WHERE leaf = 7", [b"\x01" * 32] if "%s" in change else None
        )
    assert verify.verify() != []


def test_a_link_that_was_folded_wrong_is_found(
    look_up: LookUp, alice: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tree, rows and index agree, as the fold itself was made to leave somebody's part out of their chain."""
    number, _, hash = fold.chain.heads([mark(alice.alias)])[mark(alice.alias)]
    for head in ((number, 3, hash), (number - 1, 8, hash), (number, 9, bytes(32)), (0, -1, b"")):
        with monkeypatch.context() as patch:
            patch.setattr(fold.chain, "heads", lambda _, head=head: {mark(alice.alias): head})
            look_up(alice)
            with transaction.atomic():
                fold.fold()
                assert any("does not continue" in one or "lacks somebody" in one for one in verify.verify())
                transaction.set_rollback(True)
