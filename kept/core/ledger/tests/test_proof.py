"""A proof shows one person's part, nobody else's, and holds for nothing but what was written."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from kept.core.ledger import fold
from kept.core.ledger.notes import checkpoint, sign
from kept.core.ledger.record import record
from kept.core.ledger.tests.conftest import Someone
from kept.core.ledger.tree import proof
from kept.core.ledger.verifying import offline

LookUp = Callable[..., UUID]
pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(alice: Someone, charlie: Someone, look_up: LookUp) -> UUID:
    """An act that touches both, somewhere in the middle of the ledger."""
    look_up(charlie)
    act = record(
        "read",
        purpose="support",
        role="support",
        entity="cet-power",
        policy=1,
        parts=[alice.part(note="only hers"), charlie.part(note="only his")],
    )
    for _ in range(9):
        look_up(charlie)
    fold.fold()
    return act


def _latest() -> str:
    return checkpoint.latest() or ""


def test_it_holds_and_survives_json(shared: UUID, alice: Someone, charlie: Someone) -> None:
    for one in (alice, charlie):
        made = json.loads(json.dumps(proof.prove(shared, one.alias, one.salt)))
        offline.check_proof(made, _latest(), sign.public_key())


def test_it_reveals_nobody_else(shared: UUID, alice: Someone, charlie: Someone) -> None:
    text = json.dumps(proof.prove(shared, alice.alias, alice.salt))
    assert "only hers" in text
    for foreign in ("only his", charlie.alias.hex(), charlie.salt.hex()):
        assert foreign not in text


def test_one_change_anywhere_breaks_it(shared: UUID, alice: Someone) -> None:
    made = proof.prove(shared, alice.alias, alice.salt)
    changed = list(_changed(made))
    assert len(changed) > 20
    for broken in changed:
        with pytest.raises(offline.ProofBroken):
            offline.check_proof(broken, _latest(), sign.public_key())


def test_what_is_no_proof_is_refused(shared: UUID, alice: Someone) -> None:
    made = proof.prove(shared, alice.alias, alice.salt)
    broken: list[Any] = [
        {},
        {"format": offline.FORMAT},
        {**made, "people": None},
        {**made, "log": []},
        {**made, "salt": 7},
        {**made, "header": 0.5},
    ]
    for wrong in broken:
        with pytest.raises(offline.ProofBroken):
            offline.check_proof(wrong, _latest(), sign.public_key())
    with pytest.raises(offline.ProofBroken):
        offline.check_proof(made, "not a checkpoint", sign.public_key())
    with pytest.raises(offline.ProofBroken):
        offline.check_proof(made, _latest(), "not a key")


def test_it_goes_with_one_checkpoint(shared: UUID, alice: Someone, look_up: LookUp) -> None:
    old = _latest()
    look_up(alice)
    fold.fold()
    with pytest.raises(
        offline.ProofBroken, match="was made for a ledger of 12 entries; the checkpoint is about 11"
    ):
        offline.check_proof(proof.prove(shared, alice.alias, alice.salt), old, sign.public_key())
    offline.check_proof(proof.prove(shared, alice.alias, alice.salt, checkpoint=old), old, sign.public_key())


def test_there_is_none_before_the_fold_for_a_stranger_or_with_the_wrong_salt(
    look_up: LookUp, alice: Someone, charlie: Someone
) -> None:
    act = look_up(alice)
    with pytest.raises(proof.NotProven):
        proof.prove(act, alice.alias, alice.salt)
    fold.fold()
    waiting = look_up(alice)
    for wrong in [
        (act, charlie.alias, charlie.salt),
        (waiting, alice.alias, alice.salt),
        (uuid4(), alice.alias, alice.salt),
    ]:
        with pytest.raises(proof.NotProven):
            proof.prove(*wrong)
    with pytest.raises(proof.NotProven, match="salt"):
        proof.prove(act, alice.alias, charlie.salt)


def test_many_are_proven_with_few_queries(
    look_up: LookUp, alice: Someone, django_assert_max_num_queries: Any
) -> None:
    acts = [look_up(alice) for _ in range(300)]
    fold.fold()
    with django_assert_max_num_queries(8):
        proofs = list(proof.prove_all(acts, alice.alias, lambda _: alice.salt))
    for act, made in zip(acts, proofs, strict=True):
        assert made["header"]["id"] == str(act)
        offline.check_proof(made, _latest(), sign.public_key())


def test_checking_needs_no_django() -> None:
    code = (
        "import sys, kept.core.ledger.verifying.offline;"
        " sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _changed(value: Any) -> Iterator[Any]:
    """The value with one of its leaves changed, for each leaf."""
    if isinstance(value, dict):
        for key in value:
            for inner in _changed(value[key]):
                yield {**copy.deepcopy(value), key: inner}
    elif isinstance(value, list):
        for at, old in enumerate(value):
            for inner in _changed(old):
                yield [*value[:at], inner, *value[at + 1 :]]
    elif isinstance(value, str):
        yield ("0" if value[:1] != "0" else "1") + value[1:]
    else:
        yield value + 1
