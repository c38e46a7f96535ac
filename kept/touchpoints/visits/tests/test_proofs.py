"""Each proof of the visits, seen to hold and seen to break."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from kept.core.ledger import versions
from kept.core.ledger.record import Part, record
from kept.core.register.proving.proofs import PROOFS, run
from kept.touchpoints.visits import proofs
from kept.visits_log.collecting import state
from kept.visits_log.places import Places
from kept.visits_log.storing.engine import quoted
from kept.visits_log.storing.examples.invented import invent
from kept.visits_log.tests.collected import Clock, at, collector, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]
OURS = ("visits.groups", "visits.derived", "visits.nobody", "visits.no_marketing")


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home / "visits")


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two days")
    invent(Places(folder), date(2026, 11, 23), date(2026, 11, 24), 4000, 1)
    return folder


@pytest.fixture
def counted(places: Places, two_days: Path) -> Places:
    """Two days packed, and one under way."""
    shutil.copytree(two_days, places.root)
    it = collector(places.root, Clock(at(2026, 11, 25, 12, 0)))
    it.take([read(address=f"81.82.83.{n}") for n in range(20)] + [read(agent="curl/8"), b"?"])
    it._tell(0)
    return places


def line(places: Places, **changed: Any) -> None:
    """One more line as it must not be."""
    log = places.log("2026-11-25", "web-1")
    row = json.loads(log.read_text().splitlines()[0]) | changed
    with log.open("a") as file:
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


def test_with_nothing_counted_they_wait() -> None:
    assert [run(id).state for id in OURS] == ["waiting", "waiting", "waiting", "kept"]


def test_they_hold(counted: Places) -> None:
    assert [(id, said.text) for id in OURS if (said := run(id)).state != "kept"] == []
    assert "20 of 22 readings" in run("visits.derived").text


def test_each_promise_of_the_log_names_them() -> None:
    named = {
        id
        for promise in versions.current().policy.promises.values()
        for id in promise.proofs
        if id.startswith("visits.")
    }
    assert set(OURS) <= named <= set(PROOFS)


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/from/81.82.83.84/"},
        {"target": "alice@example.com"},
        {"referrer": "2001:db8:0:1:2:3:4:5"},
        {"campaign": "to-32478314159"},
        {"target": "1204882"},
    ],
)
def test_an_address_or_a_number_breaks_it(counted: Places, changed: dict[str, str]) -> None:
    line(counted, **changed)
    said = run("visits.nobody")
    assert said.state == "broken" and next(iter(changed)) in said.text
    assert next(iter(changed.values())) not in said.text


@pytest.mark.parametrize(
    "changed",
    [
        {"agent": "Mozilla/5.0"},
        {"browser": "Mozilla/5.0 (X11)"},
        {"system": "Windows NT 10.0"},
        {"country": "Belgium"},
        {"kind": "sign-in"},
    ],
)
def test_a_column_too_many_or_a_value_of_no_list_breaks_it(counted: Places, changed: dict[str, str]) -> None:
    line(counted, **changed)
    assert run("visits.derived").state == "broken"


def test_an_address_in_a_packed_day_breaks_it(counted: Places) -> None:
    (file,) = counted.day("2026-11-24").glob("*.parquet")
    rewritten(file, "SELECT * REPLACE ('/' || '81.82.83.84' AS path) FROM it")
    assert run("visits.nobody").state == "broken"
    rewritten(file, "SELECT *, '81.82.83.84' AS address FROM it")
    assert run("visits.derived").state == "broken"


def test_a_group_of_nine_breaks_it(counted: Places) -> None:
    rewritten(
        counted.month("2026-11"), "SELECT * REPLACE (CASE WHEN shown > 0 THEN 9 ELSE 0 END AS shown) FROM it"
    )
    said = run("visits.groups")
    assert said.state == "broken" and "too small" in said.figure


def rewritten(file: Path, query: str) -> None:
    new = file.with_suffix(".new")
    duckdb.sql(
        f"COPY (WITH it AS (SELECT * FROM read_parquet({quoted(file)}, hive_partitioning = false)) {query})"
        f" TO {quoted(new)} (FORMAT parquet)"
    )
    new.replace(file)


def test_a_reading_that_is_not_accounted_for_breaks_it(counted: Places) -> None:
    told = state.read(counted.root)
    assert told
    told.received += 1
    told.write(counted.root)
    assert run("visits.derived").state == "broken"


@pytest.mark.parametrize("breach", ["another use", "marketing", "a recipient", "a person's field"])
def test_any_way_to_a_person_breaks_it(monkeypatch: pytest.MonkeyPatch, breach: str) -> None:
    breaches: dict[str, Callable[[], None]] = {
        "another use": lambda: monkeypatch.setattr(
            proofs.versions, "current", lambda: _with("news", uses=("visit.derived",))
        ),
        "marketing": lambda: monkeypatch.setattr(
            proofs.versions, "current", lambda: _with("visits", fideslang="marketing.advertising")
        ),
        "a recipient": lambda: monkeypatch.setattr(
            proofs.DECLARED,
            "recipients",
            [SimpleNamespace(place="x", id="advertiser", categories=("visit.derived",))],
        ),
        "a person's field": lambda: monkeypatch.setattr(
            proofs,
            "personal_columns",
            lambda: iter([(SimpleNamespace(called="Person"), SimpleNamespace(category="visit.derived"))]),
        ),
    }
    policy = versions.current().policy
    _WITH.update(policy=policy)
    breaches[breach]()
    assert run("visits.no_marketing").state == "broken"


_WITH: dict[str, Any] = {}


def _with(purpose: str, **changed: Any) -> SimpleNamespace:
    policy = _WITH["policy"]
    return SimpleNamespace(
        policy=replace(
            policy, purposes={**policy.purposes, purpose: replace(policy.purposes[purpose], **changed)}
        )
    )


def test_an_act_that_used_what_is_derived_for_a_person_breaks_it() -> None:
    """Whatever the code declares of itself: the ledger tells that it happened."""
    assert run("visits.no_marketing").state == "kept"
    part = Part(
        bytes(16),
        bytes(32),
        {"what": "Mail: news", "recipient": "", "fields": {}, "categories": ["visit.derived"]},
    )
    record("sent", purpose="news", role="system", entity="", policy=1, parts=[part])
    said = run("visits.no_marketing")
    assert said.state == "broken" and "it was sent for news" in said.text
