"""Another signing key: what the old one signed holds on, what it signs afterwards does not, and it may be
killed anywhere.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import fold, prune, versions
from kept.core.ledger.models import Act, Checkpoint
from kept.core.ledger.notes import (
    checkpoint,
    checkpoint_copies,
    continuation,
    rotation,
    sign,
    signed_note,
    succession,
)
from kept.core.ledger.notes.continuation import Continuation
from kept.core.ledger.notes.keyring import Keyring, Succession
from kept.core.ledger.notes.sign import SigningKeyError
from kept.core.ledger.record import record
from kept.core.ledger.tree import merkle, proof
from kept.core.ledger.verifying.offline import ProofBroken, check_continues, follow, read_head
from kept.core.ledger.verifying.verify import verify
from kept.core.policy.loader import load

pytestmark = pytest.mark.django_db
LookUp = Callable[..., Any]


def rotate() -> Succession:
    return rotation.rotate(wait=lambda seconds: None)


@pytest.fixture
def then(look_up: LookUp, alice: Any) -> tuple[str, str, signed_note.Signer]:
    """A checkpoint of then, with the key of then: as text, and as whoever copied its file still has it."""
    look_up(alice)
    fold.fold()
    return str(checkpoint.latest()), sign.public_key(), sign.signer()


def by(old: signed_note.Signer, *, size: int, at: datetime, root: bytes = merkle.EMPTY) -> str:
    return signed_note.sign_note(old, f"{checkpoint._text(old.name, size, root, at)}after 0\n")


def test_everything_goes_on_with_the_new_key(
    then: Any, look_up: LookUp, alice: Any, ledger_home: Path
) -> None:
    made = rotate()
    assert (sign.public_key(), sign.keys().texts) == (made.new, (made.old, made.new)) and made.old == then[1]
    assert (ledger_home / "ledger.pub").read_text() == f"{made.new}\n"
    assert (ledger_home / "ledger.keys").read_text().splitlines()[0] == made.new
    look_up(alice)
    assert fold.fold() == 1 and verify() == [] and succession.untold() == set()
    read_head(str(checkpoint.latest()), made.new)
    with pytest.raises(ProofBroken, match="not signed by"):
        read_head(str(checkpoint.latest()), made.old)


def test_an_old_checkpoint_and_the_old_key_lead_to_the_new_one(then: Any) -> None:
    rotate()
    told = succession.document(checkpoint.latest())
    assert told is not None
    keys = follow(then[1], told)
    newest = str(checkpoint.latest())
    path = proof.continues(read_head(then[0], keys).size, read_head(newest, keys).size)
    check_continues(then[0], newest, path, keys)  # type: ignore[arg-type]
    assert follow(sign.public_key(), told) == keys == sign.keys()


def test_two_in_a_row(then: Any, look_up: LookUp, alice: Any) -> None:
    first = rotate()
    look_up(alice)
    second = rotate()
    assert (
        sign.keys().texts == (first.old, first.new, second.new)
        and second.at > first.at
        and second.size > first.size
    )
    told = succession.document(checkpoint.latest())
    assert told is not None and len(told["successions"]) == 2 and verify() == []
    for key in sign.keys().texts:
        assert follow(key, told).texts == sign.keys().texts
        read_head(then[0], follow(key, told))


def test_what_the_old_key_signs_afterwards_is_refused(then: Any, look_up: LookUp, alice: Any) -> None:
    made = rotate()
    larger = by(then[2], size=made.size + 1, at=made.at - timedelta(days=1))
    later = by(then[2], size=1, at=made.at)
    for text in (larger, later):
        with pytest.raises(ProofBroken, match="another one followed"):
            checkpoint.head_of(text)
    said = Continuation(then[2].name, 9, merkle.EMPTY, 1, merkle.EMPTY, made.at)
    with pytest.raises(signed_note.SignatureWrong, match="another one followed"):
        continuation.read(signed_note.sign_note(then[2], continuation._text(said)))
    row = Checkpoint.objects.order_by("-size").first()
    forged = signed_note.sign_note(then[2], checkpoint.body(row.note))
    Checkpoint.objects.filter(pk=row.pk)._raw_delete("default")
    Checkpoint.objects.create(size=row.size, root=row.root, at=row.at, note=forged)
    assert any("another one followed" in said for said in verify())


def test_versions_of_then_hold_and_later_ones_of_the_old_key_do_not(then: Any, settings: Any) -> None:
    row = versions.publish(load(settings.KEPT_POLICY), effective=timezone.localdate(), by="Dana")
    made = rotate()
    assert versions.examine(row) and versions.current().number == 1
    late = copy.copy(row)
    late.published_at = made.at
    late.signature = signed_note.sign_note(then[2], versions.statement(late))
    with pytest.raises(versions.VersionBroken, match="another one followed"):
        versions.examine(late)
    taken = versions.Withdrawal(
        version=row, at=made.at - timedelta(hours=1), binds=date(2027, 1, 1), by="Dana"
    )
    taken.signature = signed_note.sign_note(then[2], versions.statement_of_withdrawal(taken))
    versions.examine_withdrawal(taken)
    taken.at = made.at
    taken.signature = signed_note.sign_note(then[2], versions.statement_of_withdrawal(taken))
    with pytest.raises(versions.VersionBroken, match="another one followed"):
        versions.examine_withdrawal(taken)


def test_the_second_place_goes_on(
    then: Any, look_up: LookUp, alice: Any, settings: Any, tmp_path: Path
) -> None:
    settings.KEPT_ERASURES = str(tmp_path / "second")
    Path(settings.KEPT_ERASURES).mkdir()
    checkpoint_copies.write_down()
    made = rotate()
    look_up(alice)
    fold.fold()
    checkpoint_copies.write_down()
    noted = [one.text for one in checkpoint_copies.everything()]
    assert checkpoint_copies.difference() == "" and len(noted) == 3 and verify() == []
    checkpoint_copies.place().write_bytes(  # type: ignore[union-attr]
        checkpoint_copies.place().read_bytes() + checkpoint_copies.line_of(by(then[2], size=99, at=made.at))  # type: ignore[union-attr]
    )
    assert "did not sign, so nothing is signed" in checkpoint_copies.difference()


class Killed(BaseException):
    pass


STEPS = ["_write_next", "replaced", "published", "recorded"]


def kill(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """The program ends right behind this step."""

    def behind(real: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **more: Any) -> Any:
            real(*given, **more)
            raise Killed

        return run

    if where == "_write_next":
        monkeypatch.setattr(rotation, "_write_next", behind(rotation._write_next))
    elif where == "replaced":
        monkeypatch.setattr(rotation, "_take_its_place", behind(rotation._take_its_place))
    elif where == "published":
        monkeypatch.setattr(sign, "replace", _second(sign.replace, behind))
    else:
        monkeypatch.setattr(rotation.fold, "fold_if_allowed", lambda: (_ for _ in ()).throw(Killed))
    monkeypatch.setattr(rotation, "_forget_next", lambda: False)


def _second(real: Callable[..., Any], behind: Callable[..., Any]) -> Callable[..., Any]:
    def run(place: Path, *given: Any, **more: Any) -> Any:
        return (
            behind(real)(place, *given, **more) if place.name == "ledger.pub" else real(place, *given, **more)
        )

    return run


@pytest.mark.parametrize("where", STEPS)
def test_killed_behind_any_step_it_is_undone_or_finished(
    where: str,
    then: Any,
    look_up: LookUp,
    alice: Any,
    ledger_home: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_up(alice)
    with monkeypatch.context() as patch:
        kill(patch, where)
        with pytest.raises(Killed):
            rotate()
    left = settings.KEPT_SIGNING_KEY_FILE.with_name("home.sign.next")
    assert left.exists() == (where == "_write_next") == rotation.undo_unfinished() and not left.exists()
    assert (sign.public_key() == then[1]) == (where == "_write_next")
    look_up(alice)
    assert fold.fold() and verify() == []
    assert len(succession.document(checkpoint.latest()) or "") == (0 if where == "_write_next" else 3)
    assert (ledger_home / "ledger.pub").read_text().strip() == sign.public_key()
    assert [path.name for path in ledger_home.parent.iterdir() if "sign" in path.name] == ["home.sign"]
    rotate()
    assert verify() == [] and read_head(then[0], sign.keys())


def test_a_database_from_before_is_told_before_anything_is_signed(
    then: Any, look_up: LookUp, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restore: the key's file knows of the new key, and the ledger does not.

    The act need not be in the first batch.
    """
    monkeypatch.setattr(rotation.succession, "tell", lambda step: None)
    with monkeypatch.context() as patch:
        patch.setattr(fold, "fold_if_allowed", lambda: 0)
        rotate()
    monkeypatch.undo()
    assert any("does not say so yet" in said for said in verify())
    many = [look_up(alice) for _ in range(5)]
    assert fold.fold(limit=1) == len(many) + 1 and verify() == []
    assert succession.document(checkpoint.latest())


