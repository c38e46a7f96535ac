"""Sealed boxes for what belongs to no single person's row: sessions, sign-in secrets, tasks. Under a key derived from the master key.

``Box("accounts.sessions").seal(data, bound_to=key)``: a box opens only under its own name and for what it was bound to.
"""

from __future__ import annotations

import hmac

from kept.core.vault import seal
from kept.core.vault.errors import SealBroken
from kept.core.vault.header import FORMAT, NONCE, TAG
from kept.core.vault.master import master
from kept.core.vault.seal import Cipher


class Box:
    def __init__(self, name: str) -> None:
        self.name = name

    def seal(self, data: bytes, *, bound_to: str = "") -> bytes:
        return seal.seal_value(self._cipher(), self._head(), bound_to.encode(), data)

    def open(self, sealed: bytes, *, bound_to: str = "") -> bytes:
        """Raises SealBroken when it was altered, or sealed in another box or for something else."""
        head = self._head()
        if not sealed.startswith(head) or len(sealed) < len(head) + NONCE + TAG:
            raise SealBroken("A sealed box was altered, or is not of this kind.")
        return seal.open_value(self._cipher(), sealed, bound_to.encode())

    def mark(self, text: str) -> str:
        """A keyed hash for cache and rate-limit keys: 32 hex digits that tell nobody what was hashed."""
        return hmac.digest(master().derive(f"mark {self.name}"), text.encode(), "sha256").hex()[:32]

    def _cipher(self) -> Cipher:
        return seal.cipher(master().derive(f"box {self.name}"))

    def _head(self) -> bytes:
        """Shaped as the header of a value, without version and day: a box is not collected from anybody."""
        name = self.name.encode()
        return bytes([FORMAT]) + bytes(8) + bytes([len(name), 0]) + name
