"""Requests of people known and unknown, a desk for each controller, and a clock that can be set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from kept.accounts.models import User
from kept.core.vault.readers import StaffReader
from kept.rights.requests import flows
from kept.testing import reader_of


def unknown(**more: Any) -> flows.Received:
    """Somebody at the site nobody knows."""
    given = {
        "kind": "question",
        "text": "Who gets my address?",
        "channel": "site",
        "country": "BE",
        "name": "Eve",
        "email": "eve@example.com",
    }
    return flows.receive(**{**given, **more})


def hers(alice: User, **more: Any) -> flows.Received:
    """Alice, signed in."""
    given = {"kind": "access", "text": "All of it, please.", "channel": "site", "reader": reader_of(alice)}
    return flows.receive(**{**given, **more})


@pytest.fixture
def desk(dana: User) -> StaffReader:
    """Dana at the controllers' desk."""
    return StaffReader(role="controller", entity="cet-power", actor=dana.subject)


@pytest.fixture
def clock_at(monkeypatch: Any) -> Callable[[datetime], None]:
    """clock_at(moment): let it be that moment for everything that asks Django."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)
