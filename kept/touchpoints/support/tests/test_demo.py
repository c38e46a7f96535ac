"""The demo's year of cases: in four languages, by every way in, answered as people answer."""

from __future__ import annotations

import random
from contextlib import nullcontext
from typing import Any

import pytest
from django.utils import timezone

from kept.core.register.proving import proofs
from kept.operations.demo import demo_world
from kept.operations.demo.demo_world import World
from kept.touchpoints.support import demo
from kept.touchpoints.support.models import Call, Case

pytestmark = pytest.mark.django_db


def test_it_plays_and_the_proof_holds_over_it(
    alice: Any, bob: Any, charlie: Any, dana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The policy of the tests is in force from today: everything happens now, in the order of its days.
    monkeypatch.setattr(demo_world, "the_clock_at", lambda moment: nullcontext())
    cast = {"alice": alice, "bob": bob, "charlie": charlie, "dana": dana}
    world = World(random.Random(1), 0, timezone.now(), cast=cast)
    demo.make(world)
    world.play()
    assert set(Case.objects.values_list("language", flat=True)) == {"en", "fr", "de", "nl"}
    assert set(Case.objects.values_list("channel", flat=True)) == {"web", "mail", "phone"}
    assert Case.objects.exclude(stars=None).count() == 4
    assert Case.objects.filter(answered_at=None, closed_at=None).count() == 3
    assert Call.objects.get().case is not None
    assert proofs.run("support.bound_to_cases").state == proofs.KEPT
