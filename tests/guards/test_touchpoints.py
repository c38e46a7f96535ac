"""Take any touchpoint away, one line: check, migrations and a walk through the portal still pass, and what it promised sleeps."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.guards.tree import ROOT

TOUCHPOINTS = [app for app in settings.INSTALLED_APPS if app.startswith("kept.touchpoints.")]


def walk(home: Path, taken_away: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, on SQLite, in an empty home."""
    kept_out = {name: value for name, value in os.environ.items() if not name.startswith("KEPT_")}
    surroundings = kept_out | {"DJANGO_SETTINGS_MODULE": "tests.guards.without", "TAKEN_AWAY": taken_away, "KEPT_HOME": str(home)}
    return subprocess.run([sys.executable, "-m", "tests.guards.walk"], cwd=ROOT, env=surroundings, capture_output=True, text=True)


def test_the_walk_passes_with_everything_in_place(tmp_path: Path) -> None:
    walked = walk(tmp_path / "home", "")
    assert walked.returncode == 0, walked.stdout + walked.stderr[-2000:]


@pytest.mark.parametrize("touchpoint", TOUCHPOINTS)
def test_it_can_be_taken_away(tmp_path: Path, touchpoint: str) -> None:
    walked = walk(tmp_path / "home", touchpoint)
    assert walked.returncode == 0, walked.stdout + walked.stderr[-2000:]


def test_a_room_that_others_stand_on_cannot(tmp_path: Path) -> None:
    """The walk sees what it must: without the outbox nothing holds."""
    assert walk(tmp_path / "home", "kept.outbox").returncode != 0
