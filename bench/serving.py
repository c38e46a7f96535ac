"""``kept demo`` and ``kept run`` as anybody starts them, in a home and a database of their own; and a small
client with cookies.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

DATABASE = "bench_served"
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Served:
    """``made`` and ``ready``: seconds that ``kept demo`` and ``kept run`` took, until the portal said that it
    is ready.
    """

    port: int
    made: float
    ready: float
    roof: int

    def memory(self) -> tuple[float, float]:
        """MiB of everything ``kept run`` started: as if nothing were shared (RSS), and with what is shared
        counted once (PSS).
        """
        pids = _below(self.roof)
        return (
            sum(_kibibytes(pid, "Rss") for pid in pids) / 1024,
            sum(_kibibytes(pid, "Pss") for pid in pids) / 1024,
        )


@dataclass
class Client:
    """One visitor: a connection that stays open, and cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        headers = {
            "Host": f"localhost:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://localhost:{self.port}",
            }
            body = urlencode(form)
        self._connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read()

    def form(self, path: str) -> dict[str, str]:
        """The token of the form at an address."""
        status, page = self.ask(path)
        found = _TOKEN.search(page)
        assert status == 200 and found, f"{path}: {status}"
        return {"csrfmiddlewaretoken": found[1].decode()}


@contextmanager
def served() -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = _environ(port)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "kept", "demo"], env=environ, check=True, stdout=subprocess.DEVNULL)
    made = time.perf_counter()
    roof = subprocess.Popen(
        [sys.executable, "-m", "kept", "run", "--port", str(port)], env=environ, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port, roof)
        yield Served(port, made - began, time.perf_counter() - made, roof.pid)
    finally:
        roof.terminate()
        roof.wait(30)


def _environ(port: int) -> dict[str, str]:
    home = Path(settings.KEPT_HOME).with_name("served")
    environ = {
        **os.environ,
        "KEPT_HOME": str(home),
        "KEPT_SITE": f"http://localhost:{port}",
        "DJANGO_SETTINGS_MODULE": "bench.unlimited",
    }
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            cursor.execute(f"CREATE DATABASE {DATABASE}")
        environ["KEPT_DATABASE_URL"] = urlunsplit(
            urlsplit(os.environ["KEPT_DATABASE_URL"])._replace(path=f"/{DATABASE}")
        )
    return environ


def _wait(port: int, roof: subprocess.Popen[bytes], patience: float = 60) -> None:
    last = time.monotonic() + patience
    while time.monotonic() < last:
        assert roof.poll() is None, "kept run ended by itself."
        try:
            if Client(port).ask("/health/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError("kept run did not become ready.")


def _below(roof: int) -> set[int]:
    parents = {int(file.parent.name): _parent(file) for file in Path("/proc").glob("[0-9]*/stat")}
    found: set[int] = {roof}
    before: set[int] = set()
    while found != before:
        before = set(found)
        found |= {pid for pid, parent in parents.items() if parent in found}
    return found


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _kibibytes(pid: int, what: str) -> int:
    """Of a process that lets nobody look into it, like the collector, all that is resident."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except PermissionError:
        lines, what = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines(), "VmRSS"
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
