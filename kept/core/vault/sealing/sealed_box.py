"""Sealed boxes for what belongs to no single person's row: sessions, sign-in secrets, tasks.

Under a key derived from the master key.

``Box("accounts.sessions").seal(data, bound_to=key)``: a box opens only under its own name and for what it was
bound to. Whoever keeps boxes in a table says with ``@reseals`` how they come under a new generation of the
master key.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from kept.core.vault.errors import SealBroken
from kept.core.vault.sealing import seal
from kept.core.vault.sealing.header import FORMAT, NONCE, TAG
from kept.core.vault.sealing.seal import Cipher
from kept.core.vault.subject_keys.master import master
from kept.registry import Registry

RESEALS: Registry[Callable[[], int]] = Registry(
    "resealing", "how what lies sealed under the master key moves to a new generation"
)
KEPT_IN: Registry[str] = Registry("boxes", "in which table each sealed box lies")
# In boxes closed before there were generations of the key.
_UNNAMED = bytes(8)


class Box:
    def __init__(self, name: str) -> None:
        self.name = name

    def seal(self, data: bytes, *, bound_to: str = "") -> bytes:
        newest = master().newest
        return seal.seal_value(
            seal.cipher(newest.derive(f"box {self.name}")), self._head(newest.id), bound_to.encode(), data
        )

    def open(self, sealed: bytes, *, bound_to: str = "") -> bytes:
        """Raises SealBroken when it was altered, sealed in another box or for something else, or under a key
        that is gone.
        """
        head = self._head(sealed[1:9])
        if not sealed.startswith(head) or len(sealed) < len(head) + NONCE + TAG:
            raise SealBroken("A sealed box was altered, or is not of this kind.")
        return seal.open_value(self._cipher(sealed[1:9]), sealed, bound_to.encode())

    def renewed(self, sealed: bytes, *, bound_to: str = "") -> bytes | None:
        """The same under the newest generation; None where it is already. Raises as ``open``."""
        return (
            None
            if sealed[1:9] == master().id
            else self.seal(self.open(sealed, bound_to=bound_to), bound_to=bound_to)
        )

    def mark(self, text: str) -> str:
        """A keyed hash for cache and rate-limit keys: 32 hex digits that tell nobody what was hashed.

        No rotation changes it.
        """
        return hmac.digest(master().derive(f"mark {self.name}"), text.encode(), "sha256").hex()[:32]

    def _cipher(self, generation: bytes) -> Cipher:
        key = master()
        one = key if generation == _UNNAMED else key.generations.get(generation)
        if one is None:
            raise SealBroken("A sealed box is of another master key, or of a generation that was destroyed.")
        return seal.cipher(one.derive(f"box {self.name}"))

    def _head(self, generation: bytes) -> bytes:
        """Shaped as the header of a value; in place of version and day it names the key."""
        name = self.name.encode()
        return bytes([FORMAT]) + generation + bytes([len(name), 0]) + name


def reseals(box: Box, *, table: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that puts every box kept in a table under the newest generation, and returns how
    many it moved.

    The master key itself opens what lies in that table, so no archive may keep it for long: see
    operations/backups.
    """

    def keep(function: Callable[[], int]) -> Callable[[], int]:
        RESEALS.add(box.name, function)
        KEPT_IN.add(box.name, table)
        return function

    return keep


def renew_column(box: Box, model: Any, column: str) -> int:
    """Every box in a column, bound to the row's key.

    One that cannot be opened stays: it opens for nobody, before and after.
    """
    moved = 0
    for pk, sealed in model._base_manager.exclude(**{column: None}).values_list("pk", column).iterator():
        try:
            fresh = box.renewed(bytes(sealed), bound_to=str(pk))
        except SealBroken:
            continue
        # Only where nobody wrote it meanwhile; whoever did has sealed it anew already.
        moved += (
            model._base_manager.filter(**{"pk": pk, column: sealed}).update(**{column: fresh}) if fresh else 0
        )
    return moved
