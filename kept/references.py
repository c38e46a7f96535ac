"""References people read out on the phone: short, of one year, and telling nothing of how many there were
before.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from django.utils import timezone

# Crockford's base 32: no letter that is taken for a figure.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FIGURES = 6


def signs(count: int) -> str:
    """So many letters and figures by lot."""
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def make(kind: str, choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Like ``REG-2026-7KQ4M2``: one of a thousand million in a year."""
    return f"{kind}-{timezone.localdate().year}-{''.join(choose(ALPHABET) for _ in range(FIGURES))}"


class InAddress:
    """The part ``<reference:…>`` of an address: nothing else gets as far as the database."""

    regex = f"[A-Z]{{3}}-[0-9]{{4}}-[{ALPHABET}]{{{FIGURES}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
