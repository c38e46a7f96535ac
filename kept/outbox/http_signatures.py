"""HTTP message signatures (RFC 9421, Ed25519) over a content digest (RFC 9530): made and checked.

Plain Python. Components are names in small letters, derived ones with their ``@``.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kept.core.ledger.notes import signed_note

FRESH = 300
"""Seconds for which a signature counts, either way: clocks differ."""
COVERED = ("@method", "@target-uri", "content-digest", "content-type", "idempotency-key")
"""What the portal signs of a message to a recipient."""
_INPUT = re.compile(
    r'[a-z*][a-z0-9_.*-]*=(\(("[a-z0-9@-]+"(?: "[a-z0-9@-]+")*)\)((?:;[a-z]+=(?:"[^"\\]*"|\d+))*))'
)
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|(\d+))')
_SIGNATURE = re.compile(r"[a-z*][a-z0-9_.*-]*=:([A-Za-z0-9+/]{86}==):")


class SignatureRefused(Exception):
    """It is not signed, not by a key that is known, not over what must be covered, or not now."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a message says of its signature. ``parameters``: as they were signed."""

    covered: tuple[str, ...]
    parameters: str
    values: Mapping[str, str]
    signature: bytes


def content_digest(body: bytes) -> str:
    """The value of a Content-Digest header."""
    return f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"


def signature_base(covered: Sequence[str], known: Mapping[str, str], parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421, 2.5). Raises SignatureRefused for a component nobody knows."""
    if missing := [name for name in covered if name not in known]:
        raise SignatureRefused(f"{missing[0]} is signed, and is not there.")
    lines = [f'"{name}": {known[name].strip()}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def read_claim(headers: Mapping[str, str]) -> Claim:
    """The one signature of a message; ``headers`` by names in small letters. Raises SignatureRefused."""
    said = _INPUT.fullmatch(headers.get("signature-input", ""))
    made = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if said is None or made is None:
        raise SignatureRefused("It is not signed as RFC 9421 writes it, with one Ed25519 signature.")
    values = {name: text or number for name, text, number in _PARAMETER.findall(said[3])}
    try:
        signature = base64.b64decode(made[1], validate=True)
    except binascii.Error:
        raise SignatureRefused("Its signature is no base64.") from None
    return Claim(tuple(re.findall(r'"([^"]+)"', said[2])), said[1], values, signature)


def check(
    headers: Mapping[str, str],
    body: bytes,
    *,
    derived: Mapping[str, str],
    must_cover: Collection[str],
    keys: Collection[str],
    now: int,
) -> str:
    """The key that signed this message, one of ``keys`` (public texts).

    ``derived``: what only whoever received it knows, like ``@method`` and ``@target-uri``. Raises
    SignatureRefused.
    """
    claim = read_claim(headers)
    if lacking := sorted(set(must_cover) - set(claim.covered)):
        raise SignatureRefused(f"Its signature does not cover {', '.join(lacking)}.")
    if not hmac.compare_digest(headers.get("content-digest", ""), content_digest(body)):
        raise SignatureRefused("Its digest is not that of its body.")
    if abs(now - int(claim.values.get("created", "0"))) > FRESH:
        raise SignatureRefused("It was signed too long ago, or its clock is wrong.")
    key = claim.values.get("keyid", "")
    if key not in keys:
        raise SignatureRefused("It is signed with a key that the policy in force does not name.")
    base = signature_base(claim.covered, {**headers, **derived}, claim.parameters)
    try:
        signed_note.verify_http(key, base, claim.signature)
    except ValueError:
        raise SignatureRefused("Its signature does not fit.") from None
    return key
