"""The demo's year: real pages of the catalogue, up to yesterday, the same for the same seed; and nothing of
it when the demo fails.
"""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from kept.operations.demo.demo_world import World
from kept.operations.setting_up.portal_setup import founded
from kept.products import demo as catalogue
from kept.products.models import Product
from kept.touchpoints.visits import demo
from kept.touchpoints.visits.pages import reading
from kept.touchpoints.visits.pages.periods import Period, preset
from kept.visits_log.places import Places

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two months of many visitors: a year takes seconds."""
    monkeypatch.setattr(demo, "YEAR", 62)
    monkeypatch.setattr(demo, "EVENTS", 20_000)


def played(seed: int) -> Places:
    world = World(random.Random(seed), 0, timezone.now())
    demo.make(world)
    world.play()

    return Places(Path(project.KEPT_VISITS))


def test_it_shows_the_catalogue_up_to_yesterday(policy: Any, few: None, client: Client) -> None:
    catalogue.load()
    places = played(1)
    yesterday = timezone.localdate() - timedelta(days=1)
    assert reading.span(places) == Period(yesterday - timedelta(days=61), yesterday)
    pages = {row.key for row in reading.figures(places, preset("last-month", yesterday)).tables["pages"].rows}
    assert {
        product.get_absolute_url() for product in Product.objects.all()[:5]
    } <= pages and "/products/compare/" in pages
    page = client.get("/privacy/visits/").content.decode()
    assert "m10-48-10k" in page and 'id="ways"' in page


def test_the_same_seed_has_the_same_visitors(policy: Any, few: None, settings: Any, tmp_path: Path) -> None:
    catalogue.load()
    days = []
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        settings.KEPT_VISITS = tmp_path / folder
        places = played(seed)
        span = reading.span(places)
        assert span is not None
        days.append(reading.figures(places, span).days)
    assert days[0] == days[1] != days[2]


@pytest.mark.django_db(transaction=True)
def test_a_demo_that_fails_leaves_no_visits(
    settings: Any, tmp_path: Path, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEPT_HOME = tmp_path / "home"
    settings.KEPT_VISITS = tmp_path / "elsewhere"
    settings.KEPT_MASTER_KEY_FILE, settings.KEPT_SIGNING_KEY_FILE = (
        tmp_path / "home.key",
        tmp_path / "home.sign",
    )
    monkeypatch.setattr(
        "kept.operations.setting_up.portal_setup.connection.introspection.table_names", list, raising=False
    )
    monkeypatch.setattr("kept.operations.setting_up.portal_setup.call_command", lambda *a, **k: None)
    monkeypatch.setattr("kept.operations.setting_up.portal_setup.empty_database", lambda: None)
    monkeypatch.setattr("kept.operations.setting_up.portal_setup.versions.publish", lambda *a, **k: None)
    with pytest.raises(RuntimeError), founded(by="Dana"):
        played(1)
        assert (settings.KEPT_VISITS / "days").exists()
        raise RuntimeError("the last chapter fails")
    assert not settings.KEPT_VISITS.exists() or not any(settings.KEPT_VISITS.iterdir())
