"""A folder of visits of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from kept.visits_log.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "visits")