def test_the_old_file_put_back_signs_nothing(
    then: Any, look_up: LookUp, alice: Any, ledger_home: Path, settings: Any
) -> None:
    old = settings.KEPT_SIGNING_KEY_FILE.read_text()
    rotate()
    settings.KEPT_SIGNING_KEY_FILE.write_text(old)
    with pytest.raises(SigningKeyError, match="the newest, where it was rotated"):
        sign.signer()
    (ledger_home / "ledger.pub").write_text(f"{then[1]}\n")
    look_up(alice)
    with pytest.raises(SigningKeyError, match="the key was rotated"):
        fold.fold()
    assert any("the signing key's file does not" in said for said in verify())


def test_an_act_that_a_stranger_wrote_is_found(then: Any) -> None:
    said = str(checkpoint.latest())
    record(
        succession.ROTATED,
        purpose="auditing",
        role="system",
        entity="",
        policy=0,
        parts=[],
        payload={"note": said, "size": 1},
    )
    assert any("says that its key was rotated" in one for one in verify())


def test_a_clock_behind_what_was_signed_is_refused(then: Any, settings: Any) -> None:
    row = Checkpoint.objects.get()
    Checkpoint.objects.filter(pk=row.pk)._raw_delete("default")
    Checkpoint.objects.create(
        size=row.size, root=row.root, at=datetime(2199, 1, 1, tzinfo=UTC), note=row.note
    )
    with pytest.raises(SigningKeyError, match="Set the clock right first"):
        rotate()
    assert sign.public_key() == then[1]


