"""``kept check``: the comparison alone, and as a command from nothing to its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from bench.figure import Figure, at_most, reported
from bench.measure import typical
from bench.scale import Scale
from kept.core.register.checking.check import findings


def run(scale: Scale) -> Iterator[Figure]:
    rounds = min(scale.heavy, 5)
    yield reported("the comparison inside the process", typical(findings, rounds=rounds), "s")
    yield at_most("kept check, the whole command", typical(_command, rounds=rounds), "s", 2)


def _command() -> None:
    # It answers 1 where something differs; what it costs is asked here, not what it finds.
    said = subprocess.run(
        [sys.executable, "-m", "kept", "check"], env=os.environ, capture_output=True, check=False
    )
    assert said.returncode in (0, 1), said.stderr.decode()
