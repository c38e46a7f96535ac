"""The proofs of guidelines, safeguards and certificates turn when the portal, as it answers, no longer keeps
them (P28, P29, S18).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.loader import from_files
from kept.core.policy.safeguards import PREPARED, VALID, Certificate
from kept.core.register.proving import proofs, walk_findings
from kept.core.register.proving.walk_findings import Walked
from kept.core.vault import gate
from kept.operations.serving.assembly import assembled
from kept.operations.walk.journeys import guidelines
from kept.operations.walk.log_silence import quiet
from kept.operations.walk.response_checks import Judge
from kept.operations.walk.routes import routes
from kept.operations.walk.scratch_database import aside
from kept.operations.walk.walker import signed_in
from kept.portal.form_parts import refusals
from kept.promises.guidelines import flows, forms
from kept.promises.safeguards import register
from kept.testing import default_policy

pytestmark = pytest.mark.django_db


def walked() -> Judge:
    with aside(), quiet():
        judge = Judge(versions.current().policy, [], secure=False)
        guidelines.walk(judge, assembled(), signed_in, routes())
    return judge


def state(id: str, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> str:
    counts = {"routes": 1, "reached": 1, **judge.counts}
    found = Walked(timezone.now(), 1.0, counts, tuple(judge.findings))
    monkeypatch.setattr(walk_findings, "WALKERS", [lambda: found])
    return proofs.run(id).state


def found(judge: Judge) -> str:
    return " ".join(str(one) for one in judge.findings)


def test_nothing_is_wrong_as_it_is(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = walked()
    assert found(judge) == ""
    assert judge.counts["doors closed"] > 20 and judge.counts["guidelines acknowledged"] == 1
    for id in ("guidelines.acknowledged", "safeguards.looked_after", "certificates.as_dated"):
        assert state(id, judge, monkeypatch) == "kept", id


def test_a_door_that_stands_open(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals.RefusalMiddleware, "process_view", lambda *_: None)
    judge = walked()
    assert "opens before anything was acknowledged (200)" in found(judge)
    assert state("guidelines.acknowledged", judge, monkeypatch) == "broken"


def test_a_button_that_needs_no_reading(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take = flows.acknowledge
    monkeypatch.setattr(
        flows,
        "acknowledge",
        lambda **given: take(**{**given, "opened": flows.shown_hash(given["guideline"], given["language"])}),
    )
    judge = walked()
    assert "acknowledges what was never opened" in found(judge)
    assert state("guidelines.acknowledged", judge, monkeypatch) == "broken"


def test_a_check_that_takes_any_answer(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms.CheckForm, "clean", lambda self: self.cleaned_data)
    judge = walked()
    assert "acknowledges with wrong answers" in found(judge)


def test_a_gate_and_a_door_that_ask_nobody(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "acknowledged", lambda reader, policy: {})
    assert state("guidelines.acknowledged", walked(), monkeypatch) == "broken"


def test_a_badge_that_outlives_its_certificate(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Certificate, "state", lambda self, at: VALID if self.until else PREPARED)
    judge = walked()
    assert "shows a badge on a day that its certificate does not cover: privacy-seal" in found(judge)
    assert state("certificates.as_dated", judge, monkeypatch) == "broken"


def test_a_badge_goes_on_its_day(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a last day of today it is there; by tomorrow's date it is gone, and nothing else was done."""
    today = timezone.localdate()
    files = dict(default_policy().files)
    files["certificates.toml"] = files["certificates.toml"].replace("2025-12-31", today.isoformat())
    versions.publish(from_files(files), effective=today, by="Dana")
    assert found(walked()) == ""
    seal = versions.current().policy.certificates["privacy-seal"]
    assert [seal.state(today + timedelta(days=n)) for n in (0, 1)] == ["valid", "ended"]
    monkeypatch.setattr(Certificate, "state", lambda self, at: "ended")
    assert "shows no badge for a certificate that holds" in found(walked())


def test_a_safeguard_that_the_page_leaves_out(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = register.entries
    monkeypatch.setattr(
        register, "entries", lambda policy: [one for one in whole(policy) if one.safeguard.id != "media"]
    )
    judge = walked()
    assert "does not show the safeguard media" in found(judge)
    assert state("safeguards.looked_after", judge, monkeypatch) == "broken"


def test_one_that_is_overdue(bob: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = walked()
    monkeypatch.setattr(register, "named_since", lambda: {"media": date(2020, 1, 1)})
    assert state("safeguards.looked_after", judge, monkeypatch) == "broken"
