"""The proofs of what the centre is there for turn when it no longer does it (P19, S2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.operations.serving.assembly import assembled
from kept.operations.walk.journeys import own_data, product_finder
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import signed_in
from kept.people.models import Person
from kept.products import demo, finder
from kept.rights.access import records

pytestmark = pytest.mark.django_db
FOUND, SEEN = PROOFS = ("products.found_without_a_name", "rights.seen_and_corrected")


def state(id: str, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> str:
    counts = {"routes": 1, "reached": 1, **judge.counts}
    found = Walked(timezone.now(), 1.0, counts, tuple(judge.findings))
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: found])
    return proofs.run(id).state


def walked() -> Judge:
    with aside(), quiet():
        judge = Judge(versions.current().policy, [], secure=False)
        product_finder.walk(judge, assembled())
        own_data.walk(judge, assembled(), signed_in)
    return judge


class _Forgetful(finder.Finder):
    @property
    def results(self) -> list[Any]:  # type: ignore[override]
        return super().results[1:]


BREAKS: dict[str, tuple[Any, str, Any, str, str]] = {
    "a product missing": ("kept.products.views", "Finder", _Forgetful, FOUND, "where"),
    "not shown": (records, "records", lambda *args, **more: iter(()), SEEN, "does not show her name"),
    "not corrected": (
        Person,
        "correct",
        lambda *args, **more: None,
        SEEN,
        "does not show her corrected phone number",
    ),
}


def test_whole(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.load()
    judge = walked()
    assert [str(one) for one in judge.findings] == []
    assert judge.counts["markets asked"] == 7
    assert {state(id, judge, monkeypatch) for id in PROOFS} == {proofs.KEPT}


@pytest.mark.parametrize("case", BREAKS)
def test_each_break_turns_its_proof(policy: Any, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    place, name, other, proof, said = BREAKS[case]
    if proof == FOUND:
        demo.load()
    with monkeypatch.context() as patched:
        (
            patched.setattr(f"{place}.{name}", other)
            if isinstance(place, str)
            else patched.setattr(place, name, other)
        )
        judge = walked()
    assert any(said in str(one) for one in judge.findings), [str(one) for one in judge.findings]
    assert state(proof, judge, monkeypatch) == proofs.BROKEN


def test_without_a_catalogue_there_is_nothing_to_see(policy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state(FOUND, walked(), monkeypatch) == proofs.WAITING
