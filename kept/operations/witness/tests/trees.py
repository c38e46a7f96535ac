"""A small log of its own, with its key, for witnesses to watch."""

from __future__ import annotations

import base64

from kept.core.ledger.notes import signed_note
from kept.core.ledger.tree import merkle
from kept.operations.witness import protocol


class Log:
    """Leaves, a key, and requests to a witness."""

    def __init__(self, origin: str = "portal.example.com", size: int = 300) -> None:
        self.key = signed_note.signer(signed_note.generate(origin))
        self.leaves = [merkle.leaf_hash(b"%d" % at) for at in range(size)]

    def checkpoint(self, size: int, key: signed_note.Signer | None = None) -> str:
        """The signed note on the first leaves."""
        root = merkle.root(size, merkle.in_memory(self.leaves))
        return signed_note.sign_note(
            key or self.key, f"{self.key.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        )

    def asks(self, old: int, size: int, key: signed_note.Signer | None = None) -> bytes:
        """The body of a request, its proof included."""
        path = merkle.consistency(old, size, merkle.in_memory(self.leaves)) if 0 < old < size else []
        return protocol.write(old, path, self.checkpoint(size, key))

    def rewrite(self, leaf: int) -> None:
        """As an owner can who holds the key."""
        self.leaves[leaf] = merkle.leaf_hash(b"another")
