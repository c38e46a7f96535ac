"""The proof can fail: take the prefill away, and it says so. And drafts die."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kept.core.register.hooks.jobs import JOBS
from kept.core.register.proving import proofs
from kept.touchpoints.registrations import prefill
from kept.touchpoints.registrations.models import Draft
from kept.touchpoints.registrations.tests.conftest import FREE, OTHER, register, started

pytestmark = pytest.mark.django_db
ID = "registrations.prefill"


def test_before_anybody_registered_there_is_nothing_to_prove(policy: Any) -> None:
    assert proofs.run(ID).state == proofs.WAITING


@pytest.mark.parametrize("keep", ["profile", "once"])
def test_what_was_told_is_filled_in(hers: Any, keep: str) -> None:
    register(hers, you={"keep": keep})
    answer = proofs.run(ID)
    assert answer.state == proofs.KEPT and answer.figure == "2 of 2 answers"


@pytest.mark.parametrize("lost", ["phone", "address"])
def test_it_breaks_when_something_is_asked_again(hers: Any, monkeypatch: Any, lost: str) -> None:
    register(hers)
    monkeypatch.setattr(
        prefill, "PLACES", {name: places for name, places in prefill.PLACES.items() if name != lost}
    )
    answer = proofs.run(ID)
    assert answer.state == proofs.BROKEN and answer.figure == "1 of 2 answers"


def test_it_breaks_when_only_the_profile_is_looked_at(hers: Any, monkeypatch: Any) -> None:
    register(hers, you={"keep": "once"})
    monkeypatch.setattr(prefill, "PLACES", {name: places[:1] for name, places in prefill.PLACES.items()})
    assert proofs.run(ID).state == proofs.BROKEN


def test_a_dead_draft_is_forgotten_and_a_living_one_is_not(hers: Any) -> None:
    started(hers, FREE)
    Draft.objects.update(started_at=timezone.now() - timedelta(hours=25))
    started(hers, OTHER)
    assert JOBS["registrations.dead_drafts"].run() == 1
    assert Draft.objects.count() == 1
