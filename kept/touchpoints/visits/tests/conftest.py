"""A year of visits for the pages: the reports' double, so that a page is judged by its own work."""

from __future__ import annotations

from typing import Any

import pytest

from kept.touchpoints.visits import reports
from kept.touchpoints.visits.pages import reading
from kept.touchpoints.visits.tests import double


@pytest.fixture
def year(policy: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Counted from 25 November 2025 to 24 November 2026, as ``double`` says."""
    for name in ("span", "daily", "report"):
        monkeypatch.setattr(reports, name, getattr(double, name))
    reading.forget()
    yield double
    reading.forget()
