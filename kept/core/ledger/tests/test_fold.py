"""The fold: whole or not at all, resumable, one at a time, and it skips nobody who commits late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from kept.core.ledger import fold, history
from kept.core.ledger.models import Act, Checkpoint, FoldState, Tile, Touch
from kept.core.ledger.notes import checkpoint, sign
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tree import proof
from kept.core.ledger.verifying import offline, verify

LookUp = Callable[..., UUID]


@pytest.mark.django_db
def test_it_folds_what_is_due_and_nothing_twice(look_up: LookUp, alice: Someone, charlie: Someone) -> None:
    assert (fold.fold(), checkpoint.latest(), verify.verify()) == (0, None, [])
    for _ in range(5):
        look_up(alice, charlie)
    look_up()
    assert fold.due() == 6
    assert (fold.fold(4), fold.due(), fold.fold(), fold.fold(), fold.due()) == (4, 2, 2, 0, 0)
    assert verify.verify() == []
    head = checkpoint.head_of(checkpoint.latest() or "")
    assert (head.size, head.origin) == (6, "localhost:8000")


@pytest.mark.django_db
def test_many_batches_make_the_tree_of_one(
    look_up: LookUp, alice: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "BATCH", 100)
    for _ in range(530):
        look_up(alice)
    assert fold.fold() == 530
    assert Checkpoint.objects.count() == 6
    assert verify.verify() == []
    heads = [row.note for row in Checkpoint.objects.order_by("size")]
    for old, new in pairwise(heads):
        sizes = [offline.read_head(one, sign.public_key()).size for one in (old, new)]
        offline.check_continues(old, new, proof.continues(*sizes), sign.public_key())
    with pytest.raises(offline.ProofBroken):
        offline.check_continues(heads[0], heads[-1], proof.continues(100, 500), sign.public_key())


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["_write_tiles", "_write_touches", "checkpoint.write"])
def test_killed_anywhere_it_leaves_nothing_and_goes_on(
    step: str, look_up: LookUp, alice: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up(alice)
    assert fold.fold() == 1
    look_up(alice)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(f"kept.core.ledger.fold.{step}", killed)
        with pytest.raises(KeyboardInterrupt):
            fold.fold()
    assert (Touch.objects.count(), Checkpoint.objects.count(), FoldState.objects.get().size) == (1, 1, 1)
    assert verify.verify() == []
    assert fold.fold() == 1
    assert verify.verify() == []


@pytest.mark.django_db
def test_without_a_key_nothing_is_folded(look_up: LookUp, alice: Someone, settings: Any) -> None:
    look_up(alice)
    hidden = settings.KEPT_SIGNING_KEY_FILE.rename(settings.KEPT_SIGNING_KEY_FILE.with_suffix(".away"))
    with pytest.raises(sign.SigningKeyError):
        fold.fold()
    assert not Tile.objects.exists()
    hidden.rename(settings.KEPT_SIGNING_KEY_FILE)
    assert fold.fold() == 1


@pytest.mark.django_db
def test_a_changed_row_is_never_signed(look_up: LookUp, alice: Someone) -> None:
    look_up(alice)
    packed = bytearray(Act.objects.get().packed)
    packed[60] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_act SET packed = %s", [bytes(packed)])
    with pytest.raises(fold.FoldRefused, match="was changed since it was written"):
        fold.fold()
    assert checkpoint.latest() is None


@pytest.mark.django_db(transaction=True)
def test_two_folders_at_once_fold_each_act_once(
    look_up: LookUp, alice: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "BATCH", 20)
    for _ in range(200):
        look_up(alice)
    folded: list[int] = []

    def folder() -> None:
        try:
            while fold.due():
                folded.append(fold.fold())
        finally:
            connection.close()

    _together(folder, folder, folder)
    assert sum(folded) == 200
    assert verify.verify() == []


@pytest.mark.django_db(transaction=True)
def test_an_act_that_commits_late_is_not_skipped(look_up: LookUp, alice: Someone, charlie: Someone) -> None:
    """Lesson 8: charlie's row has the higher number and commits first.

    On SQLite he waits for his turn instead.
    """
    recorded, others_done = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            look_up(alice)
            recorded.set()
            others_done.wait(10 if connection.vendor == "postgresql" else 0.2)
        connection.close()

    def quick() -> None:
        recorded.wait(10)
        look_up(charlie)
        if connection.vendor == "postgresql":
            # Alice's transaction is open and older: nothing may be folded past it.
            assert fold.fold() == 0
        others_done.set()
        connection.close()

    _together(slow, quick)
    fold.fold()
    assert fold.due() == 0
    assert [len(history.entries_of(one.alias)) for one in (alice, charlie)] == [1, 1]
    assert Touch.objects.count() == 2
    assert verify.verify() == []


@pytest.mark.django_db
def test_after_a_move_to_another_cluster_it_settles(look_up: LookUp, alice: Someone) -> None:
    look_up(alice)
    look_up(alice)
    fold.fold(1)
    # As restored from a cluster that counted far ahead of this one.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_act SET tx = tx + 1000000000")
    FoldState.objects.update(tx=10**9 + 10**6, cluster="postgresql elsewhere")
    look_up(alice)
    assert fold.fold() + fold.fold() == 2
    look_up(alice)
    assert fold.fold() == 1
    assert Touch.objects.count() == 4
    assert verify.verify() == []


@pytest.mark.django_db
def test_what_is_folded_costs_nothing_again(look_up: LookUp, alice: Someone, charlie: Someone) -> None:
    """Counted in SQLite's own steps: a scan of the folded acts would take some for each.

    (PostgreSQL's planner compares pairs itself.)
    """
    if connection.vendor != "sqlite":
        return
    for _ in range(1000):
        look_up(alice)
    fold.fold()
    for asked in (fold.fold, fold.due, lambda: history.entries_of(charlie.alias)):
        steps = _steps(asked)
        assert steps < 1000, f"{steps} steps"


def _steps(asked: Callable[[], Any]) -> int:
    count = [0]

    def step() -> int:
        count[0] += 10
        return 0

    connection.connection.set_progress_handler(step, 10)
    try:
        asked()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return count[0]


def _together(*workers: Callable[[], None]) -> None:
    wrong: list[BaseException] = []

    def run(worker: Callable[[], None]) -> None:
        try:
            worker()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not wrong, wrong
