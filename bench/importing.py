"""A web server's log of three million lines (`--size full`; thirty days, 11,000 agents, 22 % IPv6) imported
by `kept visits import`, from the start of the command to the months' sums, in turns with GoAccess, from log
to report. The limits beside: reading the file, and unpacking it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import IO

from bench.figure import Figure, at_most, reported
from bench.scale import FULL, Scale

EACH = 3
"""Lines for each entry of the scale."""
TIMES = 3.0
LOOK = 0.05
"""Seconds between two looks at a process."""
LONGER = 10
"""How much longer the log is whose memory is measured."""
MEMORY = 1024.0
MISSING = (
    "GoAccess is not installed, so nothing stands beside the import. bin/bench installs it on Debian, where"
    " it may: apt-get install goaccess"
)


@dataclass(frozen=True, slots=True)
class Ran:
    """Seconds on the clock, and MiB at most at a time."""

    seconds: float
    memory: float
    said: str = ""


def run(scale: Scale) -> Iterator[Figure]:
    place = Path(tempfile.mkdtemp(prefix="kept-weblog-"))
    try:
        log = place / "access.log"
        # In a process of its own, which takes its memory along.
        subprocess.run(
            [sys.executable, "-m", "bench.weblog", str(log), str(scale.entries * EACH)], check=True
        )
        size = log.stat().st_size
        with log.open("rb") as stream:
            lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 24), b""))
        yield from _beside_goaccess(place, log, lines, min(scale.heavy, 3))
        yield reported(
            f"reading that log, {size / 1e6:,.0f} MB, and nothing else", lines / _read(log), "lines/s"
        )
        yield from _packed(place, log, lines)
        if scale == FULL:
            yield from _longer(place, log, lines)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _beside_goaccess(place: Path, log: Path, lines: int, rounds: int) -> Iterator[Figure]:
    peer = _goaccess()
    if not peer:
        print(f"  {MISSING}", flush=True)
    ours, theirs = [], []
    for number in range(rounds):
        turns: list[Callable[[], None]] = [lambda: ours.append(_kept(place, str(log)))]
        if peer:
            turns.append(lambda: theirs.append(_ran([*peer, str(log), "-o", str(place / "report.json")])))
        for turn in turns if number % 2 else reversed(turns):
            turn()
    speed = median(lines / one.seconds for one in ours)
    name = f"lines of a web server's log imported, of {lines:,}"
    if theirs:
        ratio = median(b.seconds / a.seconds for a, b in zip(ours, theirs, strict=True))
        beside = median(lines / one.seconds for one in theirs)
        yield Figure(name, speed, "lines/s", beside, _version(), ratio, f"≥ {TIMES:g} ×", ratio >= TIMES)
        yield reported("memory of GoAccess at most", max(one.memory for one in theirs), "MiB")
    else:
        yield reported(name, speed, "lines/s")
    summed = median(lines / (one.seconds - float(json.loads(one.said)["seconds_summing_up"])) for one in ours)
    yield reported("the same, without summing up the months", summed, "lines/s")
    yield at_most("memory of the import at most (RSS)", max(one.memory for one in ours), "MiB", MEMORY)
    yield reported(
        "lines counted, of a hundred", 100 * float(json.loads(ours[0].said)["counted"]) / lines, "lines"
    )


def _packed(place: Path, log: Path, lines: int) -> Iterator[Figure]:
    packed = place / "access.log.gz"
    with packed.open("wb") as out:
        subprocess.run(["gzip", "-1", "-c", str(log)], stdout=out, check=True)
    yield reported("the same log as .gz, imported", lines / _kept(place, str(packed)).seconds, "lines/s")
    yield reported(
        "the same, unpacked by gunzip and nothing else",
        lines / _ran(["gzip", "-dc", str(packed)]).seconds,
        "lines/s",
    )
    packed.unlink()


def _longer(place: Path, log: Path, lines: int) -> Iterator[Figure]:
    """Ten Octobers, one after the other, through a pipe: no file is that long."""

    def feed(pipe: IO[bytes]) -> None:
        with pipe, log.open("rb") as stream:
            for year in range(2026 - LONGER, 2026):
                stream.seek(0)
                for text in iter(lambda: stream.read(1 << 24) + stream.readline(), b""):
                    pipe.write(text.replace(b"/Oct/2026:", b"/Oct/%d:" % year))

    ran = _kept(place, "-", feed)
    yield at_most(
        f"memory of the import at most, {LONGER} times the length through a pipe", ran.memory, "MiB", MEMORY
    )
    yield reported("the same, imported", LONGER * lines / ran.seconds, "lines/s")


def _kept(place: Path, log: str, feed: Callable[[IO[bytes]], None] | None = None) -> Ran:
    """Into an empty folder, with the settings of the bench's own portal."""
    visits = place / "visits"
    shutil.rmtree(visits, ignore_errors=True)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")} | {
        "KEPT_VISITS": str(visits)
    }
    return _ran([sys.executable, "-m", "kept", "visits", "import", "--json", log], environ=environ, feed=feed)


def _ran(
    command: list[str],
    *,
    environ: dict[str, str] | None = None,
    feed: Callable[[IO[bytes]], None] | None = None,
) -> Ran:
    """Raises RuntimeError with what it said when it did not end well."""
    with tempfile.TemporaryFile() as said:
        began = perf_counter()
        # What unpacks a whole log says it to nobody.
        out = subprocess.DEVNULL if command[0] == "gzip" else said
        started = subprocess.Popen(
            command,
            env=environ,
            stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
            stdout=out,
            stderr=said,
        )
        if feed and started.stdin:
            threading.Thread(target=feed, args=(started.stdin,), daemon=True).start()
        memory = 0.0
        while started.poll() is None:
            memory = max(memory, _at_most(started.pid))
            with suppress(subprocess.TimeoutExpired):
                started.wait(LOOK)
        seconds = perf_counter() - began
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if started.returncode:
        raise RuntimeError(f"{command[0]} ended with {started.returncode}: {text[-500:]}")
    return Ran(seconds, memory, text)


def _at_most(process: int) -> float:
    """MiB, the most it ever had until now.

    What the system tells when it is over counts the process it was started from as well.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0
    )


def _read(log: Path) -> float:
    began = perf_counter()
    with log.open("rb", buffering=0) as stream:
        while stream.read(1 << 24):
            pass
    return perf_counter() - began


def _goaccess() -> list[str]:
    """How it is called: with both cores where its version knows how."""
    if not shutil.which("goaccess"):
        return []
    helped = subprocess.run(["goaccess", "--help"], capture_output=True, text=True, check=False).stdout
    return [
        "goaccess",
        "--log-format=COMBINED",
        "--no-global-config",
        "--no-progress",
        *(["-j2"] if "--jobs" in helped else []),
    ]


def _version() -> str:
    told = subprocess.run(["goaccess", "--version"], capture_output=True, text=True, check=False).stdout
    return told.splitlines()[0].strip().rstrip(".").replace(" - ", " ") if told else "GoAccess"
