"""How many promises are kept, for every footer: asked of the proofs once a minute, not once a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.utils import timezone

from kept.core.policy.model import Policy
from kept.core.register import proofs

FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """``kept`` of ``all`` promises at ``at`` (aware). ``broken`` are promise ids in the order of the policy."""

    kept: int
    all: int
    broken: tuple[str, ...]
    waiting: int
    unproven: int
    at: datetime


_last: dict[str, Tally] = {}
_lock = Lock()


def tally(policy: Policy) -> Tally:
    """The count for one version of the policy, at most a minute old."""
    now = timezone.now()
    with _lock:
        last = _last.get(policy.identity)
        if last is None or not timedelta(0) <= now - last.at < FRESH:
            _last.clear()
            last = _last[policy.identity] = count(proofs.run_all(policy))
    return last


def count(results: proofs.Results) -> Tally:
    states = list(results.promises.values())
    broken = tuple(id for id, state in results.promises.items() if state == proofs.BROKEN)
    return Tally(states.count(proofs.KEPT), len(states), broken, states.count(proofs.WAITING), states.count(proofs.UNPROVEN), results.at)


def forget() -> None:
    """Ask anew the next time."""
    with _lock:
        _last.clear()
