"""A portal as an operator runs it: `kept demo` and `kept run` as processes, with a home of its own."""

from __future__ import annotations

import email
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import policy as letters
from pathlib import Path

from kept.operations.tests.demo_copies import demo_house
from kept.testing import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "otter lantern gravel"


def environ(home: Path, **more: str) -> dict[str, str]:
    """A clean environment: no setting of the machine, and none of the test run, gets in."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "DJANGO_"))}
    return {**plain, "KEPT_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


def kept(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own."""
    command = [sys.executable, "-m", "kept", *arguments]
    return subprocess.run(
        command, env=environ(home, **env), capture_output=True, text=True, timeout=180, check=False
    )


def script(home: Path, text: str, **env: str) -> subprocess.Popen[str]:
    """A Python script with the portal's settings loaded, in a process of its own."""
    begin = "import django\ndjango.setup()\n"
    surroundings = environ(home, DJANGO_SETTINGS_MODULE="kept.settings", **env)
    return subprocess.Popen(
        [sys.executable, "-c", begin + text],
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def make_demo(folder: Path) -> Path:
    """A home in the folder with the demo company, as ``kept demo`` has made it once for all walks."""
    return demo_house(folder).home


@dataclass
class Portal:
    """``log``: everything the processes wrote to stdout and stderr."""

    home: Path
    port: int
    log: Path
    roof: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def mails(self) -> list[str]:
        """Every mail that has left, as text with its headers, oldest first.

        An erasure may take some away while we look.
        """
        folder = self.home / "mail"
        found: list[tuple[int, bytes]] = []
        for file in folder.iterdir() if folder.is_dir() else ():
            with suppress(FileNotFoundError):
                found.append((file.stat().st_mtime_ns, file.read_bytes()))
        return [text for _, raw in sorted(found) for text in _messages(raw)]

    def code(self, *, to: str, known: int = 0) -> str:
        """The newest code sent to an address, once more than ``known`` mails to it are there."""
        return self.wait_for(lambda: _code([mail for mail in self.mails() if f"To: {to}" in mail][known:]))

    def wait_for(self, look: object, seconds: float = 30) -> str:
        """What ``look()`` finds, as soon as it finds something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := look():  # type: ignore[operator]
                return str(found)
            time.sleep(0.2)
        raise AssertionError(f"Nothing came within {seconds} s.")


def _messages(raw: bytes) -> Iterator[str]:
    """Django writes the mails of one connection into one file, with a line of dashes between them."""
    for part in re.split(rb"\n-{79}\n", raw):
        if part.strip():
            message = email.message_from_bytes(part.lstrip(), policy=letters.default)
            headers = "\n".join(f"{name}: {value}" for name, value in message.items())
            yield f"{headers}\n\n{message.get_content()}"


def _code(mails: list[str]) -> str:
    """The last number of six figures that ends a line, whatever the language says before it."""
    codes = [found[1] for mail in mails if (found := re.search(r"^\D*\b(\d{6})\.?$", mail, re.MULTILINE))]
    return codes[-1] if codes else ""


@contextmanager
def running(home: Path, **env: str) -> Iterator[Portal]:
    """``kept run`` on a free port until the block ends. Nothing of it stays behind."""
    port = free_port()
    log = home.with_name(f"{home.name}-{port}.log")
    command = [sys.executable, "-m", "kept", "run", "--port", str(port)]
    with log.open("wb") as out:
        roof = subprocess.Popen(command, env=environ(home, **env), stdout=out, stderr=subprocess.STDOUT)
    portal = Portal(home, port, log, roof)
    try:
        _until_ready(portal)
        yield portal
    finally:
        roof.send_signal(signal.SIGTERM)
        roof.wait(timeout=30)


def _until_ready(portal: Portal) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and portal.roof.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=5)
        try:
            connection.request("GET", "/health/ready", headers={"Host": f"localhost:{portal.port}"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    portal.roof.terminate()
    raise AssertionError(portal.log.read_text())
