"""The reference of a request, and the code that opens its status page."""

from __future__ import annotations

import secrets

from kept.core.vault.sealing.sealed_box import Box

# Crockford's base 32: no letter that is taken for a figure.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = Box("requests.code")


def _signs(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def new_reference() -> str:
    """Like Q-7KQ4-M2XD: random (40 bits), so that it tells neither how many there were nor when."""
    return f"Q-{_signs(4)}-{_signs(4)}"


def new_code() -> str:
    """What opens the status page beside the reference (60 bits). Shown once; only its keyed hash is kept."""
    return f"{_signs(4)}-{_signs(4)}-{_signs(4)}"


def hash_of(reference: str, code: str) -> str:
    return CODES.mark(f"{reference}|{code.strip().upper()}")
