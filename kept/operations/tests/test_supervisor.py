"""Processes under one roof, with real ones: one ends, all end; SIGTERM and even SIGKILL leave no orphan."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kept.operations.processes.supervisor import is_taken

ROOF = """
import sys
from kept.operations.processes.supervisor import supervise
sleeper = [sys.executable, "-c", "import os, sys, time; "
           "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"]
stubborn = [sys.executable, "-c", "import os, signal, sys, time; "
            "signal.signal(signal.SIGTERM, signal.SIG_IGN); "
            "open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"]
quick = [sys.executable, "-c", "import time; time.sleep(0.5)"]
import kept.operations.processes.supervisor as module
module.PATIENCE = 1.0
place = sys.argv[1]
second = stubborn if "stubborn" in sys.argv else sleeper
commands = {"one": [*sleeper, place + "/one"], "two": [*second, place + "/two"]}
if "quick" in sys.argv:
    commands["quick"] = quick
sys.exit(supervise(commands, environ=dict(__import__("os").environ), once_up=lambda: True))
"""


def start(place: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ROOF, str(place), *more], stderr=subprocess.PIPE, text=True
    )


def pids(place: Path) -> list[int]:
    return [int(wait_for(place / name)) for name in ("one", "two")]


def wait_for(file: Path) -> str:
    for _ in range(100):
        if file.exists() and file.read_text():
            return file.read_text()
        time.sleep(0.1)
    raise AssertionError(f"{file.name} did not start")


def gone(pid: int, within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_in_order(tmp_path: Path, how: signal.Signals) -> None:
    roof = start(tmp_path)
    children = pids(tmp_path)
    roof.send_signal(how)
    assert roof.wait(10) == 0
    assert all(gone(pid) for pid in children)


def test_a_child_that_will_not_go_is_killed(tmp_path: Path) -> None:
    roof = start(tmp_path, "stubborn")
    children = pids(tmp_path)
    roof.terminate()
    assert roof.wait(10) == 0
    assert all(gone(pid) for pid in children)


def test_one_that_ends_takes_the_others_along_and_is_named(tmp_path: Path) -> None:
    roof = start(tmp_path, "quick")
    children = pids(tmp_path)
    _, said = roof.communicate(timeout=10)
    assert roof.returncode == 1
    assert "The quick process ended by itself" in said
    assert all(gone(pid) for pid in children)


def test_a_killed_roof_leaves_no_orphan(tmp_path: Path) -> None:
    roof = start(tmp_path)
    children = pids(tmp_path)
    roof.kill()
    roof.wait(10)
    assert all(gone(pid) for pid in children)


def test_a_taken_port_is_noticed() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert is_taken(port)
    assert not is_taken(port)
