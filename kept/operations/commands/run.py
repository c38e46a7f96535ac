"""``kept run``: the web, the worker, and what runs beside them, until Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import http.client
import json
import os
import sys
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from kept import environment
from kept.operations.processes import side_processes
from kept.operations.processes.supervisor import is_taken, supervise
from kept.operations.serving.sockets import allow_connections
from kept.terminal import Stop, tally

HELP = "Start the portal: the web, the worker and the collector of visits."
# Milliseconds for the headers of a request, and for the next request on a connection.
HEADERS_WITHIN = 10_000
# Bytes. A proxy passes on 8 to 32 KiB at most.
MOST_HEADERS = 65_536
# Of each web process: an open connection costs some ten KiB and no thread.
MOST_CONNECTIONS = 4096
# The roof over the processes needs no Django of its own, and so costs little memory.
DJANGO = False
PROMISES = "/privacy/promises.json"
RUNNING = "running"
"""In the home: where its portal is reached, and held for as long as it runs."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, default=None, help="the port to listen on (the one of KEPT_SITE, else 8000)"
    )


def run(options: argparse.Namespace) -> int:
    values = environment.read()
    site = urlsplit(values["KEPT_SITE"])
    port = options.port or _own_port(site.port)
    _look_first(values, port)
    environ = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        # The 19 MiB of every password that is checked go back to the machine, instead of staying with each
        # thread (glibc).
        "MALLOC_MMAP_THRESHOLD_": os.environ.get("MALLOC_MMAP_THRESHOLD_", str(1 << 20)),
        # The C library gives each thread a heap of its own, and none of them back; our threads wait for one
        # lock most of the time.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
        "MALLOC_TRIM_THRESHOLD_": os.environ.get("MALLOC_TRIM_THRESHOLD_", str(1 << 17)),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(environment.ROOT), os.environ.get("PYTHONPATH")])),
    }
    if site.hostname == "localhost" and site.port != port:
        environ["KEPT_SITE"] = f"http://localhost:{port}"
    address = environ.get("KEPT_SITE") or values["KEPT_SITE"]
    announce = _Announcement(values, port, address)
    apart = {process.name: process for process in side_processes.processes(environ)}
    commands = {"web": _web(values, port), "worker": [sys.executable, "-m", "kept", "worker"]}
    allow_connections()
    commands |= {name: process.command for name, process in apart.items()}
    with _hold(values["KEPT_HOME"], address, port):
        return supervise(
            commands,
            environ=environ,
            once_up=announce,
            apart={name: process.environ for name, process in apart.items()},
        )


def _web(values: dict[str, Any], port: int) -> list[str]:
    granian = [sys.executable, "-m", "granian", "kept.asgi:application", "--interface", "asginl"]
    place = ["--host", values["KEPT_BIND"], "--port", str(port), "--workers", str(_processes(values))]
    # Static files are compressed and named by whitenoise; nothing here speaks WebSocket. HTTP/1 alone is what
    # proxies speak.
    serving = ["--no-ws", "--http", "1", "--workers-kill-timeout", "8s"]
    # Whoever sends no whole header in this time, or nothing after an answer, is left: nobody waits longer
    # than that.
    waiting = ["--http1-header-read-timeout", str(HEADERS_WITHIN), "--http1-buffer-size", str(MOST_HEADERS)]
    room = ["--backlog", "2048", "--backpressure", str(MOST_CONNECTIONS)]
    # No log of requests, whatever the environment says: it would keep addresses.
    return [*granian, *place, *serving, *waiting, *room, "--log-level", "warning", "--no-access-log"]


def _processes(values: dict[str, Any]) -> int:
    """SQLite has one writer at a time, so a second process would mostly wait for the first."""
    by_itself = 1 if values["KEPT_DATABASE_URL"] is None else min(os.cpu_count() or 1, 2)
    return int(values["KEPT_WORKERS"] or by_itself)


def _look_first(values: dict[str, Any], port: int) -> None:
    home: Path = values["KEPT_HOME"]
    if not home.is_dir() or (values["KEPT_DATABASE_URL"] is None and not (home / "kept.sqlite3").exists()):
        raise Stop(
            f"There is no portal in {home} yet. Make one: `kept demo` to try it out, `kept setup` for a real"
            " one.",
            code=1,
        )
    if not values["KEPT_MASTER_KEY_FILE"].is_file():
        raise Stop(
            f"The master key {values['KEPT_MASTER_KEY_FILE']} is missing, so nothing sealed can be read. Put"
            " it back.",
            code=1,
        )
    if not os.access(home, os.W_OK):
        raise Stop(f"{home} cannot be written. The portal needs a disk that it may write to.", code=1)
    if values["KEPT_DEMO"] and values["KEPT_BIND"] not in {"127.0.0.1", "::1"}:
        raise Stop(
            "The demo company has well-known passwords and listens on localhost only. Leave KEPT_BIND out.",
            code=2,
        )
    if is_taken(port):
        raise Stop(f"Something already listens on port {port}. {_instead(home, port)}", code=1)


