"""What is kept outside the database, under a term of the policy, and names nobody: a room says what is due
there, and how it goes.

The sweep clears it with the rest, ``kept retention --dry-run`` counts it, and the proof that nothing is held
past its date asks it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kept.core.register.terms.lifetimes import Clock
from kept.registry import Registry


@dataclass(frozen=True, slots=True)
class Shelf:
    """``waiting`` counts what is due by a clock; ``clear`` destroys it, and says how much.

    Both may be asked again at any time.
    """

    id: str
    title: str
    purpose: str
    waiting: Callable[[Clock], int]
    clear: Callable[[Clock], int]


SHELVES: Registry[Shelf] = Registry(
    "external retention", "what is kept outside the database under a term of the policy"
)


def shelf(one: Shelf) -> None:
    SHELVES.add(one.id, one)
