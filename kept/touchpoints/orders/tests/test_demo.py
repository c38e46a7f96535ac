"""The demo's year of orders: in four languages, in every state an order can have, and as said."""

from __future__ import annotations

import random
from contextlib import nullcontext
from typing import Any

import pytest
from django.utils import timezone

from kept.core.register.proving import proofs
from kept.operations.demo import demo_world
from kept.operations.demo.demo_world import World
from kept.products import demo as catalogue
from kept.testing import staff
from kept.touchpoints.orders import demo
from kept.touchpoints.orders.models import Order

pytestmark = pytest.mark.django_db


def test_it_plays_and_the_proof_holds_over_it(
    alice: Any, bob: Any, charlie: Any, dana: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The policy of the tests is in force from today: everything happens now, in the order of its days.
    monkeypatch.setattr(demo_world, "the_clock_at", lambda moment: nullcontext())
    settings.KEPT_PAYMENTS = ""
    catalogue.load()
    sales = staff("Bob Sales", "bob.sales@example.com", "sales")
    cast = {"alice": alice, "bob": bob, "charlie": charlie, "dana": dana, "sales": sales}
    world = World(random.Random(1), 0, timezone.now(), cast=cast)
    demo.make(world)
    world.play()
    assert Order.objects.count() == len(demo.STORIES)
    assert set(Order.objects.values_list("language", flat=True)) == {"en", "fr", "de", "nl"}
    assert {one.state for one in Order.objects.all()} == {"open", "sent", "delivered", "cancelled"}
    assert Order.objects.filter(closed_at=None).count() == 5, "what waits at the desk"
    assert Order.objects.filter(withdrawn_at__isnull=False, closed_at=None).count() == 1
    assert Order.objects.of(alice.subject).count() == 4
    assert proofs.run("orders.as_said").state == proofs.KEPT
