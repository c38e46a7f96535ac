"""An act that was pruned before its term is found, whatever the act of pruning says; and nothing that was
pruned by the rules is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from kept.core.ledger import fold, prune, versions
from kept.core.ledger.models import Act, Checkpoint, Touch
from kept.core.ledger.notes import checkpoint, sign, signed_note
from kept.core.ledger.record import record
from kept.core.ledger.tests.clock import OLD, TERM, Clock, plain_policy, prune_all, publish, set_clock
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tree.row_format import unpack
from kept.core.ledger.verifying import verify
from kept.core.ledger.verifying.brackets import EPOCH

LookUp = Callable[..., UUID]
pytestmark = pytest.mark.django_db
ACT = UUID(int=7)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(versions, "from_files", plain_policy)
    return set_clock(monkeypatch)


@pytest.fixture(autouse=True)
def year(alice: Someone, look_up: LookUp, clock: Clock) -> None:
    """A version, and an act a fortnight: leaves 1 to 40, of which 1 to 14 are past their term.

    In between nothing was folded for long.
    """
    publish(TERM.days, OLD)
    for number in range(40):
        look_up(alice)
        clock.on(seconds=1)
        if not 8 < number < 20:
            fold.fold()
        clock.on(days=14)


def cut(*leaves: int, named: bool = True) -> None:
    """By hand, as an attacker does it: leaves cut to their 64 bytes, the index as if they were pruned."""
    rows = dict(Touch.objects.filter(leaf__in=leaves).values_list("leaf", "seq"))
    old = [(leaf, seq, bytes(Act.objects.get(seq=seq).packed)) for leaf, seq in rows.items()]
    prune._write([prune._Old(leaf, seq, OLD, 1, OLD, packed) for leaf, seq, packed in old], ACT)
    if not named:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_touch SET hash = %s WHERE mark = -1", [b""])


def say(at: datetime, *leaves: list[int], before: datetime | None = None, rows: int | None = None) -> None:
    count = sum(last - first + 1 for first, last in leaves)
    group = {
        "version": 1,
        "before": (before or at - TERM).isoformat(timespec="microseconds"),
        "leaves": list(leaves),
    }
    payload = {"rows": rows or count, "pruned": [group]}
    record(
        "pruned",
        purpose="auditing",
        role="system",
        entity="",
        policy=1,
        parts=[],
        payload=payload,
        at=at,
        act_id=None if Act.objects.filter(id=ACT).exists() else ACT,
    )
    fold.fold()


def test_what_is_pruned_by_the_rules_holds_week_after_week(
    alice: Someone, look_up: LookUp, clock: Clock
) -> None:
    for _ in range(30):
        look_up(alice)
        fold.fold()
        prune_all(clock.at)
        clock.on(days=14)
    assert verify.verify(now=clock.at) == [] and verify.verify(last=10) == []
    rows = Act.objects.filter(at__gt=EPOCH, at__lt=clock.at - TERM - timedelta(days=15)).values_list(
        "packed", flat=True
    )
    assert {unpack(bytes(packed)).header["kind"] for packed in rows} == {"published", "pruned"}


@pytest.mark.parametrize("leaves", [range(35, 40), range(22, 27), [1, 2, 3, 4, 39], range(15, 41)])
def test_acts_cut_before_their_term_are_found(leaves: Any, clock: Clock) -> None:
    cut(*leaves)
    say(clock.at, *[[leaf, leaf] for leaf in leaves])
    assert any("pruned" in finding and "Lea" in finding for finding in verify.verify())


def test_the_quick_look_finds_them_too(clock: Clock) -> None:
    cut(*range(35, 40))
    say(clock.at, [35, 39])
    assert verify.verify(last=20) != [] and not verify.intact()[0]


def test_an_act_that_says_only_how_many_is_no_excuse() -> None:
    cut(*range(35, 40))
    record("pruned", purpose="auditing", role="system", entity="", policy=1, parts=[], payload={"rows": 5})
    fold.fold()
    found = verify.verify()
    assert "Leaves 35 to 39 were pruned, and no act of pruning names them." in found
    assert "The act of pruning at leaf 41 names no leaves." in found


def test_acts_cut_in_silence_are_found() -> None:
    cut(1, named=False)
    assert verify.verify() == ["Leaf 1 was pruned, and no act of pruning names them."]


@pytest.mark.parametrize("off", [timedelta(microseconds=1), timedelta(days=200), -timedelta(days=1)])
def test_another_moment_than_the_term_gives_is_found(off: timedelta, clock: Clock) -> None:
    cut(1, 2)
    say(clock.at, [1, 2], before=clock.at - TERM + off)
    assert (
        "The act of pruning at leaf 41 names another moment than the term of the policy that ruled then."
        in verify.verify()
    )


def test_a_shorter_term_counts_once_it_is_published(clock: Clock) -> None:
    before = clock.at
    publish(30, clock.at, (clock.at + timedelta(days=99)).date())
    clock.on(hours=1)
    assert prune_all(clock.at, 30, 365) == 38
    assert verify.verify() == []
    cut(40)
    say(before - timedelta(hours=1), [40, 40], before=before - timedelta(days=30, hours=1))
    assert any("another moment" in finding for finding in verify.verify())


def test_leaves_named_twice_or_still_there_are_found(clock: Clock) -> None:
    prune_all(clock.at)
    say(clock.at, [3, 4])
    assert any("Leaves 3 to 4 were named by more than one" in finding for finding in verify.verify())
    say(clock.at, [30, 30])
    assert "Leaf 30 is named as pruned, and is still there." in verify.verify()


@pytest.mark.parametrize("ahead", [timedelta(days=3), timedelta(days=3650)])
def test_an_act_dated_ahead_is_found(ahead: timedelta, clock: Clock) -> None:
    cut(*range(30, 40))
    say(clock.at + ahead, [30, 39])
    assert verify.verify(now=clock.at) != []


def test_a_neighbour_with_an_invented_time_shows_nothing(clock: Clock) -> None:
    """Everything from the last old act to the end is cut, and an act is added that says it is old."""
    cut(*range(14, 41))
    record("receipt", purpose="", role="system", entity="", policy=1, parts=[], at=OLD + timedelta(days=1))
    say(clock.at, [14, 40])
    assert any("nothing that was left shows" in finding for finding in verify.verify())


def test_numbers_and_ranges_that_make_no_sense_are_found(clock: Clock) -> None:
    prune_all(clock.at)
    say(clock.at, rows=7)
    say(clock.at, [9, 8])
    say(clock.at, [1000, 1001])
    assert len(verify.verify()) >= 3


def test_what_was_pruned_before_acts_named_leaves_still_holds(
    clock: Clock, alice: Someone, look_up: LookUp
) -> None:
    as_it_was(clock)
    assert verify.verify() == []
    look_up(alice)
    fold.fold()
    prune_all(clock.at)
    assert verify.verify() == [], "the chain begins at the first new checkpoint"
    record("pruned", purpose="auditing", role="system", entity="", policy=1, parts=[], payload={"rows": 1})
    fold.fold()
    cut(35, named=False)
    found = verify.verify()
    assert any("names no leaves" in one for one in found) and any(
        "Leaf 35" in one or "6 rows" in one for one in found
    )


def test_an_old_act_excuses_no_more_than_it_says(clock: Clock) -> None:
    as_it_was(clock)
    cut(12, named=False)
    assert any(
        "6 rows were pruned before acts of pruning named them, and the acts say 5." in one
        for one in verify.verify()
    )


def as_it_was(clock: Clock) -> None:
    """Five acts pruned as they were before, and checkpoints that do not name each other."""
    cut(*range(1, 6), named=False)
    record("pruned", purpose="auditing", role="system", entity="", policy=1, parts=[], payload={"rows": 5})
    fold.fold()
    for row in Checkpoint.objects.all():
        text = "\n".join(checkpoint.body(row.note).split("\n")[:4]) + "\n"
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_checkpoint SET note = %s WHERE size = %s",
                [signed_note.sign_note(sign.signer(), text), row.size],
            )


@pytest.mark.parametrize("seed", range(4))
def test_no_history_of_folds_and_sweeps_is_called_a_fault(
    seed: int, alice: Someone, charlie: Someone, look_up: LookUp, clock: Clock
) -> None:
    """Two terms, folds that come late, a clock that goes a little back and forth, receipts in between."""
    luck, days = Random(seed), [TERM.days]
    for step in range(60):
        if step == 30:
            days.append(300)
            publish(300, clock.at)
        for _ in range(luck.randrange(4)):
            look_up(luck.choice([alice, charlie]), at=clock.at - timedelta(seconds=luck.randrange(90)))
        if luck.random() < 0.2:
            record(
                "receipt",
                purpose="",
                role="system",
                entity="",
                policy=1,
                parts=[charlie.part(receipt=str(step))],
            )
        if luck.random() < 0.6:
            fold.fold()
        if luck.random() < 0.5:
            prune_all(clock.at, *days)
        clock.on(days=luck.choice([0, 0.01, 1, 20, 90]))
    fold.fold()
    assert verify.verify(now=clock.at) == []