def _instead(home: Path, port: int) -> str:
    """What to do where the port is taken: it may well be the very portal that was to be started."""
    runs_at = _runs_at(home)
    if runs_at:
        return f"The portal of {home} runs already: open {runs_at}. {_BESIDE.format(port=port + 1)}"
    return (
        f"Stop it, or choose another: kept run --port {port + 1} (or KEPT_SITE=http://localhost:{port + 1}"
        " make run)"
    )


_BESIDE = (
    "To have a second one beside it, give it a home and a port of its own: KEPT_HOME=~/.kept-2"
    " KEPT_SITE=http://localhost:{port} make run"
)


def _runs_at(home: Path) -> str:
    """The address of the portal that holds this home now; "" where none does."""
    try:
        with (home / RUNNING).open("r") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip()
    except OSError:
        pass
    return ""


def _hold(home: Path, site: str, port: int) -> TextIO:
    """Put down where this portal is reached, in a file that is held for as long as it is open, whatever ends
    this process.

    Where another one holds it, whoever started this one is told: both work on one database, and only the
    first on purpose.
    """
    file = (home / RUNNING).open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(
            f"The portal of {home} runs already at {_runs_at(home)}; this is a second door to the same data.",
            file=sys.stderr,
        )
        print(_BESIDE.format(port=port), file=sys.stderr, flush=True)
        return file
    file.truncate(0)
    file.write(f"{site}\n")
    file.flush()
    return file


MEASURED_WITHIN = 60.0
"""Seconds.

The worker asks every proof when it begins; on a slow machine the count is said without those that are not
through.
"""


class _Announcement:
    """Asks whether the portal is ready; when it is, says once where it is and who can sign in, then what is
    kept.
    """

    def __init__(self, values: dict[str, Any], port: int, site: str) -> None:
        self.values, self.port, self.site = values, port, site
        self._ready_since, self._next = 0.0, 0.0
        self._told: set[str] = set()

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._ready_since:
            if not self._is_ready():
                return False
            self._ready_since = now
            print(f"\nKept is ready: {self.site}", flush=True)
            mark: Path = self.values["KEPT_HOME"] / environment.DEMO_MARK
            if mark.exists():
                print(demo_sign_ins(json.loads(mark.read_text(encoding="utf-8"))), flush=True)
        return now >= self._next and self._say_what_is_kept(now)

    def _is_ready(self) -> bool:
        """Why it is not is said once, in the portal's own sentences, and not left to whoever reads the
        log.
        """
        answer = self._ask("/health/ready")
        if answer is None:
            return False
        status, body = answer
        for reason in json.loads(body).get("because", []) if status == 503 else ():
            if reason not in self._told:
                self._told.add(reason)
                print(f"Not ready yet: {reason}", file=sys.stderr, flush=True)
        return status == 200

    def _say_what_is_kept(self, now: float) -> bool:
        """The last line of the start, once every proof has been asked.

        Where the web is too busy to answer it is asked again, for as long as that takes: a start always ends
        with this line.
        """
        self._next = now + 1.0
        said = self._get(PROMISES)
        if said is None:
            return False
        count = json.loads(said)["count"]
        if count.get("unmeasured") and now - self._ready_since < MEASURED_WITHIN:
            return False
        print(f"{tally(count)}. Each with its proof: {self.site}/privacy/promises/", flush=True)
        return True

    def _get(self, path: str) -> bytes | None:
        answer = self._ask(path)
        return answer[1] if answer and answer[0] == 200 else None

    def _ask(self, path: str) -> tuple[int, bytes] | None:
        """Status and body; None where nobody answers."""
        connection = http.client.HTTPConnection(_reached_at(self.values["KEPT_BIND"]), self.port, timeout=2)
        # Behind a proxy that speaks https, whoever asks on this machine stands where the proxy stands.
        proto = {"X-Forwarded-Proto": "https"} if self.site.startswith("https://") else {}
        try:
            connection.request("GET", path, headers={"Host": urlsplit(self.site).netloc, **proto})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def demo_sign_ins(mark: dict[str, Any]) -> str:
    """The cast and their password, as printed by `kept demo` and `kept run`."""
    people = "\n".join(f"  {email:<22}{what}" for email, what in mark["people"].items())
    serials = ", ".join(mark["serials"])
    return f"""
This is the demo company. Sign in as
{people}
with the password: {mark["password"]}
Serial numbers that nobody has registered yet: {serials}
"""


def _reached_at(bind: str) -> str:
    """Where this machine reaches what listens on ``bind``: every address, or one."""
    return "localhost" if ip_address(bind).is_unspecified else bind


def _own_port(of_site: int | None) -> int:
    return of_site or 8000


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port. Write a number from 1 to 65535.")
    return int(text)
