"""``kept run`` for real: it serves, says where, stays small, and leaves nothing behind when it is told to
stop.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kept.operations.commands import run as run_command
from kept.operations.tests.conftest import Kept, environ
from kept.testing import free_port

# The limit of all processes together.
MOST_MEMORY = 350 * 1024


@dataclass
class Running:
    """``fresh``: the memory of all processes in KiB when it was ready, as if nothing were shared."""

    roof: subprocess.Popen[str]
    port: int
    fresh: int = 0

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(
            "GET", path, headers={"Host": f"localhost:{self.port}", "Accept-Encoding": "gzip", **headers}
        )
        return connection.getresponse()

    def processes(self) -> dict[int, list[str]]:
        """The roof and everything below it, with their command lines."""
        parents = {int(file.parent.name): _parent(file) for file in Path("/proc").glob("[0-9]*/stat")}
        found, before = {self.roof.pid}, set()
        while found != before:
            before = set(found)
            found |= {pid for pid, parent in parents.items() if parent in found}
        return {pid: _command(pid) for pid in found}


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def _memory(pid: int) -> int:
    """What is resident, in KiB (VmRSS, proc_pid_status(5))."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


@contextmanager
def running(home: Path, **more: str) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, "-m", "kept", "run", "--port", str(port)]
    roof = subprocess.Popen(
        command, env={**environ(home), **more}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    it = Running(roof, port)
    try:
        _until_ready(it)
        it.fresh = sum(_memory(pid) for pid in it.processes())
        yield it
    finally:
        roof.terminate()
        roof.communicate(timeout=30)


def _until_ready(it: Running) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and it.roof.poll() is None:
        try:
            if it.get("/health/ready").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    it.roof.terminate()
    raise AssertionError(it.roof.communicate(timeout=30)[0])


@pytest.fixture(scope="module")
def portal(demo: Path) -> Iterator[Running]:
    with running(demo) as it:
        yield it


def test_it_serves_pages_with_static_files_kept_for_ever(portal: Running) -> None:
    page = portal.get("/").read()
    # Compressed together with a token, a page would give the token away (BREACH).
    assert not page.startswith(b"\x1f\x8b")
    style = next(
        word for word in page.decode().split('"') if word.startswith("/static/") and word.endswith(".css")
    )
    answer = portal.get(style)
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"


def test_everything_it_starts_stays_small(portal: Running) -> None:
    assert 0 < portal.fresh < MOST_MEMORY


def test_a_second_copy_on_the_same_port_is_refused(portal: Running, demo: Path, kept: Kept) -> None:
    said = kept(demo, "run", "--port", str(portal.port))
    assert said.returncode == 1
    assert f"Something already listens on port {portal.port}" in said.stderr
    assert f"runs already: open http://localhost:{portal.port}" in said.stderr and "KEPT_HOME=" in said.stderr
    assert portal.get("/health/live").status == 200


def test_it_says_where_it_is_and_who_can_sign_in_and_leaves_no_orphan(demo: Path) -> None:
    with running(demo) as it:
        time.sleep(1.5)
        children = set(it.processes()) - {it.roof.pid}
        assert len(children) >= 3
        it.roof.send_signal(signal.SIGTERM)
        said, _ = it.roof.communicate(timeout=30)
    assert it.roof.returncode == 0
    assert f"http://localhost:{it.port}" in said and "127.0.0.1" not in said
    assert "alice@example.com" in said
    assert "promises: " not in said or " 0 broken" in said
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists() and _command(pid) != [""]]


def test_its_start_ends_with_what_is_kept_and_a_second_door_to_the_same_data_says_so(
    portal: Running, demo: Path
) -> None:
    with running(demo) as it:
        lines: list[str] = []
        assert it.roof.stdout
        # One that never says it fails the test, and does not hold it up for ever.
        patience = threading.Timer(240, it.roof.kill)
        patience.start()
        while not any("promises:" in line for line in lines) and len(lines) < 200:
            lines.append(it.roof.stdout.readline())
        patience.cancel()
    assert re.fullmatch(
        r"\d+ promises: \d+ kept, .*0 broken\. Each with its proof: http://localhost:\d+/privacy/promises/\n",
        lines[-1],
    )
    assert any(f"runs already at http://localhost:{portal.port}" in line for line in lines)


