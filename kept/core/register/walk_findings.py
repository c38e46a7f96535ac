"""What a walk through the running portal found: requests through all of it, read by the proofs of several
rooms.

The room that can walk registers how (``walker``); proofs below it ask for what it found, and each judges its
own kinds of finding. One round of proofs shares one walk; a finding is looked at twice by a second walk
(``proofs.ask``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from kept.core.register.proofs import Proof, shared

EVERY = timedelta(minutes=30)
"""How often proofs that rest on a walk are asked: it takes some seconds."""
SHOWN = 4
"""Findings that are told in full; the others are counted."""
FAILED = "failed"
"""The kind of finding that breaks every proof: what was not seen cannot be said to hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was wrong.

    ``kind`` says for which proof, ``where`` names a route and who asked, ``what`` ends the sentence. No
    values.
    """

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} {self.what}"


@dataclass(frozen=True, slots=True)
class Walked:
    """``counts``: how much was looked at, by kind. ``seconds``: how long it took."""

    at: datetime
    seconds: float
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]


WALKERS: list[Callable[[], Walked]] = []


def walker(walk: Callable[[], Walked]) -> Callable[[], Walked]:
    """Register how one walks through this portal."""
    WALKERS[:] = [walk]
    return walk


def judged(kinds: Collection[str], *, figure: str, text: str, needs: Collection[str] = ()) -> Proof:
    """What a walk proves of some kinds of finding. ``figure`` and ``text`` may name its counts in braces.

    ``needs``: counts that must not be 0, or nothing of the kind was there to be seen.
    """
    if not WALKERS:
        return Proof(
            None, "nobody walks", "No room of this portal walks through it, so nothing of the kind was seen."
        )
    found: Walked = shared("walk", WALKERS[0])
    wrong = [one for one in found.findings if one.kind in kinds or one.kind == FAILED]
    if wrong:
        listed = "; ".join(str(one) for one in wrong[:SHOWN])
        more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        return Proof(False, f"{len(wrong)} found", f"{listed}{more}.")
    if missing := [one for one in needs if not found.counts.get(one)]:
        return Proof(None, "nothing to see", f"The walk met nothing of it: {', '.join(missing)}.")
    counts = _Counts(found.counts)
    size = (
        f"{counts['requests']} requests to {counts['reached']} of {counts['routes']} addresses,"
        f" {timezone.localtime(found.at):%H:%M}"
    )
    return Proof(
        True, figure.format_map(counts), f"{text.format_map(counts)} Seen by invented people: {size}."
    )


def and_walked(own: Proof, kinds: Collection[str], *, text: str, needs: Collection[str] = ()) -> Proof:
    """What a proof found by itself, and then what the walk found: both must hold.

    The figure stays its own.
    """
    if own.kept is not True:
        return own
    seen = judged(kinds, figure="", text=text, needs=needs)
    return Proof(own.kept, own.figure, f"{own.text} {seen.text}") if seen.kept is not False else seen


class _Counts(dict[str, Any]):
    def __missing__(self, key: str) -> int:
        return 0
