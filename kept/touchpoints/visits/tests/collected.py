"""Collectors for tests: one whose clocks the test moves, and a real one in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kept.environment import ROOT
from kept.portal.regions.origins import Origins
from kept.touchpoints.visits.collecting import state
from kept.touchpoints.visits.collecting.clock import Days
from kept.touchpoints.visits.collecting.collector import Collector
from kept.touchpoints.visits.datagrams import Reading, pack
from kept.touchpoints.visits.places import Places
from kept.touchpoints.visits.sending import Sender

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


@dataclass
class Running:
    process: subprocess.Popen[str]
    home: Path

    @property
    def root(self) -> Path:
        return self.home / "visits"

    def send(self, *readings: Reading, patience: float = 5.0) -> None:
        """All of them, however long the collector takes to take them."""
        sender, end = Sender(Places(self.root).socket), time.monotonic() + patience
        for reading in readings:
            while not sender.send(reading):
                assert time.monotonic() < end, "The collector takes nothing."
                sender.missed = 0
                time.sleep(0.002)

    def lines(self) -> list[bytes]:
        """Whole ones: half of one is none."""
        return [
            line
            for file in sorted(self.root.glob("log/*.log"))
            for line in file.read_bytes().split(b"\n")[:-1]
        ]

    def wait(self, until: Callable[[], object], patience: float = 5.0) -> None:
        end = time.monotonic() + patience
        while not until():
            assert time.monotonic() < end, f"It did not come to that. {self.process.poll()}"
            time.sleep(0.02)

    def state(self) -> state.State:
        found = state.read(self.root)
        assert found
        return found

    def end(self, how: signal.Signals = signal.SIGTERM) -> str:
        self.process.send_signal(how)
        return self.process.communicate(timeout=10)[1]


def environ(home: Path, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "DJANGO_"))}
    return {**plain, "KEPT_HOME": str(home), "KEPT_MACHINE": "web-1", "PYTHONPATH": str(ROOT), **more}


@contextmanager
def collecting(home: Path, *, before: str = "", **more: str) -> Iterator[Running]:
    """``kept collect`` for real.

    ``before``: Python that runs first in its process, like a limit on the size of files.
    """
    code = (
        f"import sys, runpy\n{before}\nsys.argv = ['kept', 'collect']\nrunpy.run_module('kept',"
        " run_name='__main__')"
    )
    command = [sys.executable, "-c", code] if before else [sys.executable, "-m", "kept", "collect"]
    begun = (state.read(home / "visits") or state.State()).begun
    process = subprocess.Popen(command, env=environ(home, **more), stderr=subprocess.PIPE, text=True)
    it = Running(process, home)
    try:
        # Its own start, and no file that one before it left.
        it.wait(lambda: (now := state.read(it.root)) and now.begun > begun, 20)
        yield it
    finally:
        if process.poll() is None:
            it.end(signal.SIGKILL)
