"""The kinds of request, each a right somebody can ask for: what it is called, how a form offers it, and by
which clock it is answered.

A room adds one in its ``hooks.py``, and says in its ``fulfilment.py`` what carries it out
(``course.fulfilment_registry``). Every form, page, letter and clock goes by what is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kept.registry import Registry
from kept.sentences import Sentence, sentence


@dataclass(frozen=True, slots=True)
class RequestKind:
    """One kind. ``title`` begins a line, ``in_text`` stands within a sentence; ``offered`` is how the form
    for one's data offers it, in the words of whoever asks ("" is: not there).

    ``clock`` is the policy's clock it is answered by. ``by_address_alone``: it shows nothing, destroys
    nothing and can be undone, so whoever reads the mail of an address may ask it for that address.
    ``clock_runs``: no law lets the clock stand while an identity is asked for.
    """

    id: str
    title: Sentence
    in_text: Sentence
    offered: str = ""
    clock: str = "request"
    by_address_alone: bool = False
    clock_runs: bool = False


KINDS: Registry[RequestKind] = Registry("request kinds", "what somebody can ask for, by kind of request")
QUESTION, ACCESS, CORRECTION, ERASURE = "question", "access", "correction", "erasure"
LONGEST = 12
"""What the column of a request holds."""


def request_kind(kind: RequestKind) -> RequestKind:
    """Register a kind.

    Raises ValueError for an id that is too long to keep, TakenTwice for one that is taken.
    """
    if not kind.id or len(kind.id) > LONGEST:
        raise ValueError(f"{kind.id!r} is no kind of request: give it 1 to {LONGEST} characters.")
    return KINDS.add(kind.id, kind)


def kind_of(id: str) -> RequestKind:
    """What was declared of a kind. Of one whose touchpoint was taken away, though a request of it is still
    open, what is strictest: it opens nothing by an address alone, and the clock of requests goes on.
    """
    return KINDS.get(id) or RequestKind(id, Sentence(id, {}), Sentence(id, {}))


def choices() -> list[tuple[str, str]]:
    """For a form of the desk, and for the model: id and title."""
    return [(kind.id, kind.title) for kind in KINDS.values()]


def offered() -> list[tuple[str, str]]:
    """For the form for one's data: id and what it offers."""
    return [(kind.id, kind.offered) for kind in KINDS.values() if kind.offered]


def words_in_text() -> Iterator[tuple[str, str]]:
    """Each title with how it stands within a sentence."""
    yield from ((kind.title, kind.in_text) for kind in KINDS.values())


for _kind in (
    RequestKind(QUESTION, sentence("Question"), sentence("question"), clock="question"),
    RequestKind(ACCESS, sentence("Access"), sentence("access"), sentence("Get a copy of my data")),
    RequestKind(CORRECTION, sentence("Correction"), sentence("correction"), sentence("Correct my data")),
    RequestKind(ERASURE, sentence("Erasure"), sentence("erasure"), sentence("Erase my data")),
    RequestKind(
        "restriction",
        sentence("Restriction"),
        sentence("restriction"),
        sentence("Keep my data, and not use it"),
        by_address_alone=True,
    ),
    RequestKind(
        "objection",
        sentence("Objection"),
        sentence("objection"),
        sentence("Object to a use of my data"),
        by_address_alone=True,
    ),
    RequestKind(
        "withdrawal",
        sentence("Withdrawal of a yes"),
        sentence("withdrawal of a yes"),
        by_address_alone=True,
    ),
    RequestKind(
        "opt-out",
        sentence("Opt-out of sale or sharing"),
        sentence("opt-out of sale or sharing"),
        sentence("Opt out of sale and sharing"),
        by_address_alone=True,
        # California lets nobody wait for an identity check before an opt-out counts (Cal. Code Regs. tit. 11,
        # § 7026(d)).
        clock_runs=True,
    ),
):
    request_kind(_kind)
