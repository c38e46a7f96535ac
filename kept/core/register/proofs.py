"""Live proof that a promise is kept: a function beside the code that answers one question with a figure.

``@proof`` registers it, ``run_all`` asks every one. A proof that raises is broken, never kept; a promise without a
proof is unproven, never kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from django.utils import timezone

from kept.core.ledger import versions
from kept.core.policy.model import Policy

KEPT, BROKEN, UNPROVEN, WAITING = "kept", "broken", "unproven", "waiting"
log = logging.getLogger("kept.proofs")


@dataclass(frozen=True, slots=True)
class Proof:
    """One answer. ``kept`` None means: nothing has happened yet that could be proven. ``figure`` is short ("0 of 412")."""

    kept: bool | None
    figure: str
    text: str


@dataclass(frozen=True, slots=True)
class Registered:
    id: str
    promises: tuple[str, ...]
    title: str
    run: Callable[[], Proof]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one proof said, when (aware UTC), and how long it took (seconds)."""

    id: str
    title: str
    state: str
    figure: str
    text: str
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Results:
    """``answers`` by proof id; ``promises`` maps each promise of the policy to kept, broken, waiting or unproven."""

    at: datetime
    answers: Mapping[str, Answer]
    promises: Mapping[str, str]


PROOFS: dict[str, Registered] = {}


def proof(id: str, *, promise: str | Sequence[str], title: str) -> Callable[[Callable[[], Proof]], Callable[[], Proof]]:
    """Register a function as the proof of one promise or several (ids of ``promises.toml``)."""
    promises = (promise,) if isinstance(promise, str) else tuple(promise)

    def keep(function: Callable[[], Proof]) -> Callable[[], Proof]:
        PROOFS[id] = Registered(id, promises, title, function)
        return function

    return keep


def run(id: str) -> Answer:
    """Ask one proof. Raises KeyError when no code registered it."""
    registered = PROOFS[id]
    begun = perf_counter()
    try:
        said = registered.run()
    except Exception as error:  # whatever a proof dies of, its promise is not proven kept
        # Only the type: a message may carry the value that broke it.
        log.error("proof %s could not answer: %s", id, type(error).__name__)
        said = Proof(False, "no answer", f"The proof could not answer ({type(error).__name__}).")
    state = WAITING if said.kept is None else KEPT if said.kept else BROKEN
    return Answer(id, registered.title, state, said.figure, said.text, timezone.now(), perf_counter() - begun)


def run_all(policy: Policy | None = None) -> Results:
    """Ask every proof, then state each promise of the version in force, or of ``policy``."""
    policy = policy or versions.current().policy
    answers = {id: run(id) for id in sorted(PROOFS)}
    return Results(timezone.now(), answers, {id: state_of(promise.proofs, answers) for id, promise in policy.promises.items()})


def state_of(proofs: Sequence[str], answers: Mapping[str, Answer]) -> str:
    """A promise is kept when every proof it names says so; one broken breaks it, one missing leaves it unproven."""
    states = {answers[id].state if id in answers else UNPROVEN for id in proofs}
    return next((state for state in (BROKEN, UNPROVEN, WAITING) if state in states), KEPT if states else UNPROVEN)
