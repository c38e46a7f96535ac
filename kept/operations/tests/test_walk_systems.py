"""The proofs of what the systems are there for turn when one of them no longer does it (P10, P19, S2, S3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.shortcuts import redirect
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.operations.serving.assembly import assembled
from kept.operations.walk.journeys import systems
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import signed_in
from kept.people.models import Person
from kept.products import demo, finder
from kept.rights.access import records
from kept.touchpoints.registrations import flows, prefill, views
from kept.touchpoints.registrations.models import Draft

pytestmark = pytest.mark.django_db
PROOFS = (
    "products.found_without_a_name",
    "registrations.to_the_end",
    "registrations.asked_once",
    "rights.seen_and_corrected",
)


def state(id: str, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> str:
    counts = {"routes": 1, "reached": 1, **judge.counts}
    found = Walked(timezone.now(), 1.0, counts, tuple(judge.findings))
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: found])
    return proofs.run(id).state


def walked() -> Judge:
    with aside(), quiet():
        judge = Judge(versions.current().policy, [], secure=False)
        systems.walk(judge, assembled(), signed_in)
    return judge


class _Forgetful(finder.Finder):
    @property
    def results(self) -> list[Any]:  # type: ignore[override]
        return super().results[1:]


def nothing_kept(request: Any, draft: Draft) -> Any:
    return redirect("my-products")


LOOKED_UP = flows.machine


def free_for_all(serial: str, mine: Any) -> flows.Machine:
    return flows.Machine(LOOKED_UP(serial, mine).unit, free=True, mine=False)


BREAKS: dict[str, tuple[Any, str, Any, str, str]] = {
    "a product missing": ("kept.products.views", "Finder", _Forgetful, PROOFS[0], "where"),
    "nothing registered": (
        views,
        "_registered",
        nothing_kept,
        PROOFS[1],
        "does not show what she registered",
    ),
    "a number for two": (flows, "machine", free_for_all, PROOFS[1], "what is another's"),
    "asked again": (prefill, "known", lambda *args: {}, PROOFS[2], "asks again for her phone number"),
    "not shown": (records, "records", lambda *args, **more: iter(()), PROOFS[3], "does not show her street"),
    "not corrected": (
        Person,
        "correct",
        lambda *args, **more: None,
        PROOFS[3],
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
    if proof == PROOFS[0]:
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
    assert state(PROOFS[0], walked(), monkeypatch) == proofs.WAITING
