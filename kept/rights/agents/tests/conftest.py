"""An agent in the directory, a second one, and a worker whose clock can be moved."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from kept.outbox.delivery import deliver
from kept.rights.agents import directory, progress
from kept.rights.agents.tests.agent import Agent


@pytest.fixture
def agents_file(home: Path, tmp_path: Path, settings: Any) -> Path:
    """The directory, in the network's own format."""
    settings.KEPT_AGENTS = tmp_path / "agents.json"
    settings.KEPT_SITE = "http://localhost:8000"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.KEPT_AGENTS.write_text(
        json.dumps([Agent("PERMISSION_PLEASE").entry, Agent("SECOND_AGENT", "Second Thoughts").entry])
    )
    directory._read.clear()
    return settings.KEPT_AGENTS


@pytest.fixture
def agent(agents_file: Path, policy: Any) -> Agent:
    """An agent that has its token."""
    found = Agent("PERMISSION_PLEASE")
    found.connect()
    return found


@pytest.fixture
def other_agent(agents_file: Path, policy: Any) -> Agent:
    found = Agent("SECOND_AGENT", "Second Thoughts")
    found.connect()
    return found


class Clock:
    """The portal's clock: it runs on as ever, from wherever it was set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead, self.real = timedelta(), timezone.now
        monkeypatch.setattr(timezone, "now", self)

    def __call__(self) -> datetime:
        return self.real() + self.ahead

    def forward(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def work(clock: Clock) -> Callable[..., None]:
    """work() lets the worker do what is due; work(seconds=31) lets that time pass first."""

    def done(**later: float) -> None:
        clock.forward(**later)
        for _ in range(20):
            if not progress.advance_due() + progress.follow():
                return
        pytest.fail("The worker does not come to rest.")

    return done


@pytest.fixture
def letters() -> Callable[[], list[Any]]:
    def all_of_them() -> list[Any]:
        deliver()
        return mail.outbox

    return all_of_them
