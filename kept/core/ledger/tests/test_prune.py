"""What acts past their term said is gone, and the ledger holds as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from kept.core.ledger import fold, prune, versions
from kept.core.ledger.history import acts_of_nobody, entries_of
from kept.core.ledger.models import Act, Touch
from kept.core.ledger.notes import checkpoint, sign
from kept.core.ledger.record import record
from kept.core.ledger.tests.clock import OLD, Clock, plain_policy, prune_all, publish, set_clock
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tests.test_verify import _other, _set
from kept.core.ledger.tree import proof, tiles
from kept.core.ledger.verifying import offline, verify

LookUp = Callable[..., UUID]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(versions, "from_files", plain_policy)
    return set_clock(monkeypatch)


@pytest.fixture(autouse=True)
def ledger(alice: Someone, charlie: Someone, look_up: LookUp, clock: Clock) -> None:
    """A version, 600 old acts and a receipt in the tree, three acts six years later, and one that waits for
    the fold.
    """
    publish(365, OLD)
    for number in range(600):
        look_up(*([alice, charlie] if number % 2 else [alice]))
        clock.on(minutes=1)
    record("receipt", purpose="", role="system", entity="", policy=1, parts=[charlie.part(receipt="KR-1")])
    fold.fold(300)
    clock.on(days=2200)
    for _ in range(3):
        look_up(alice, charlie)
    fold.fold()
    look_up(alice)


def pruned() -> int:
    return prune_all(timezone.now())


def test_what_they_said_is_gone_and_the_ledger_holds(alice: Someone, charlie: Someone) -> None:
    checkpoints_before = checkpoint.latest()
    assert pruned() == 600
    assert verify.verify() == [] and verify.verify(last=100) == []
    assert checkpoint.latest() != checkpoints_before, "the act of pruning is in the tree as well"
    assert [entry.kind for entry in entries_of(charlie.alias)] == ["read"] * 3 + ["receipt"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT packed FROM ledger_act")
        kept = [bytes(row[0]) for row in cursor.fetchall()]
    assert (
        sum(alice.alias in packed for packed in kept) == 4
        and sum(b"matter:7" in packed for packed in kept) == 4
    )
    assert Touch.objects.filter(mark=prune.MARK).count() == 600
    assert [act["payload"]["rows"] for act in acts_of_nobody(["pruned"])] == [499, 101]


def test_proofs_of_younger_acts_and_old_checkpoints_hold_on(charlie: Someone) -> None:
    before = checkpoint.latest()
    assert before is not None
    young = entries_of(charlie.alias)[0].act
    pruned()
    for signed in (before, checkpoint.latest()):
        found = proof.prove(young, charlie.alias, charlie.salt, checkpoint=signed)
        offline.check_proof(found, signed, sign.public_key())
    assert len(tiles.tile("entries/000")) == 256 * 66


def test_a_pruned_act_cannot_be_proven_any_more(alice: Someone) -> None:
    old = entries_of(alice.alias)[-1].act
    pruned()
    with pytest.raises(proof.NotProven):
        proof.prove(old, alice.alias, alice.salt)


def test_publications_receipts_and_what_waits_for_the_fold_stay(clock: Clock) -> None:
    waiting = Act.objects.order_by("-seq").values_list("id", flat=True).first()
    clock.on(days=400)
    assert prune.prune_past(lambda _: clock.at, newest=clock.at, policy=1)[0] == 499
    kinds = {entry["kind"] for entry in acts_of_nobody(["published", "pruned"])}
    assert kinds == {"published", "pruned"}
    assert Act.objects.filter(id=waiting).exists()


def test_an_act_keeps_the_term_of_the_version_it_was_written_under() -> None:
    newest = OLD + timedelta(days=1)
    done, _ = prune.prune_past(lambda version: OLD if version == 1 else newest, newest=newest, policy=1)
    assert done == 0


def test_pruning_again_changes_nothing() -> None:
    pruned()
    assert pruned() == 0 and verify.verify() == []


def test_a_row_that_was_changed_is_not_pruned_but_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT packed FROM ledger_act WHERE seq = (SELECT min(seq) + 5 FROM ledger_act)")
        packed = bytes(cursor.fetchone()[0])
        cursor.execute(
            "UPDATE ledger_act SET packed = %s WHERE seq = (SELECT min(seq) + 5 FROM ledger_act)",
            [packed[:-1] + bytes([packed[-1] ^ 1])],
        )
    assert pruned() == 599
    assert len(verify.verify()) == 1


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [("ledger_act", name, "seq") for name in ("seq", "id", "tx", "at", "packed")]
    + [("ledger_touch", name, "leaf") for name in ("leaf", "mark", "seq")],
)
def test_one_changed_byte_of_a_pruned_row_is_found(table: str, column: str, key: str) -> None:
    pruned()
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(t.leaf), min(t.seq) FROM ledger_touch t WHERE t.mark = -1")
        leaf, seq = cursor.fetchone()
        at = seq if key == "seq" else leaf
        cursor.execute(f"SELECT {column} FROM {table} WHERE {key} = %s", [at])
        before = cursor.fetchone()[0]
    for after in _other(before):
        _set(table, column, key, at, before, after)
        assert verify.verify() != [], f"{table}.{column}: {after!r} for {before!r} went unseen"
        _set(table, column, key, after if column == key else at, after, before)
    assert verify.verify() == []
