"""Before an erasure: what is brought to its end first. After it: copies that no table knows of.

Each room that has some says how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


Ending = Callable[[UUID, str], int]
Foretelling = Callable[[UUID], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Beginning:
    """``end`` brings to its end what somebody has under way; ``foretell`` says so before they ask."""

    end: Ending
    foretell: Foretelling


BEGINNINGS: Registry[Beginning] = Registry(
    "erasure beginnings", "what is brought to its end before a person is erased, by room"
)


def begins(name: str, foretell: Foretelling) -> Callable[[Ending], Ending]:
    """Register ``end(subject, about) -> int``: brings to its end what the subject has under way, on the day,
    while their key still opens it.

    It opens its own acts, which are about the job ``about``, may be killed anywhere, and finds nothing when
    it is run again. Write it in the room's ``jobs.py``.
    """

    def register(end: Ending) -> Ending:
        BEGINNINGS.add(name, Beginning(end, foretell))
        return end

    return register


def begin(subject: UUID, about: str) -> int:
    """Every room's. How many things were ended."""
    return sum(one.end(subject, about) for one in BEGINNINGS.values())


def foretold(subject: UUID) -> Iterator[str]:
    """What will be ended, in each room's words."""
    for one in BEGINNINGS.values():
        yield from one.foretell(subject)
