"""Each proof has its own rhythm; pages read what was measured, with its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.register.models import ProofAnswer
from kept.core.register.proving import proof_results, proofs
from kept.core.register.proving.proofs import HALF_HOUR, QUARTER, Proof, Registered
from kept.sentences import Sentence, counted, sentence
from kept.testing import default_policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """A quick one, a slow one, and what they say."""
    said = {"quick": True, "slow": True}
    given = {
        name: Registered(
            name, ("guarded",), "A test", lambda name=name: Proof(said[name], "1", "asked"), every=every
        )
        for name, every in (("quick", QUARTER), ("slow", HALF_HOUR))
    }
    monkeypatch.setattr(proofs, "PROOFS", given)
    return said


def due(after: timedelta, **more: Any) -> set[str]:
    return set(proof_results.due(timezone.now() + after, **more))


def test_what_was_never_asked_is_due(three: dict[str, bool]) -> None:
    assert due(timedelta(0)) == {"quick", "slow"}
    assert proof_results.prove() == 2 and due(timedelta(0)) == set()


def test_each_is_asked_in_its_own_rhythm(three: dict[str, bool]) -> None:
    proof_results.prove()
    assert due(timedelta(minutes=14)) == set()
    assert due(timedelta(minutes=16)) == {"quick"}
    assert due(timedelta(minutes=31)) == {"quick", "slow"}
    assert due(timedelta(0), or_quick=True) == {"quick"}, (
        "a command asks the quick ones whenever it is called"
    )


def test_a_fresh_finding_is_looked_at_every_minute_and_an_old_one_in_its_rhythm(
    three: dict[str, bool],
) -> None:
    three["slow"] = False
    proof_results.prove()
    assert due(timedelta(seconds=30)) == set() and due(timedelta(minutes=2)) == {"slow"}
    ProofAnswer.objects.update(since=timezone.now() - timedelta(hours=1))
    assert due(timedelta(minutes=2)) == set()


def test_some_are_asked_and_the_others_keep_their_answer(three: dict[str, bool]) -> None:
    proof_results.prove()
    before = ProofAnswer.objects.get(proof="slow").at
    proof_results.prove(["quick"])
    assert (
        ProofAnswer.objects.get(proof="slow").at == before
        and ProofAnswer.objects.get(proof="quick").at > before
    )


def test_what_was_measured_while_a_clock_was_wrong_is_asked_again_and_believed_by_nobody(
    three: dict[str, bool], policy: Any
) -> None:
    proof_results.prove()
    ProofAnswer.objects.update(at=timezone.now() + timedelta(days=16), state=proofs.BROKEN)
    assert {answer.state for answer in proof_results.latest(default_policy()).answers.values()} == {
        proofs.UNPROVEN
    }
    assert due(timedelta(0)) == {"quick", "slow"}
    proof_results.prove()
    assert {answer.state for answer in proof_results.latest(default_policy()).answers.values()} == {
        proofs.KEPT
    }


def test_what_a_proof_said_is_kept_as_a_sentence(
    three: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Message and values are stored, so that whoever reads it later has it in their own language; what an
    older program stored is plain text.
    """
    said = Proof(True, counted("{n} row", "{n} rows", 2), sentence("All of {rows}.", rows=2))
    monkeypatch.setitem(proofs.PROOFS, "quick", Registered("quick", ("guarded",), "A test", lambda: said))
    proof_results.prove()
    answers = proof_results.latest(default_policy()).answers
    for kept, meant in ((answers["quick"].figure, said.figure), (answers["quick"].text, said.text)):
        assert isinstance(kept, Sentence) and isinstance(meant, Sentence)
        assert kept == meant and (kept.message, kept.values) == (meant.message, meant.values)
    assert (answers["slow"].figure, type(answers["slow"].figure)) == ("1", str)
