"""The simulator as the process it is, and a policy in force that names it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Simulated:
    """``log``: the lines it wrote, one for each arrival."""

    address: str
    key: str
    file: Path

    def behave(self, recipient: str, mood: str) -> None:
        self._ask("PUT", recipient, mood.encode())

    def held(self, recipient: str) -> dict[str, Any]:
        return dict(self._ask("GET", recipient)["held"])

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    def _ask(self, method: str, recipient: str, body: bytes = b"") -> dict[str, Any]:
        parts = urlsplit(self.address)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        connection.request(method, f"/{recipient}", body)
        said = json.loads(connection.getresponse().read())
        connection.close()
        return dict(said)


@contextmanager
def simulated(home: Path, *, portal: str = "") -> Iterator[Simulated]:
    command = [
        sys.executable,
        "-m",
        "kept",
        "simulate",
        "--port",
        "0",
        "--home",
        str(home),
        "--portal",
        portal,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = said.partition("at ")[2].partition("/<")[0]
        yield Simulated(address, said.strip().rpartition("with ")[2], home / "received.jsonl")
    finally:
        process.kill()
        process.wait()
