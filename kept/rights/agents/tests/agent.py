"""A real agent, as it would be written by a stranger who read docs/drp.md: it signs with a key of its own and
speaks HTTP, nothing else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

BUSINESS = "LOCALHOST"


def key_of(name: str) -> Ed25519PrivateKey:
    """A key for tests, made from its name: the published vectors must come out the same each time."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"kept test vectors: {name}".encode()).digest())


def pack(key: Ed25519PrivateKey, signed: bytes) -> str:
    return base64.b64encode(key.sign(signed) + signed).decode()


@dataclass
class Agent:
    """``send(method, path, body, headers) -> (status, bytes, headers)`` is how it reaches the portal:
    Django's client, or a socket.
    """

    id: str
    name: str = "Permission Please"
    send: Callable[..., tuple[int, bytes, Any]] = field(default=lambda *a: through_client(*a))
    token: str = ""

    @property
    def key(self) -> Ed25519PrivateKey:
        return key_of(self.id)

    @property
    def entry(self) -> dict[str, str]:
        return {
            "id": self.id,
            "name": self.name,
            "verify_key": base64.b64encode(self.key.public_key().public_bytes_raw()).decode(),
            "web_url": "https://agent.example.org",
            "identity_assurance_url": "https://agent.example.org/assurance",
            "technical_contact": "tech@agent.example.org",
            "business_contact": "privacy@agent.example.org",
        }

    def envelope(self, now: datetime | None = None, **more: Any) -> dict[str, Any]:
        now = now or datetime.now(UTC)
        said = {
            "agent-id": self.id,
            "business-id": BUSINESS,
            "issued-at": now.isoformat(),
            "expires-at": (now + timedelta(minutes=10)).isoformat(),
        }
        return {**said, "drp.version": "1.0", **more}

    def sign(self, said: Any) -> str:
        return pack(self.key, json.dumps(said).encode())

    def connect(self) -> str:
        answered = self.call("POST", f"/v1/agent/{self.id}", self.sign(self.envelope()), bearer=False)
        assert answered[0] == 200, answered
        self.token = answered[1]["token"]
        return self.token

    def exercise(self, right: str = "access", now: datetime | None = None, **more: Any) -> tuple[int, Any]:
        return self.call(
            "POST", "/v1/data-rights-request", self.sign(self.envelope(now, exercise=right, **more))
        )

    def ask(self, right: str = "access", **more: Any) -> dict[str, Any]:
        status, said = self.exercise(right, **more)
        assert status == 200, said
        return said

    def status(self, id: str) -> dict[str, Any]:
        status, said = self.call("GET", f"/v1/data-rights-request/{id}")
        assert status == 200, said
        return said

    def revoke(self, id: str, reason: str = "I changed my mind") -> tuple[int, Any]:
        return self.call("DELETE", f"/v1/data-rights-request/{id}", self.sign({"reason": reason}))

    def call(self, method: str, path: str, body: str = "", *, bearer: bool = True) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if bearer and self.token else {}
        status, content, told = self.send(method, path, body.encode(), headers)
        assert told["Content-Type"] == "application/json", (path, told["Content-Type"])
        return status, json.loads(content) if content else None


def through_client(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, Any]:
    client = Client(enforce_csrf_checks=True)
    answer = client.generic(method, path, body, content_type="text/plain" if body else "", headers=headers)
    return answer.status_code, answer.content, answer