def test_the_last_line_of_a_start_waits_for_a_web_that_is_too_busy_to_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once it was left out, a minute after the start, where one answer came too late."""
    count = b'{"count": {"kept": 3, "broken": 0}}'
    answers = iter([(200, b"{}"), None, None, (200, count)])
    announce = run_command._Announcement(
        {"KEPT_HOME": tmp_path, "KEPT_BIND": "127.0.0.1"}, 8000, "http://here"
    )
    monkeypatch.setattr(announce, "_ask", lambda path: next(answers))
    clock = iter([100.0, 200.0, 300.0])
    monkeypatch.setattr(run_command.time, "monotonic", lambda: next(clock))
    assert [announce() for _ in range(3)] == [False, False, True]
    assert capsys.readouterr().out.endswith(
        "3 promises: 3 kept, 0 broken. Each with its proof: http://here/privacy/promises/\n"
    )


BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}


def test_no_request_is_logged_and_a_trusted_proxy_is_believed(demo: Path) -> None:
    """Whatever the environment says of access logs; with a header as long as the server takes, and with the
    visitor's address in the right place.
    """
    canadian, belgian = "142.150.1.1", "193.190.198.1"
    with running(
        demo, GRANIAN_LOG_ACCESS_ENABLED="true", GRANIAN_LOG_LEVEL="info", KEPT_PROXIES="127.0.0.1"
    ) as it:
        told = {
            name: (
                b"You seem to be in Canada"
                in it.get("/?q=badger", **BROWSER, **{"X-Forwarded-For": header}).read()
            )
            for name, header in {
                "last": f"{belgian}, {canadian}",
                "first": f"{canadian}, {belgian}",
                "long": f"{canadian}, " * 5_000,
            }.items()
        }
        # The roof looks five times a second whether the web is ready.
        time.sleep(1.5)
        it.roof.terminate()
        said, _ = it.roof.communicate(timeout=30)
    assert told == {"last": True, "first": False, "long": False}
    assert "Kept is ready" in said
    assert not [word for word in ("badger", canadian, belgian, "127.0.0.1", "Firefox", "GET") if word in said]


def test_a_killed_worker_stops_the_rest_and_the_next_start_takes_its_jobs(demo: Path) -> None:
    with running(demo) as it:
        worker = next(pid for pid, command in it.processes().items() if command[-2:-1] == ["worker"])
        os.kill(worker, signal.SIGKILL)
        said, _ = it.roof.communicate(timeout=30)
        assert it.roof.returncode == 1
        assert "The worker process ended by itself" in said
    with running(demo) as again:
        assert again.get("/health/ready").status == 200


def test_it_refuses_to_start_while_policy_and_program_differ(demo: Path, tmp_path: Path, kept: Kept) -> None:
    settings = tmp_path / "lacking.py"
    settings.write_text(
        "from kept.settings import *\nINSTALLED_APPS = [*INSTALLED_APPS, 'django.contrib.sites']\nSITE_ID"
        " = 1\n"
    )
    env = {
        "DJANGO_SETTINGS_MODULE": "lacking",
        "PYTHONPATH": f"{environ(demo)['PYTHONPATH']}{os.pathsep}{tmp_path}",
    }
    for command in (["worker"], ["run", "--port", "8765"]):
        said = kept(demo, *command, env=env)
        assert said.returncode == 1
        assert "Kept does not start:\nkept.E002" in said.stderr
        assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("workers", "database", "cores", "processes"),
    [(0, None, 8, 1), (0, {}, 1, 1), (0, {}, 8, 2), (3, None, 2, 3)],
)
def test_how_many_web_processes_there_are(
    monkeypatch: pytest.MonkeyPatch, workers: int, database: object, cores: int, processes: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert run_command._processes({"KEPT_WORKERS": workers, "KEPT_DATABASE_URL": database}) == processes
