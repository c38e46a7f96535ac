"""Checkpoints in the second place: each is written down, and nothing is signed that does not continue
them.
"""

from __future__ import annotations

import json
import os
import signal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection, transaction
from django.utils import timezone

from kept.core.ledger import fold, versions
from kept.core.ledger.models import Checkpoint, FoldState
from kept.core.ledger.notes import checkpoint, checkpoint_copies, continuation, reconciliation, signed_note
from kept.core.ledger.notes.checkpoint_copies import SigningRefused
from kept.core.ledger.record import record
from kept.core.ledger.tree import merkle
from kept.core.ledger.verifying import verify
from kept.core.policy import loader
from kept.core.second_place import PlaceUnreachable

pytestmark = pytest.mark.django_db
# Read once: parsing takes longer than most tests.
default_policy = cache(lambda: loader.load(project.KEPT_POLICY))


@pytest.fixture
def place(ledger_home: Path, tmp_path: Path, settings: Any, monkeypatch: Any) -> Path:
    """A policy that rules, and a second place that is configured, and empty.

    What follows a commit follows at once.
    """
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    versions.publish(default_policy(), effective=timezone.localdate(), by="Dana")
    monkeypatch.setattr(transaction, "on_commit", lambda follow: follow())
    return tmp_path / "elsewhere" / checkpoint_copies.NAME


def act(many: int = 1) -> None:
    for _ in range(many):
        record("read", purpose="", role="system", entity="", policy=1, parts=[])


def folded(many: int = 1) -> int:
    act(many)
    return fold.fold()


def noted(place: Path) -> list[str]:
    return [json.loads(line)["note"] for line in place.read_text("utf-8").splitlines()]


