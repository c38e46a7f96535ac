"""Which room a mail is for: each says what it claims, and the strongest claim has it.

A room below every touchpoint, so that none of them is named here: they register in their ``hooks.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import cached_property
from io import BufferedReader
from typing import BinaryIO
from uuid import UUID

from kept.mailroom.reading.mail_parser import Letter
from kept.mailroom.receiving import spool
from kept.mailroom.receiving.spool import Envelope
from kept.registry import Registry


class Strength(IntEnum):
    """How sure a room is that a mail is for it."""

    ANYTHING = 1
    ADDRESS = 2
    MATTER = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """``joins``: it adds to something that is there already, so its sender must be proven, or somebody looks
    at it first. ``matter``: the reference of that, for whoever looks.
    """

    strength: Strength
    joins: bool = False
    matter: str = ""


@dataclass(frozen=True)
class Mail:
    """One mail, as a room gets it.

    ``proven``: it comes from the domain it says it is from. ``looked``: somebody looked at it and let it in,
    so that it may join whatever they named. ``answers``: the references of what our own mails were about
    that it answers. ``conversation``: the Message-IDs it names, its own last, for the thread of an answer.
    ``letter``: what it says, and why no human wrote it (``letter.automatic``). ``stream()`` gives the bytes
    as they came.
    """

    id: UUID
    envelope: Envelope
    letter: Letter = field(repr=False)
    proven: bool
    answers: tuple[str, ...] = ()
    conversation: tuple[str, ...] = ()
    looked: bool = False

    @property
    def received_at(self) -> datetime:
        return self.envelope.received_at

    @cached_property
    def recipients(self) -> frozenset[str]:
        """Whom it was sent to: by its envelope, and by its head where it came without one."""
        return frozenset(one.lower() for one in self.envelope.recipients) or self.letter.to

    def stream(self) -> BufferedReader | BinaryIO:
        return spool.opened(self.id)

    def pieces(self) -> Iterator[bytes]:
        return spool.pieces_of(self.id)


Settle = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Taker:
    """``claims(mail)``: what it claims of a mail, or None. ``take(mail, settle)``: take it in, and call
    ``settle`` inside the very transaction that does: then it is taken once, wherever the machine stops. It
    may be asked again for a mail it has not settled. ``roles``: who of the staff looks at its mail where
    somebody must.
    """

    id: str
    title: str
    roles: tuple[str, ...]
    claims: Callable[[Mail], Claim | None]
    take: Callable[[Mail, Settle], None]


TAKERS: Registry[Taker] = Registry("mail takers", "which rooms take mail in, and what each claims")


def mail_taker(
    id: str, *, title: str, roles: tuple[str, ...], claims: Callable[[Mail], Claim | None]
) -> Callable[[Callable[[Mail, Settle], None]], Callable[[Mail, Settle], None]]:
    """Register the function that takes a room's mail in."""

    def keep(take: Callable[[Mail, Settle], None]) -> Callable[[Mail, Settle], None]:
        TAKERS.add(id, Taker(id, title, roles, claims, take))
        return take

    return keep


def claimed(mail: Mail) -> tuple[Taker, Claim] | None:
    """The strongest claim; of two alike, the room that registered first."""
    claims = [(taker, claim) for taker in TAKERS.values() if (claim := taker.claims(mail))]
    return max(claims, key=lambda one: one[1].strength, default=None)
