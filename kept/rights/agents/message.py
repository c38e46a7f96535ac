"""A signed message: base64( Ed25519 signature, 64 bytes ‖ JSON ).

Checked in the order of the protocol's section 3.07, then what is ours.

Plain functions of bytes and a clock: they read no database, and nothing a stranger sends makes them raise
anything but Refused.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from kept.core.ledger.notes.signed_note import SignatureWrong, verify_raw
from kept.rights.agents.directory import Agent

LARGEST = 64 * 1024
"""Bytes of a body. A message with every claim filled to the brim has a quarter of it."""
DEEPEST = 6
SIGNATURE = 64
VERSIONS = ("1.0", "0.9.4", "0.9.3")
"""What is signed has been the same since 0.9.3; later ones only add keys that may be left out."""
SKEW = timedelta(seconds=60)
"""How far the agent's clock may be ahead of ours. None behind: a message that has expired has expired."""
LONGEST_LIFE = timedelta(hours=24)
"""The protocol advises ten minutes. Each message is remembered until it expires, so its life has an end."""


class Refused(Exception):
    """The protocol's own error: HTTP status, one sentence, and whether sending it again is of no use
    (``fatal``).
    """

    def __init__(self, status: int, message: str, *, fatal: bool = True) -> None:
        super().__init__(message)
        self.status, self.message, self.fatal = status, message, fatal


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who wrote to whom, and how long it holds. ``digest`` names what was signed, so that it counts once."""

    issued_at: datetime
    expires_at: datetime
    version: str
    digest: str


def unpack(body: bytes, agent: Agent) -> dict[str, Any]:
    """The JSON object this agent signed.

    Raises Refused: 413, 400 for what is no message, 403 for another's signature.
    """
    return read(verified(body, agent))


def verified(body: bytes, agent: Agent) -> bytes:
    """The bytes this agent signed. Raises Refused."""
    if len(body) > LARGEST:
        raise Refused(413, f"A message has at most {LARGEST} bytes.")
    try:
        packed = base64.b64decode(b"".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused(400, "The body is not base64.") from None
    signature, signed = packed[:SIGNATURE], packed[SIGNATURE:]
    if not signed:
        raise Refused(400, "The body is too short: a signature of 64 bytes comes first, then the JSON.")
    try:
        verify_raw(agent.verify_key, signed, signature)
    except SignatureWrong:
        raise Refused(403, "The signature does not fit the message and the key in the directory.") from None
    return signed


def read(signed: bytes) -> dict[str, Any]:
    """One JSON object, each key once, no deeper than ``DEEPEST``. Raises Refused."""
    if _depth(signed) > DEEPEST:
        raise Refused(400, f"The JSON is nested deeper than {DEEPEST} levels.")
    try:
        said = json.loads(signed.decode("utf-8"), object_pairs_hook=_once, parse_constant=_nothing)
        # Half a surrogate pair is JSON, and no text that could be kept.
        json.dumps(said, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refused(400, "What was signed is not JSON in UTF-8 with each key once.") from None
    if not isinstance(said, dict):
        raise Refused(400, "What was signed is not a JSON object.")
    return said


def envelope(said: dict[str, Any], signed: bytes, *, agent: Agent, business: str, now: datetime) -> Envelope:
    """Raises Refused unless this agent wrote it, to this business, for this moment, in a version we speak."""
    if said.get("agent-id") != agent.id:
        raise Refused(403, "agent-id is not the agent whose token and key these are.")
    if said.get("business-id") != business:
        raise Refused(403, f"business-id is not ours. We are {business}.")
    issued, expires = moment(said, "issued-at"), moment(said, "expires-at")
    if issued > now + SKEW:
        raise Refused(
            400,
            "issued-at lies in the future. Set the clock that made it, and send a new message.",
            fatal=False,
        )
    if expires <= now:
        raise Refused(400, "The message has expired (expires-at). Sign a new one.")
    if expires <= issued or expires - issued > LONGEST_LIFE:
        raise Refused(400, "A message lives from issued-at to expires-at, for 24 hours at most.")
    version = said.get("drp.version")
    if version not in VERSIONS:
        raise Refused(400, f"drp.version is none we speak. We speak {', '.join(VERSIONS)}.")
    return Envelope(issued, expires, version, sha256(agent.id.encode() + b"\n" + signed).hexdigest())


def moment(said: dict[str, Any], key: str) -> datetime:
    text = said.get(key)
    try:
        if not isinstance(text, str) or len(text) > 40:
            raise ValueError
        found = datetime.fromisoformat(text)
        if found.tzinfo is None or not 2000 <= found.year <= 9000:
            raise ValueError
    except ValueError:
        raise Refused(
            400, f"{key} is not an ISO 8601 time with its offset, like 2026-11-25T09:30:00+00:00."
        ) from None
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _nothing(constant: str) -> None:
    raise ValueError(constant)


def _depth(text: bytes) -> int:
    """How deep brackets nest, outside strings; counted before anything recursive reads them."""
    deep = most = 0
    quoted = escaped = False
    for sign in text:
        if quoted:
            escaped, quoted = sign == 0x5C and not escaped, sign != 0x22 or escaped
        elif sign == 0x22:
            quoted = True
        elif sign in b"[{":
            deep += 1
            most = max(most, deep)
        elif sign in b"]}":
            deep -= 1
    return most
