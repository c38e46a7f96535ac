"""What a walk through the running portal found: requests through all of it, read by the proofs of several
rooms.

The room that can walk registers how (``walker``); proofs below it ask for what it found, and each judges its
own kinds of finding. One round of proofs shares one walk; a finding is looked at twice by a second walk
(``proofs.ask``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Formatter
from typing import Any, Protocol

from django.utils import timezone

from kept.core.register.proving.proofs import Proof, shared
from kept.registry import Registry
from kept.sentences import Sentence, counted, joined, sentence

EVERY = timedelta(minutes=30)
"""How often proofs that rest on a walk are asked: it takes some seconds."""
SHOWN = 4
"""Findings that are told in full; the others are counted."""
FAILED = "failed"
"""The kind of finding that breaks every proof: what was not seen cannot be said to hold."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was wrong.

    ``kind`` says for which proof, ``where`` names a route and who asked, ``what`` ends the sentence
    (``kept.sentences``). No values.
    """

    kind: str
    where: str
    what: str

    @property
    def said(self) -> Sentence:
        return joined((self.where, self.what))

    def __str__(self) -> str:
        return str(self.said)


@dataclass(frozen=True, slots=True)
class Walked:
    """``counts``: how much was looked at, by kind. ``seconds``: how long it took."""

    at: datetime
    seconds: float
    counts: Mapping[str, int]
    findings: tuple[Finding, ...]


WALKERS: list[Callable[[], Walked]] = []


class Walking(Protocol):
    """What a journey of a touchpoint walks with; the room that can walk makes it."""

    def customer(self, who: str) -> Any:
        """The browser of an invented customer who has signed in; None where that failed, which is found.

        ``get(path)`` and ``submit(page, form, typed)`` give answers with ``status``, ``body``, ``path`` and
        ``page.forms``; ``follow(answer)`` goes where one leads. ``jar`` holds the cookies by name.
        """

    def again(self, browser: Any, who: str, jar: Mapping[str, str]) -> Any:
        """Another browser in which the same one signs in, on a device with these cookies; None as above."""

    def person(self, browser: Any) -> Any:
        """Who signed in in it: ``name``, ``email``, ``phone``, and the ``words`` that stand nowhere else."""

    def says_yes(self, browser: Any) -> bool:
        """Say yes to each kind of cookie that is asked for; whether there was a form for it."""

    def sees(self, browser: Any, told: Mapping[str, str]) -> None:
        """What somebody told stands on the page of her data: words for it, and its value."""

    def count(self, kind: str) -> None: ...

    def found(self, kind: str, asked: str, browser: Any, what: str) -> None: ...


Journey = Callable[[Walking], None]
JOURNEYS: Registry[Journey] = Registry("journeys", "what invented people do in a touchpoint, to the end")


def walker(walk: Callable[[], Walked]) -> Callable[[], Walked]:
    """Register how one walks through this portal."""
    WALKERS[:] = [walk]
    return walk


def judged(kinds: Collection[str], *, figure: str, text: str, needs: Collection[str] = ()) -> Proof:
    """What a walk proves of some kinds of finding.

    ``figure`` and ``text`` may name its counts in braces: a ``sentence`` whose values are still to come.
    ``needs``: counts that must not be 0, or nothing of the kind was there to be seen.
    """
    if not WALKERS:
        return Proof(
            None,
            sentence("nobody walks"),
            sentence("No room of this portal walks through it, so nothing of the kind was seen."),
        )
    found: Walked = shared("walk", WALKERS[0])
    wrong = [one for one in found.findings if one.kind in kinds or one.kind == FAILED]
    if wrong:
        return Proof(False, counted("{n} found", "{n} found", len(wrong)), _told(wrong))
    if missing := [one for one in needs if not found.counts.get(one)]:
        return Proof(
            None,
            sentence("nothing to see"),
            sentence("The walk met nothing of it: {kinds}.", kinds=", ".join(missing)),
        )
    size = sentence(
        "Seen by invented people: {requests} requests to {reached} of {routes} addresses, {clock}.",
        requests=found.counts.get("requests", 0),
        reached=found.counts.get("reached", 0),
        routes=found.counts.get("routes", 0),
        clock=f"{timezone.localtime(found.at):%H:%M}",
    )
    return Proof(True, _with_counts(figure, found), joined((_with_counts(text, found), size)))


def and_walked(own: Proof, kinds: Collection[str], *, text: str, needs: Collection[str] = ()) -> Proof:
    """What a proof found by itself, and then what the walk found: both must hold.

    The figure stays its own.
    """
    if own.kept is not True:
        return own
    seen = judged(kinds, figure="", text=text, needs=needs)
    return Proof(own.kept, own.figure, joined((own.text, seen.text))) if seen.kept is not False else seen


def _told(wrong: Sequence[Finding]) -> Sentence:
    """The first findings in full, the others as a number."""
    shown = joined([one.said for one in wrong[:SHOWN]], "; ")
    more = len(wrong) - SHOWN
    if more > 0:
        return counted("{found}; and {n} more.", "{found}; and {n} more.", more, found=shown)
    return joined([shown, ""], ".")


def _with_counts(text: str, found: Walked) -> str:
    """The text with the counts it names; what was not counted is 0."""
    message = text.message if isinstance(text, Sentence) else text
    if isinstance(message, tuple):
        raise TypeError("A sentence about a walk may name several counts, so none of them decides its form")
    named = {name for _, name, _, _ in Formatter().parse(message) if name}
    return Sentence(message, {name: found.counts.get(name, 0) for name in named})