def wipe(*tables: str) -> None:
    """What an owner with the database in hand does: no model is asked."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM ledger_{table}")


def wrong() -> list[str]:
    """What ``verify`` finds, but for the act of publishing, which is among what was wiped."""
    return [line for line in verify.verify() if "act of publishing" not in line]


TREE = ("act", "touch", "tile", "checkpoint", "foldstate")


def test_each_checkpoint_is_written_down(place: Path) -> None:
    folded()
    folded(300)
    assert noted(place) == list(Checkpoint.objects.order_by("size").values_list("note", flat=True))
    assert len(noted(place)) == 2 and place.stat().st_mode & 0o777 == 0o600
    assert verify.verify() == []


def test_without_a_second_place_nothing_is_written(place: Path, settings: Any) -> None:
    settings.KEPT_ERASURES = None
    assert folded(3) and not place.exists() and verify.verify() == []


def test_a_new_place_begins_with_the_newest(place: Path, settings: Any) -> None:
    settings.KEPT_ERASURES = None
    folded(), folded(), folded()
    settings.KEPT_ERASURES = place.parent
    assert checkpoint_copies.write_down() == 1 and noted(place) == [checkpoint.latest()]
    assert checkpoint_copies.write_down() == 0 and folded(2) and len(noted(place)) == 2


def test_a_tree_made_anew_is_not_signed(place: Path) -> None:
    folded(5)
    before = noted(place)
    wipe(*TREE)
    act(2)
    with pytest.raises(
        SigningRefused,
        match=r"older than the second place: a checkpoint of 6 entries .* has 2, .*kept reconcile",
    ):
        fold.fold()
    assert noted(place) == before and not Checkpoint.objects.exists() and fold.fold_if_allowed() == 0
    assert any("older than the second place" in line for line in verify.verify())
    assert not verify.intact()[0]


def test_an_empty_ledger_is_not_one_that_holds(place: Path) -> None:
    """Even where nothing is left that could be folded."""
    folded(5)
    wipe(*TREE)
    assert fold.fold() == 0
    assert "older than the second place" in checkpoint_copies.difference() and not verify.intact()[0]


def test_another_tree_as_long_is_not_signed(place: Path) -> None:
    folded(5)
    wipe(*TREE)
    act(9)
    with pytest.raises(SigningRefused, match="its first 6 entries differ from the checkpoint"):
        fold.fold()
    assert "older than" in checkpoint_copies.difference() and not verify.intact()[0]


def test_a_tree_signed_behind_its_back_is_not_written_down(place: Path, settings: Any) -> None:
    folded(5)
    settings.KEPT_ERASURES = None
    wipe(*TREE)
    folded(9)
    settings.KEPT_ERASURES = place.parent
    with pytest.raises(SigningRefused):
        checkpoint_copies.write_down()
    assert len(noted(place)) == 1


def test_what_a_killed_process_left_out_is_written_down_next(place: Path, monkeypatch: Any) -> None:
    folded()
    with monkeypatch.context() as killed:
        killed.setattr(checkpoint_copies, "write_down", lambda: 0)
        folded(), folded()
    assert len(noted(place)) == 1 and checkpoint_copies.lacking() == 2
    assert (
        checkpoint_copies.difference() == ""
        and checkpoint_copies.write_down() == 2
        and checkpoint_copies.lacking() == 0
    )


def test_a_process_that_dies_while_it_writes(place: Path) -> None:
    """Half a line is no line: it is passed over, and the next one stands for itself."""
    folded()
    with place.open("ab") as file:
        file.write(b'{"note": "localhost:8000/led')
    assert folded() == 1
    assert len([line for line in place.read_bytes().splitlines() if line.endswith(b"}")]) == 2
    assert verify.verify() == []


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_between_commit_and_line(place: Path) -> None:
    folded()
    act()
    connection.close()
    child = os.fork()
    if not child:
        # Whatever happens in it, it is no second worker of these tests.
        try:
            killed = pytest.MonkeyPatch()
            killed.setattr(
                checkpoint_copies.second_place, "append", lambda *_: os.kill(os.getpid(), signal.SIGKILL)
            )
            fold.fold()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert len(noted(place)) == 1 and Checkpoint.objects.count() == 2
    assert folded() == 1 and len(noted(place)) == 3 and verify.verify() == []


def test_a_place_that_is_away_lets_nothing_be_signed(place: Path) -> None:
    folded()
    place.parent.rename(place.parent.with_name("away"))
    act()
    with pytest.raises(PlaceUnreachable, match="cannot be reached"):
        fold.fold()
    assert any("cannot be reached" in line for line in verify.verify()) and fold.fold_if_allowed() == 0
    place.parent.with_name("away").rename(place.parent)
    assert fold.fold() == 1 and len(noted(place)) == 2


def test_a_place_that_is_empty_again_is_not_begun_anew_by_itself(place: Path) -> None:
    folded(), folded()
    place.unlink()
    act()
    with pytest.raises(
        SigningRefused, match="is empty, though checkpoints of this ledger were written down there"
    ):
        fold.fold()
    with pytest.raises(SigningRefused):
        checkpoint_copies.write_down()
    assert reconciliation.go_on() is None
    assert fold.fold() == 1 and noted(place) == [checkpoint.latest()]


def test_another_portal_s_place_is_refused(place: Path) -> None:
    stranger = signed_note.signer(signed_note.generate("elsewhere.example/ledger"))
    place.write_bytes(
        checkpoint_copies.line_of(signed_note.sign_note(stranger, "elsewhere.example/ledger\n9\nAAAA\n"))
    )
    act()
    with pytest.raises(SigningRefused, match="key did not sign"):
        fold.fold()


@pytest.mark.parametrize(
    "line", [b"", b"null", b"[]", b'{"note": 7}', b"\xff\xfe", b'{"note"', b"[" * 100_000, b"{}" * 9]
)
def test_a_line_that_is_none_is_passed_over(place: Path, line: bytes) -> None:
    folded()
    with place.open("ab") as file:
        file.write(line + b"\n")
    assert folded() == 1 and checkpoint_copies.difference() == ""


def test_the_newest_line_is_found_whatever_its_length(place: Path) -> None:
    folded()
    with place.open("ab") as file:
        file.write(b"x" * 200_000 + b"\n")
    assert checkpoint_copies.newest() is not None and folded() == 1


def test_it_goes_on_and_says_so(place: Path) -> None:
    folded(3)
    old = checkpoint.latest()
    folded(3)
    wipe(*TREE)
    folded_size = 2
    act(folded_size)
    said = reconciliation.go_on()
    assert said is not None and (said.ended_size, said.size, said.root) == (7, 0, merkle.EMPTY)
    assert fold.fold() == folded_size + 1 and checkpoint_copies.difference() == "" and wrong() == []
    assert continuation.texts() == [noted(place)[-2]] and reconciliation.go_on() is None
    assert old in noted(place), "what was signed before stays written down"
    assert FoldState.objects.get().noted == 0 and folded() and wrong() == []


def test_a_database_put_back_goes_on_from_what_it_still_has(place: Path) -> None:
    folded(3)
    stands = FoldState.objects.get().size
    rows = {model: list(model.objects.values()) for model in (Checkpoint, FoldState)}
    folded(4)
    _put_back(stands, rows)
    act(2)
    with pytest.raises(SigningRefused):
        fold.fold()
    said = reconciliation.go_on()
    assert said is not None and said.size == stands and said.ended_size == stands + 4
    assert fold.fold() == 3 and verify.verify() == []


def test_a_run_that_was_killed_says_it_once(place: Path, monkeypatch: Any) -> None:
    folded(5)
    wipe(*TREE)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(checkpoint_copies.second_place, "append", _die)
        reconciliation.go_on()
    assert len(continuation.texts()) == 1 and checkpoint_copies.difference()
    assert reconciliation.go_on() is not None
    assert (
        len(continuation.texts()) == 1
        and not checkpoint_copies.difference()
        and fold.fold()
        and wrong() == []
    )


def test_a_continuation_that_the_ledger_does_not_tell_is_a_finding(place: Path) -> None:
    folded(5)
    wipe(*TREE)
    reconciliation.go_on()
    wipe(*TREE)
    folded(1)
    assert any("the ledger does not say so" in line for line in verify.verify())


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def _put_back(size: int, rows: dict[Any, list[dict[str, Any]]]) -> None:
    """The tables as they were when the tree had ``size`` leaves, and what was written since is gone."""
    wipe("checkpoint", "foldstate")
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM ledger_touch WHERE leaf >= %s", [size])
        for (seq,) in cursor.fetchall():
            cursor.execute("DELETE FROM ledger_act WHERE seq = %s", [seq])
        cursor.execute("DELETE FROM ledger_touch WHERE leaf >= %s", [size])
        cursor.execute("SELECT data FROM ledger_tile WHERE level = 0 AND number = 0")
        tile = bytes(cursor.fetchone()[0])[: size * merkle.SIZE]
        cursor.execute("UPDATE ledger_tile SET data = %s WHERE level = 0 AND number = 0", [tile])
    for model, values in rows.items():
        model.objects.bulk_create([model(**one) for one in values])
