"""The proof that a browser fills in a registration for the one who wants it, and no other, turns with each
way to break that (P22).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from kept.core.ledger import versions
from kept.operations.serving.assembly import assembled
from kept.operations.walk import people
from kept.operations.walk.journeys import registering
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import signed_in
from kept.touchpoints.registrations import device_memory, prefill

pytestmark = pytest.mark.django_db


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


BREAKS = {
    "whole": ([], ""),
    "nobody needs a yes": (
        [(device_memory, "_wanted", lambda request: True), (device_memory, "_bound", lambda request: "")],
        "tried to set the cookie",
    ),
    "anybody may open it": (
        [
            (device_memory, "_BOX", _Open()),
            (device_memory, "carry", in_the_clear),
            (device_memory, "take_up", taken_up),
        ],
        "another customer at the same browser",
    ),
    "nothing is remembered": (
        [(device_memory, "keep", lambda *args: None)],
        "does not have the browser remember",
    ),
    "nothing is filled in": ([(prefill, "known", lambda *args: {})], "does not fill in the phone number"),
    "no word of where it is from": (
        [(device_memory, "SOURCE", "elsewhere")],
        "without saying where it is from",
    ),
}


def walked() -> list[str]:
    with aside(), quiet():
        other = people.invented("another customer")
        judge = Judge(versions.current().policy, [other], secure=False)
        people.customer(other)
        registering.walk(judge, assembled(), other, signed_in)
    assert judge.counts.get("devices tried") or judge.findings
    return [str(one) for one in judge.findings if one.kind in {"filling", "cookie"}]


@pytest.mark.parametrize("case", BREAKS)
def test_each_break_is_found(policy: Any, monkeypatch: pytest.MonkeyPatch, case: str, settings: Any) -> None:
    settings.UNDECLARED_COOKIES_RAISE = False
    for place, name, other in BREAKS[case][0]:
        monkeypatch.setattr(place, name, other)
    found = walked()
    assert found == [] if case == "whole" else any(BREAKS[case][1] in one for one in found), found
