"""A collector's end of the socket, held by the test itself; and a year of visits for the pages: the reports'
double.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kept.touchpoints.visits import hooks, vocabulary
from kept.touchpoints.visits.pages import reading
from kept.touchpoints.visits.socket_server import opened
from kept.touchpoints.visits.tests import double
from kept.visits_log import reports
from kept.visits_log.datagrams import Reading, unpack
from kept.visits_log.places import Places

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"


@dataclass
class Door:
    socket: socket.socket

    def all(self) -> list[Reading]:
        """Every reading that arrived since the last look."""
        found = []
        try:
            while True:
                found.append(unpack(self.socket.recv(70_000)))
        except BlockingIOError:
            return found

    def one(self) -> Reading:
        (found,) = self.all()
        return found


@pytest.fixture
def door(home: Path, settings: Any) -> Iterator[Door]:
    """Where this test's web sends to."""
    hooks.sender.cache_clear()
    vocabulary.forget()
    with opened(Places(settings.KEPT_VISITS)) as bound:
        yield Door(bound)
    hooks.sender.cache_clear()


@pytest.fixture
def year(policy: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Counted from 25 November 2025 to 24 November 2026, as ``double`` says."""
    for name in ("span", "everything"):
        monkeypatch.setattr(reports, name, getattr(double, name))
    reading.forget()
    yield double
    reading.forget()
