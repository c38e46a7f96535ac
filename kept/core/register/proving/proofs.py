"""Live proof that a promise is kept: a function beside the code that answers one question with a figure.

``@proof`` registers it, ``ask`` asks some, ``run_all`` every one. A proof that raises is broken, never kept;
a promise without a proof is unproven, never kept; one that was not asked yet, or cannot be asked here and
now, is unmeasured, which is neither.

A proof reads one moment of the database, so that nothing written meanwhile can look like a contradiction; and
a finding is looked at twice, in two moments, before it is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from kept.core.ledger import versions
from kept.core.ledger.snapshot import one_moment
from kept.core.ledger.tree.row_format import RowBroken
from kept.core.policy.model import Policy, Promise
from kept.core.register.dormancy import dormant
from kept.core.vault.errors import KeyErased, MasterKeyProblem, SealBroken
from kept.registry import Registry
from kept.sentences import sentence

KEPT, BROKEN, WAITING = "kept", "broken", "waiting"
UNPROVEN, UNMEASURED = "unproven", "unmeasured"
QUARTER, HALF_HOUR = timedelta(minutes=15), timedelta(minutes=30)
log = logging.getLogger("kept.proofs")


@dataclass(frozen=True, slots=True)
class Proof:
    """One answer, in sentences (``kept.sentences``), so that each reader has it in their language.

    ``kept`` None means: nothing has happened yet that could be proven. ``figure`` is short ("0 of 412").
    """

    kept: bool | None
    figure: str
    text: str


class NotMeasured(Exception):
    """What a proof would look at cannot be asked for here and now.

    Its one argument is a sentence (``kept.sentences``) with what mends it, for the page.
    """


@dataclass(frozen=True, slots=True)
class Registered:
    """``promises``: ids of those it is about.

    ``unseen``: what it does not see, in one line. ``every``: how often it is asked.
    """

    id: str
    promises: tuple[str, ...]
    title: str
    run: Callable[[], Proof]
    unseen: str = ""
    moment: bool = False
    every: timedelta = QUARTER


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
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """``proof_results`` by proof id; ``promises`` maps each promise of the policy to its state."""

    at: datetime
    answers: Mapping[str, Answer]
    promises: Mapping[str, str]


_STOPPED: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (
        RowBroken,
        sentence(
            "Acts of the ledger were cut or changed, so it does not tell what happened any more. `kept ledger"
            " verify` names them; a backup from before brings them back."
        ),
    ),
    (
        versions.VersionBroken,
        sentence(
            "A published version of the policy is not the one that was signed. `kept ledger verify` names it;"
            " a backup from before brings it back."
        ),
    ),
    (
        versions.NothingPublished,
        sentence(
            "No policy is in force, so there is nothing to keep. Publish one with `kept policy publish`."
        ),
    ),
    (
        (MasterKeyProblem, SealBroken, KeyErased),
        sentence(
            "What is stored does not open with the keys that are here. `kept check` says which key is"
            " missing; a backup brings back what was altered."
        ),
    ),
    (
        DatabaseError,
        sentence(
            "The database could not be asked: it is older than the program, damaged or busy. Run `kept manage"
            " migrate`, then `kept check`."
        ),
    ),
    (
        OSError,
        sentence(
            "Files of the portal could not be read. Check that its folder is there, who owns it, and that the"
            " disk has room."
        ),
    ),
)
"""Why a proof may come to no answer, in sentences; the first that fits."""
_FAULT = sentence(
    "The proof stopped over a fault of its own, so nothing is shown to be kept. The worker's log names the"
    " place where it stopped."
)
PROOFS: Registry[Registered] = Registry("proofs", "the proofs of promises")
_ROUND: ContextVar[dict[str, Any] | None] = ContextVar("what the proofs of one round share", default=None)


def proof(
    id: str,
    *,
    promise: str | Sequence[str],
    title: str,
    unseen: str = "",
    moment: bool = True,
    every: timedelta = QUARTER,
) -> Callable[[Callable[[], Proof]], Callable[[], Proof]]:
    """Register a function as the proof of one promise or several (ids of ``promises.toml``): it can turn no
    other green.

    ``unseen``: what it does not see, in one line for the reader of the page; the check refuses a proof
    without. ``moment=False``: no single moment of the database is held around it, because it sends requests
    that write, opens a purpose or reads files alone. ``every``: how often it is asked; what takes long is
    asked less often.
    """
    promises = (promise,) if isinstance(promise, str) else tuple(promise)

    def keep(function: Callable[[], Proof]) -> Callable[[], Proof]:
        PROOFS.add(id, Registered(id, promises, title, function, unseen, moment, every))
        return function

    return keep


def run(id: str) -> Answer:
    """Ask one proof. Raises KeyError when no code registered it."""
    registered = PROOFS[id]
    begun = perf_counter()
    try:
        with one_moment() if registered.moment else nullcontext():
            said = registered.run()
    except NotMeasured as reason:
        return Answer(
            id,
            registered.title,
            UNMEASURED,
            sentence("not measured yet"),
            reason.args[0],
            timezone.now(),
            perf_counter() - begun,
            registered.unseen,
        )
    except Exception as error:  # whatever a proof dies of, its promise is not proven kept
        # Only types and places: a message may carry the value that broke it, and the log leaves messages out
        # (see ``logs``).
        log.error("proof %s could not answer", id, exc_info=error)
        said = Proof(False, sentence("no answer"), _why(error))
    state = WAITING if said.kept is None else KEPT if said.kept else BROKEN
    seconds = perf_counter() - begun
    return Answer(
        id, registered.title, state, said.figure, said.text, timezone.now(), seconds, registered.unseen
    )


def _why(error: Exception) -> str:
    """What kept a proof from its answer and how to mend it, for whoever reads the page; never what the error
    says of itself.
    """
    return next((said for kinds, said in _STOPPED if isinstance(error, kinds)), _FAULT)


def ask(ids: Iterable[str]) -> dict[str, Answer]:
    """Ask some proofs; those that found something are asked again when all are through, and the second word
    counts.

    What was only passing by (work that a job was just taking up, a file between two folders) is gone by then.
    """
    answers = _round(sorted(ids))
    return {**answers, **_round([id for id, answer in answers.items() if answer.state == BROKEN])}


def _round(ids: Iterable[str]) -> dict[str, Answer]:
    token = _ROUND.set({})
    try:
        return {id: run(id) for id in ids}
    finally:
        _ROUND.reset(token)


def shared(name: str, measure: Callable[[], Any]) -> Any:
    """What several proofs of one round look at, measured once for all of them; anew for a proof that is asked
    alone.
    """
    known = _ROUND.get()
    if known is None:
        return measure()
    if name not in known:
        known[name] = measure()
    return known[name]


def run_all(policy: Policy | None = None) -> Results:
    """Ask every proof, then state each promise of the version in force, or of ``policy``."""
    policy = policy or versions.current().policy
    answers = ask(PROOFS)
    return Results(timezone.now(), answers, states(policy, answers))


def states(policy: Policy, answers: Mapping[str, Answer]) -> dict[str, str]:
    """The state of each promise of a policy, by its id."""
    return {id: state_of(promise, policy, answers) for id, promise in policy.promises.items()}


def state_of(promise: Promise, policy: Policy, answers: Mapping[str, Answer]) -> str:
    """A promise is kept when every proof it names is about it and says so, and something of what it speaks of
    is at work.

    One broken proof breaks it. One that is missing, or about another promise, leaves it unproven; one that
    was not asked yet, unmeasured.
    """
    found = {_state(id, promise, answers) for id in promise.proofs} or {UNPROVEN}
    if asleep(promise, policy):
        found.add(UNPROVEN)
    return next((state for state in (BROKEN, UNPROVEN, UNMEASURED, WAITING) if state in found), KEPT)


def _state(id: str, promise: Promise, answers: Mapping[str, Answer]) -> str:
    registered = PROOFS.get(id)
    if registered is None or promise.id not in registered.promises:
        return UNPROVEN
    return answers[id].state if id in answers else UNMEASURED


def asleep(promise: Promise, policy: Policy) -> bool:
    """Whether every purpose of the promise's clause belongs to a place that is not installed, so that nothing
    can be kept.
    """
    spoken_of = [purpose for purpose in policy.purposes.values() if purpose.clause == promise.clause]
    return bool(spoken_of) and all(dormant(purpose) for purpose in spoken_of)
