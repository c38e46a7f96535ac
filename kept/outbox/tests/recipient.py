"""A real recipient: a small server of its own that keeps what it is sent, and behaves as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kept.core.policy import loader
from kept.core.policy.model import Policy
from kept.testing import default_policy


class Recipient(ThreadingHTTPServer):
    """``mood``: stores (200 without a word), acknowledges, fails (503), hangs, drips (a byte now and then),
    moves (302).
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.mood = "acknowledges"
        self.calls: list[tuple[dict[str, str], dict[str, Any], str]] = []
        self.bodies: list[bytes] = []
        self.let_go = threading.Event()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/kept?for=portal"

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [message for _, message, _ in self.calls]

    @property
    def known(self) -> dict[str, dict[str, Any]]:
        """What it holds: by handle, the fields it was given, corrected and erased as it was told.

        A second message of one name changes nothing.
        """
        people: dict[str, dict[str, Any]] = {}
        for message in {headers["Idempotency-Key"]: message for headers, message, _ in self.calls}.values():
            if message["kind"] == "erasure":
                people.pop(message["handle"], None)
            elif message["kind"] in {"disclosure", "correction"}:
                people.setdefault(message["handle"], {}).update(message.get("values", {}))
        return people


class _Desk(BaseHTTPRequestHandler):
    server: Recipient

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mood, message = self.server.mood, json.loads(body)
        if mood == "hangs":
            self.server.let_go.wait(30)
            return
        if mood == "fails":
            self._say(503, b"")
            return
        if mood == "moves":
            self._say(302, b"", Location="http://127.0.0.1:1/elsewhere")
            return
        self.server.calls.append((dict(self.headers), message, self.path))
        self.server.bodies.append(body)
        if mood == "drips":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with suppress(OSError):  # it was hung up on
                while not self.server.let_go.wait(0.05):
                    self.wfile.write(b"X: y\r\n")
            return
        said = (
            {"acknowledged": message["acknowledge"]["token"]} if mood == "acknowledges" else {"thanks": True}
        )
        self._say(200, json.dumps(said).encode())

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """Tests are quiet."""


@contextmanager
def listening() -> Iterator[Recipient]:
    server = Recipient()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()


def policy_with(**endpoints: str) -> Policy:
    """The default policy, with the machine of each of these recipients: ``service_partner="http://…"``."""
    files = dict(default_policy().files)
    for name, endpoint in endpoints.items():
        heading = f"[{name.replace('_', '-')}]\n"
        assert heading in files["recipients.toml"]
        files["recipients.toml"] = files["recipients.toml"].replace(
            heading, f'{heading}endpoint = "{endpoint}"\n'
        )
    return loader.from_files(files)
