"""The processes of ``kept run`` under one roof: one dies, all end; SIGTERM to the roof leaves no orphan."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from kept.operations.processes import parent_death

LOOK = 0.2
PATIENCE = 12.0


def supervise(
    commands: Mapping[str, Sequence[str]],
    *,
    environ: Mapping[str, str],
    once_up: Callable[[], bool],
    apart: Mapping[str, Mapping[str, str]] | None = None,
) -> int:
    """Run the commands until one ends or a signal comes.

    ``once_up`` is asked again and again until it says True.

    ``apart``: the environments of those that do not get ``environ``, by their names.

    Returns 0 when stopped by a signal, otherwise 1 with a sentence on stderr naming what ended.
    """
    told = _Told()
    running = {name: _start(command, (apart or {}).get(name, environ)) for name, command in commands.items()}
    try:
        up = False
        while not told.to_stop:
            ended = {name: child.returncode for name, child in running.items() if child.poll() is not None}
            if ended:
                for name in ended:
                    print(f"The {name} process ended by itself, so the rest is stopped too.", file=sys.stderr)
                return 1
            up = up or once_up()
            time.sleep(LOOK)
        return 0
    finally:
        _end(running)


class _Told:
    """Whether a signal asked to stop."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, *_: object) -> None:
        self.to_stop = True


def _start(command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches the roof alone, which then ends everything in order.
    leashed = [sys.executable, parent_death.__file__, str(os.getpid()), *command]
    return subprocess.Popen(leashed, env=dict(environ), start_new_session=True, stdin=subprocess.DEVNULL)


def _end(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for child in running.values():
        _signal(child, signal.SIGTERM)
    last = time.monotonic() + PATIENCE
    for child in running.values():
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(last - time.monotonic(), 0.1))
        # The group may hold more than its leader: nothing of it stays behind.
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)


def is_taken(port: int) -> bool:
    """Whether something already listens there.

    The server would share the port without a word and serve beside it.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.settimeout(0.5)
                if probe.connect_ex((address, port)) == 0:
                    return True
        except OSError:
            continue
    return False
