"""A real collector for tests, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kept.environment import ROOT
from kept.touchpoints.visits.sending import Sender
from kept.visits_log.collecting import state
from kept.visits_log.datagrams import Reading
from kept.visits_log.places import Places


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
