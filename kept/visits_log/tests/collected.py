"""A collector for tests, whose clocks the test moves; and readings as they arrive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kept.portal.regions.origins import Origins
from kept.visits_log.collecting.clock import Days
from kept.visits_log.collecting.collector import Collector
from kept.visits_log.datagrams import Reading, pack
from kept.visits_log.places import Places

BRUSSELS = ZoneInfo("Europe/Brussels")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"


def at(*moment: int) -> float:
    """Seconds of a moment by the site's clocks."""
    return datetime(*moment, tzinfo=BRUSSELS).timestamp()  # type: ignore[misc]


def read(path: str = "/", address: str = "81.82.83.84", **more: Any) -> bytes:
    return pack(Reading(**{"kind": "page", "address": address, "agent": FIREFOX, "path": path, **more}))


@dataclass
class Clock:
    """``goes`` moves both clocks, as time does; ``jumps`` moves the wall's alone."""

    wall: float
    running: float = 1000.0

    def goes(self, seconds: float) -> None:
        self.wall += seconds
        self.running += seconds

    def jumps(self, seconds: float) -> None:
        self.wall += seconds


def collector(root: Path, clock: Clock, source: str = "web-1") -> Collector:
    days = Days("Europe/Brussels", wall=lambda: clock.wall, running=lambda: clock.running)
    return Collector(Places(root), source, days=days, origins=Origins.open())


def events(root: Path, day: str, source: str = "web-1") -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in Places(root).log(day, source).read_text(encoding="utf-8").splitlines()
    ]
