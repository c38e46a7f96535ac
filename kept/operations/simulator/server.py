"""The machine of simulated recipients: POST /<recipient> takes a message, GET says what it holds, PUT changes
how it behaves.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kept.core.ledger.notes import signed_note
from kept.operations.simulator.mood import MOODS
from kept.operations.simulator.received import Received
from kept.outbox.http_signatures import COVERED, SignatureRefused, check, content_digest, signature_base

SLOW = 3.0
MOST = 256 * 1024
LABEL = "recipient"


class Simulator(ThreadingHTTPServer):
    """``portal``: the portal's public key, which every message must be signed with; "" takes any."""

    daemon_threads = True

    def __init__(self, home: Path, *, name: str, port: int, portal: str = "") -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        super().__init__(("127.0.0.1", port), Desk)
        self.received = Received(home / "received.jsonl")
        self.portal, self.moods, self.first = portal, dict[str, str](), b""
        self.key = _key(home / "key", name)
        self.stranger = signed_note.signer(signed_note.generate(name))

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_address[1]}"

    @property
    def public_key(self) -> str:
        return self.key.public_text


class Desk(BaseHTTPRequestHandler):
    server: Simulator
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self._name()
        self._say(
            200, {"received": self.server.received.of(name), "held": dict(self.server.received.held(name))}
        )

    def do_PUT(self) -> None:
        mood = self._body().decode("ascii", "replace").strip()
        if mood not in MOODS:
            self._say(400, {"error": f"Send one of: {', '.join(MOODS)}."})
            return
        self.server.moods[self._name()] = mood
        self._say(200, {"mood": mood})

    def do_POST(self) -> None:
        body, mood = self._body(), self.server.moods.get(self._name(), "acknowledges")
        if mood == "down":
            self._say(503, {"error": "Not now."})
        elif mood == "moves":
            self._say(302, {}, Location="http://127.0.0.1:9/elsewhere")
        elif refused := self._refusal(body):
            self.server.received.add(self._name(), body, key=self._key(), refused=refused)
            self._say(401, {"error": refused})
        else:
            self.server.received.add(self._name(), body, key=self._key(), refused="")
            self._answer(mood, json.loads(body))

    def _answer(self, mood: str, message: dict[str, Any]) -> None:
        said = {"acknowledged": message["acknowledge"]["token"]}
        if mood == "hangs":
            time.sleep(60)
            return
        if mood == "slow":
            time.sleep(SLOW)
        if mood == "stores":
            said = {"thanks": "yes"}
        elif mood == "wrong":
            said = {"acknowledged": "0" * 32}
        self.server.first = self.server.first or json.dumps(said).encode()
        raw = self.server.first if mood == "replays" else json.dumps(said).encode()
        key = self.server.stranger if mood == "forges" else None if mood == "unsigned" else self.server.key
        signed = self._signed(key, raw, {"@status": "200"}) if key else {}
        self._say_raw(200, raw, **signed)
        if mood == "denies":
            threading.Thread(target=self._deny, args=(message["acknowledge"],), daemon=True).start()

    def _deny(self, where: dict[str, str]) -> None:
        """A moment later, as who found out: signed, to the address the message named."""
        time.sleep(0.2)
        parts, raw = urlsplit(where["url"]), json.dumps({"denied": where["token"]}).encode()
        signed = self._signed(self.server.key, raw, {"@method": "POST", "@target-uri": where["url"]})
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        connection.request("POST", parts.path, raw, {"Content-Type": "application/json", **signed})
        connection.getresponse().read()
        connection.close()

    def _refusal(self, body: bytes) -> str:
        """Why it is not taken for the portal's; "" where it is."""
        if not self.server.portal:
            return ""
        headers = {name.lower(): value for name, value in self.headers.items()}
        derived = {"@method": "POST", "@target-uri": f"{self.server.address}{self.path}"}
        try:
            check(
                headers,
                body,
                derived=derived,
                must_cover=COVERED,
                keys=[self.server.portal],
                now=int(time.time()),
            )
        except SignatureRefused as refused:
            return str(refused)
        return ""

    def _signed(self, key: signed_note.Signer, body: bytes, derived: dict[str, str]) -> dict[str, str]:
        covered = [*derived, "content-digest"]
        known = {**derived, "content-digest": content_digest(body)}
        listed = " ".join(f'"{one}"' for one in covered)
        parameters = f'({listed});created={int(time.time())};keyid="{self.server.public_key}";alg="ed25519"'
        made = b64encode(signed_note.sign_http(key, signature_base(covered, known, parameters))).decode()
        return {
            "Content-Digest": known["content-digest"],
            "Signature-Input": f"{LABEL}={parameters}",
            "Signature": f"{LABEL}=:{made}:",
        }

    def _name(self) -> str:
        return urlsplit(self.path).path.strip("/")

    def _key(self) -> str:
        return str(self.headers.get("Idempotency-Key", "")).strip('"')

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MOST))

    def _say(self, status: int, said: dict[str, Any], **headers: str) -> None:
        self._say_raw(status, json.dumps(said, ensure_ascii=False).encode(), **headers)

    def _say_raw(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: Any) -> None:
        """What arrived stands in the file; the terminal is for people."""


def _key(file: Path, name: str) -> signed_note.Signer:
    """Its own key, made the first time."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(signed_note.generate(name), encoding="ascii")
    return signed_note.signer(file.read_text(encoding="ascii"))
