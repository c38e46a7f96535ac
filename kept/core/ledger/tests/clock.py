"""A clock that tests set, and versions of a policy that says nothing but how long acts are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from kept.core.ledger import fold, prune, versions
from kept.core.policy.duration import Duration

OLD = datetime(2020, 1, 1, tzinfo=UTC)
TERM = timedelta(days=365)


class Clock:
    """``clock.at`` is what everything here takes for the present."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def on(self, **span: float) -> None:
        self.at += timedelta(**span)


def set_clock(patch: pytest.MonkeyPatch, at: datetime = OLD) -> Clock:
    clock = Clock(at)
    patch.setattr(timezone, "now", clock)
    return clock


def plain_policy(files: Mapping[str, str]) -> Any:
    """A policy whose file ``days`` says for how long acts are kept."""
    auditing = SimpleNamespace(duration=Duration(days=int(files["days"])))
    identity = sha256(repr(sorted(files.items())).encode()).hexdigest()
    return SimpleNamespace(
        identity=identity, files=dict(sorted(files.items())), purposes={"auditing": auditing}
    )


def publish(days: int, at: datetime, effective: date | None = None) -> None:
    versions.publish(plain_policy({"days": str(days)}), effective=effective or at.date(), by="dana", at=at)


def prune_all(now: datetime, *days: int) -> int:
    """As the sweep prunes: by the shortest of the terms that bind, ``days``. Then the fold comes by."""
    horizon = now - timedelta(days=min(days or (TERM.days,)))
    done, after = 0, 0
    while True:
        more, after = prune.prune_past(lambda _: horizon, newest=horizon, policy=1, after=after, now=now)
        done += more
        if not after:
            fold.fold()
            return done
