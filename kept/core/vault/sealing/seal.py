"""Sealing and opening: AES-256-GCM.

The one module of the vault that knows a cipher; nothing else may import one.

Values are padded to blocks of 16 bytes, so that a length does not tell a name.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing import header
from kept.core.vault.sealing.header import NONCE
from kept.core.vault.subject_keys.master import Generation, MasterKey

Cipher = AESGCM
WRAP = b"\x01"
_BLOCK = 16


def new_key() -> bytes:
    return os.urandom(32)


def cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal_value(under: AESGCM, head: bytes, bound: bytes, plain: bytes, nonce: bytes = b"") -> bytes:
    """head ‖ nonce ‖ ciphertext. ``head`` and ``bound`` (subject and row) are authenticated.

    ``nonce``: one of ``nonces``, for whoever seals many; else a new one.
    """
    nonce = nonce or os.urandom(NONCE)
    padded = plain + b"\x80" + bytes(-(len(plain) + 1) % _BLOCK)
    return head + nonce + under.encrypt(nonce, padded, head + bound)


def nonces(many: int) -> list[bytes]:
    """So many new nonces, drawn at once. Each is used once, where they were asked for: never kept."""
    drawn = os.urandom(NONCE * many)
    return [drawn[at : at + NONCE] for at in range(0, len(drawn), NONCE)]


def open_value(under: AESGCM, raw: bytes, bound: bytes) -> bytes:
    """Raises SealBroken unless this very value was sealed for this subject and row."""
    at = header.FIXED + raw[9] + raw[10]
    body = at + NONCE
    try:
        return under.decrypt(raw[at:body], raw[body:], raw[:at] + bound).rstrip(b"\0")[:-1]
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed value was altered, or belongs to another person or row.") from None


def wrap(master: MasterKey, key: bytes, bound: bytes) -> bytes:
    """format ‖ id of the master key's newest generation ‖ nonce ‖ key under it: 69 bytes for a key of 32."""
    nonce, head = os.urandom(NONCE), WRAP + master.id
    return head + nonce + _wrapping(master.material).encrypt(nonce, key, head + bound)


def unwrap(master: MasterKey, wrapped: bytes, bound: bytes) -> bytes:
    """Raises MasterKeyProblem for another master key, SealBroken for an altered row."""
    return unwrapper(master)(wrapped, bound)


def unwrapper(master: MasterKey) -> Callable[[bytes, bytes], bytes]:
    """``unwrap`` for many: each generation's cipher is looked up once."""
    ciphers: dict[bytes, AESGCM] = {}

    def opened(wrapped: bytes, bound: bytes) -> bytes:
        try:
            cipher = ciphers.get(wrapped[1:9])
            if cipher is None:
                cipher = ciphers[wrapped[1:9]] = _wrapping(master.generation(wrapped[1:9]).material)
            return cipher.decrypt(wrapped[9:21], wrapped[21:], wrapped[:9] + bound)
        except (InvalidTag, ValueError):
            raise SealBroken("A person's key row was altered.") from None

    return opened


def wrapped_by(wrapped: bytes) -> bytes:
    """The id of the generation that wrapped this."""
    return bytes(wrapped[1:9])


@lru_cache(maxsize=32)
def _wrapping(material: bytes) -> AESGCM:
    return AESGCM(Generation(material).derive("wrapping"))


def seal_chunk(under: AESGCM, number: int, last: bool, bound: bytes, chunk: bytes) -> bytes:
    """The nonce is the place in the file: number and last mark (the STREAM construction, Hoang et al.

    2015). One key per file.
    """
    return under.encrypt(_place(number, last), chunk, bound)


def open_chunk(under: AESGCM, number: int, last: bool, bound: bytes, sealed: bytes) -> bytes:
    """Raises SealBroken when this chunk does not stand at this place of this file."""
    try:
        return under.decrypt(_place(number, last), sealed, bound)
    except (InvalidTag, ValueError):
        raise SealBroken("A sealed file was cut, extended, reordered or altered.") from None


def _place(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
