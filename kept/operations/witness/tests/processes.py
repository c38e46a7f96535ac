"""A witness as a process of its own, and how it is asked."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def witnessing(home: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The process, its public key and its address."""
    command = [sys.executable, "-m", "kept", "witness", "--home", str(home), "--port", "0"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("KEPT_", "DJANGO_"))}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
        try:
            assert process.stdout is not None
            key = process.stdout.readline().removeprefix("Witness ").strip()
            address = (
                process.stdout.readline()
                .removeprefix("Listening on ")
                .strip()
                .removesuffix("/add-checkpoint")
            )
            yield process, key, address
        finally:
            process.kill()


def ask(
    url: str, body: bytes, *, path: str = "/add-checkpoint", method: str = "POST"
) -> tuple[int, str, str]:
    """Status, media type and text of the answer."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=20)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type") or "", answer.read().decode()
    finally:
        connection.close()
