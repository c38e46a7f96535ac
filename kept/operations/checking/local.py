"""The ledger of this database, to hold evidence against."""

from __future__ import annotations

from kept.core.ledger import checkpoint, tiles
from kept.operations.checking.holding import Ledger


def ledger() -> Ledger | None:
    """As it is signed now; None before anything is. Raises ProofBroken, SigningKeyError."""
    latest = checkpoint.latest()
    return Ledger("The ledger", checkpoint.head_of(latest), tiles.stored) if latest else None
