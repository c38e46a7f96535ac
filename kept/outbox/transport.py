"""One POST to a recipient's machine: signed by the portal's own key (RFC 9421), named so that a second one is
known as the first, and never for long.

The address comes from the published policy and nowhere else; no redirect is followed, and no proxy is asked.
"""

from __future__ import annotations

import base64
import json
import logging
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from kept.core.ledger.notes import sign
from kept.outbox import sockets
from kept.outbox.http_signatures import COVERED, SignatureRefused, check, content_digest, signature_base
from kept.sentences import sentence

log = logging.getLogger("kept.outbox")
QUIET = 10.0
"""Seconds without a byte after which an answer is not waited for any longer, and twice that for all of it."""
MOST = 64 * 1024

RECIPIENTS = sockets.way(
    "recipients", sentence("What goes to a recipient of the policy, at the address the policy names")
)


class NotDelivered(Exception):
    """It did not arrive, or nobody said that it did. ``type`` is safe to keep."""

    def __init__(self, type: str) -> None:
        super().__init__(type)
        self.type = type


@dataclass(frozen=True, slots=True)
class Answer:
    """What a recipient said to a delivery that arrived. ``headers`` by names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def acknowledges(self, token: str, *, keys: Collection[str] = (), at: int = 0) -> bool:
        """Whether the body repeats the token, so that a proxy's or a mail scanner's "OK" is not taken for
        theirs.

        ``keys``: those the policy says they sign with; then nothing counts that is not signed by one.
        """
        try:
            said = json.loads(self.body)
        except ValueError:
            return False
        if not isinstance(said, dict) or said.get("acknowledged") != token:
            return False
        return not keys or self._is_signed(keys, at)

    def _is_signed(self, keys: Collection[str], at: int) -> bool:
        try:
            check(
                self.headers,
                self.body,
                derived={"@status": str(self.status)},
                must_cover=("@status", "content-digest"),
                keys=keys,
                now=at,
            )
        except SignatureRefused as refused:
            log.warning("An acknowledgement was not taken: %s", refused)
            return False
        return True


def post(endpoint: str, body: bytes, *, key: str, at: int) -> Answer:
    """Deliver one message, JSON as it is sent.

    ``key``: the idempotency key, the same at each try. ``at``: Unix time. Raises NotDelivered.
    """
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "kept",
        **signed(endpoint, body, key=key, at=at),
    }
    parts = urlsplit(endpoint)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    late = threading.Event()
    end = threading.Timer(2 * QUIET, _cut, (connection, late))
    end.daemon = True
    end.start()
    try:
        with RECIPIENTS.open(connection.host, connection.port):
            connection.request("POST", target, body, headers)
            answer = connection.getresponse()
            said = answer.read(MOST)
    except (OSError, HTTPException) as trouble:
        raise NotDelivered(type(trouble).__name__) from None
    finally:
        end.cancel()
        connection.close()
    if late.is_set():
        raise NotDelivered("TimeoutError")
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"HTTP {answer.status}")
    return Answer(answer.status, said, {name.lower(): value for name, value in answer.getheaders()})


def signed(endpoint: str, body: bytes, *, key: str, at: int) -> dict[str, str]:
    """The headers of an HTTP message signature over method, address, body (RFC 9530) and idempotency key."""
    headers = {"Content-Digest": content_digest(body), "Idempotency-Key": f'"{key}"'}
    known = {
        **{name.lower(): value for name, value in headers.items()},
        "@method": "POST",
        "@target-uri": endpoint,
        "content-type": "application/json",
    }
    covered = " ".join(f'"{name}"' for name in COVERED)
    parameters = f'({covered});created={at};keyid="{sign.public_key()}";alg="ed25519"'
    base = signature_base(COVERED, known, parameters)
    return {
        **headers,
        "Signature-Input": f"kept={parameters}",
        "Signature": f"kept=:{_b64(sign.sign_http(base))}:",
    }


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=QUIET, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=QUIET)


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    """Whoever answers a byte at a time is hung up on: other recipients wait.

    What came until then looks like a whole answer, and is none.
    """
    late.set()
    held = connection.sock
    if held is not None:
        try:
            held.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it had ended by itself


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