def test_it_is_never_pruned(then: Any) -> None:
    rotate()
    assert (
        succession.ROTATED in prune.KEPT
        and Act.objects.filter(id=succession.id_of(sign.keys().steps[0])).exists()
    )


def test_a_folder_that_cannot_be_written_changes_nothing(
    then: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sign, "replace", full)
    with pytest.raises(SigningKeyError, match="nothing was changed"):
        rotate()
    assert sign.public_key() == then[1] and verify() == []


def test_two_at_once_are_refused_and_a_start_beside_touches_nothing(then: Any, settings: Any) -> None:
    left = settings.KEPT_SIGNING_KEY_FILE.with_name("home.sign.next")
    with rotation._alone():
        left.write_text("under way")
        assert not rotation.undo_unfinished() and left.exists()
        with pytest.raises(SigningKeyError, match="Wait until it is done"):
            rotate()
    assert not left.exists() and sign.public_key() == then[1]


def told_of(then: Any) -> dict[str, Any]:
    rotate()
    told = succession.document(checkpoint.latest())
    assert told is not None
    return copy.deepcopy(told)


def test_a_succession_that_is_not_in_the_tree_is_refused(then: Any) -> None:
    told = told_of(then)
    told["successions"][0]["log"]["index"] -= 1
    with pytest.raises(ProofBroken, match="not in the ledger that it is said to be of"):
        follow(then[1], told)


def test_a_forged_succession_is_refused(then: Any) -> None:
    """By a stranger's key in the place of the old one; by the old key alone; another kind of act; and one of
    a ledger that knows it not.
    """
    told = told_of(then)
    signed = told["successions"][0]["header"]["payload"]["note"]
    evil = signed_note.signer(signed_note.generate(then[2].name))
    text = signed.rpartition("\n\n")[0] + "\n"
    lied = text.replace(sign.public_key(), evil.public_text)
    both = signed_note.sign_note(evil, lied) + signed_note.sign_note(evil, lied).removeprefix(f"{lied}\n")
    for forged in (both, signed_note.sign_note(then[2], lied)):
        told["successions"][0]["header"]["payload"]["note"] = forged
        with pytest.raises(ProofBroken, match="not signed by both"):
            follow(then[1], told)
    told["successions"][0]["header"]["payload"]["note"] = signed
    told["successions"][0]["header"]["kind"] = "read"
    with pytest.raises(ProofBroken, match="not in the ledger"):
        follow(then[1], told)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"format": "kept keys 2", "successions": []},
        {"format": "kept keys 1", "successions": [{}]},
        {"format": "kept keys 1", "successions": {}},
        {"format": "kept keys 1", "successions": [5]},
    ],
)
def test_what_is_no_list_of_keys_is_a_sentence(document: Any, then: Any) -> None:
    with pytest.raises(ProofBroken):
        follow(then[1], document)


def test_a_list_that_leads_nowhere_adds_nothing(then: Any) -> None:
    stranger = signed_note.signer(signed_note.generate(then[2].name)).public_text
    assert follow(stranger, told_of(then)) == Keyring.of(stranger)
