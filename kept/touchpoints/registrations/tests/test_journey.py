"""The proofs of a registration turn with each way to break them: registered to the end and asked once (P10,
S3), and filled in by the browser of the one who wants it, and no other (P22).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.shortcuts import redirect
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.register.proving import proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.operations.serving.assembly import assembled
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import Walking
from kept.touchpoints.registrations import device_memory, flows, journey, prefill, views
from kept.touchpoints.registrations.models import Draft

pytestmark = pytest.mark.django_db
FILLED, TO_THE_END, ONCE = (
    "registrations.filled_in_by_the_browser",
    "registrations.to_the_end",
    "registrations.asked_once",
)


class _Open:
    """A box that is none: it holds in the clear, for everybody."""

    def seal(self, data: bytes, *, bound_to: str = "") -> bytes:
        return data

    def open(self, sealed: bytes, *, bound_to: str = "") -> bytes:
        return sealed


def in_the_clear(row: Any, names: Any) -> bytes:
    return json.dumps(
        {name: str(row.__dict__[name]) for name in names if row.__dict__.get(name) is not None}
    ).encode()


def taken_up(row: Any, names: Any, carried: bytes) -> None:
    for name, value in json.loads(carried).items():
        row.__dict__[name] = value if name != "address" else {}


LOOKED_UP = flows.machine


def free_for_all(serial: str, mine: Any) -> flows.Machine:
    return flows.Machine(LOOKED_UP(serial, mine).unit, free=True, mine=False)


def nothing_kept(request: Any, draft: Draft) -> Any:
    return redirect("my-products")


BREAKS: dict[str, tuple[list[tuple[Any, str, Any]], str, str]] = {
    "nobody needs a yes": (
        [(device_memory, "_wanted", lambda request: True), (device_memory, "_bound", lambda request: "")],
        FILLED,
        "tried to set the cookie",
    ),
    "anybody may open it": (
        [
            (device_memory, "_BOX", _Open()),
            (device_memory, "carry", in_the_clear),
            (device_memory, "take_up", taken_up),
        ],
        FILLED,
        "another customer at the same browser",
    ),
    "nothing is remembered": (
        [(device_memory, "keep", lambda *args: None)],
        FILLED,
        "does not have the browser remember",
    ),
    "nothing is filled in": (
        [(prefill, "known", lambda *args: {})],
        FILLED,
        "does not fill in the phone number",
    ),
    "no word of where it is from": (
        [(device_memory, "SOURCE", "elsewhere")],
        FILLED,
        "without saying where it is from",
    ),
    "nothing registered": (
        [(views, "_registered", nothing_kept)],
        TO_THE_END,
        "does not show what she registered",
    ),
    "a number for two": ([(flows, "machine", free_for_all)], TO_THE_END, "what is another's"),
    "asked again": ([(prefill, "known", lambda *args: {})], ONCE, "asks again for her phone number"),
}


def walked() -> Judge:
    with aside(), quiet():
        judge = Judge(versions.current().policy, [], secure=False)
        journey.walk(Walking(judge, assembled()))
    assert judge.counts.get("devices tried") or judge.findings
    return judge


def state(id: str, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> str:
    counts = {"routes": 1, "reached": 1, **judge.counts}
    found = Walked(timezone.now(), 1.0, counts, tuple(judge.findings))
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: found])
    return proofs.run(id).state


def test_whole(policy: Any, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.UNDECLARED_COOKIES_RAISE = False
    judge = walked()
    assert [str(one) for one in judge.findings] == []
    assert {state(id, judge, monkeypatch) for id in (FILLED, TO_THE_END, ONCE)} == {proofs.KEPT}


@pytest.mark.parametrize("case", BREAKS)
def test_each_break_turns_its_proof(
    policy: Any, monkeypatch: pytest.MonkeyPatch, case: str, settings: Any
) -> None:
    settings.UNDECLARED_COOKIES_RAISE = False
    patches, proof, said = BREAKS[case]
    with monkeypatch.context() as patched:
        for place, name, other in patches:
            patched.setattr(place, name, other)
        judge = walked()
    assert any(said in str(one) for one in judge.findings), [str(one) for one in judge.findings]
    assert state(proof, judge, monkeypatch) == proofs.BROKEN
