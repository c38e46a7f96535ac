"""Who asks, what the person has chosen, and the two answers there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

SELF = "self"
SYSTEM = "system"
UNEMPLOYED = frozenset({SELF, SYSTEM})
"""Roles that no legal entity employs: the data subject, and the program's own jobs."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who wants to read: "self", "system", or a role of the policy with the legal entity that employs it."""

    role: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a data subject has said, as purpose ids: yes (consents), no (objections), not now (restrictions,
    Art. 18).
    """

    consents: frozenset[str] = frozenset()
    objections: frozenset[str] = frozenset()
    restrictions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allowed:
    clause: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal a person can act on: the clause that says so, the reason in one sentence, and whom to ask.

    ``restricted``: the purpose, where she restricted it herself and may lift that again; "" otherwise.
    """

    clause: str
    reason: str
    who_to_ask: str
    restricted: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One purpose, compiled for asking often. Built once per policy by ``compile_rules``."""

    allowed: Allowed
    uses: Collection[str]
    roles: Collection[str]
    entities: Collection[str]
    choice: str
    right: bool
    restrictable: bool
    since: date = field(default=date.min)
    until: date = field(default=date.max)
