"""After an erasure: copies that no table knows of.

Each room that makes some says how to find and remove them.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from kept.registry import Registry

Sweeping = Callable[[Callable[[str], bool], UUID | None], int]
SWEEPS: Registry[Sweeping] = Registry("erasure hooks", "what else goes with a person, by room")


def sweeps(name: str) -> Callable[[Sweeping], Sweeping]:
    """Register ``sweep(is_hers, spared) -> int``: removes what carries an address for which ``is_hers`` says
    yes, but the message ``spared``.

    It can be run again at any time. Raises OSError where something could not be removed. Write it in the
    room's ``jobs.py``.
    """

    return SWEEPS.under(name)


def sweep(is_hers: Callable[[str], bool], spared: UUID | None) -> int:
    """Every room's. How many copies went."""
    return sum(one(is_hers, spared) for one in SWEEPS.values())
