"""What is said of cookies, and asked: the kinds of the policy's table in plain words, which are also what a
receipt has the hash of.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from kept.core.consent.choices import Notice
from kept.core.policy.model import COOKIE_KINDS, Cookie, Policy, Purpose
from kept.core.policy.render import COOKIE_WORDS
from kept.core.register.dormancy import dormant
from kept.portal.visitors.device_consent import ASK, ESSENTIAL, SIGNALLED, TELL, Chosen
from kept.rights.access.value_names import in_a_sentence
from kept.sentences import sentence

_LEADS = {
    ASK: sentence(
        "Essential cookies keep you signed in and guard forms. Nothing else is set before you say yes, and"
        " going on without an answer is not a yes. We ask about:"
    ),
    TELL: sentence(
        "Essential cookies keep you signed in and guard forms. Going on is recorded as having been told,"
        " never as your yes. From your next page on we also set:"
    ),
}
NAMES = {
    "preference": sentence("preference"),
    "measurement": sentence("measurement"),
    "advertising": sentence("advertising"),
}
"""A kind of cookies in the middle of a sentence: "You said yes to measurement cookies."."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Cookies one yes or no is about."""

    id: str
    title: str
    cookies: tuple[Cookie, ...]
    purposes: tuple[Purpose, ...]

    @property
    def sentence(self) -> str:
        """What it is for, in the words of the policy's purposes."""
        return " ".join(
            str(sentence("{title}: {why}", title=one.title, why=in_a_sentence(str(one.why))))
            for one in self.purposes
        )


@dataclass(frozen=True, slots=True)
class Words:
    """``kinds`` are asked about, or told of; ``signal`` is the sentence about a browser's signal, where it
    was sent.
    """

    mode: str
    lead: str
    kinds: tuple[Kind, ...]
    signal: str

    def notice(self, policy: Policy, number: int) -> Notice:
        """The text as this page shows it, with the clause that states it."""
        said = [str(self.lead), *(f"{kind.title}. {kind.sentence}" for kind in self.kinds), str(self.signal)]
        return Notice(" ".join(one for one in said if one), clause_of(policy), number)


def clause_of(policy: Policy) -> str:
    """Where the policy speaks of cookies (P21)."""
    promise = policy.promise_of_row("P21")
    return promise.clause if promise else policy.company.purpose_clause


@lru_cache(maxsize=16)
def kinds(policy: Policy) -> tuple[Kind, ...]:
    """Every kind that needs an answer: what is not essential, and not dormant."""
    set_here = [
        cookie for cookie in policy.cookies.values() if cookie.kind != ESSENTIAL and not dormant(cookie)
    ]
    return tuple(
        _kind(policy, id, tuple(one for one in set_here if one.kind == id))
        for id in COOKIE_KINDS
        if any(one.kind == id for one in set_here)
    )


def _kind(policy: Policy, id: str, cookies: tuple[Cookie, ...]) -> Kind:
    ids = dict.fromkeys(cookie.purpose for cookie in cookies)
    return Kind(id, COOKIE_WORDS[id], cookies, tuple(policy.purposes[purpose] for purpose in ids))


def open_kinds(policy: Policy, said: Chosen, mode: str) -> tuple[str, ...]:
    """Ids of the kinds she is still to be asked about or told of.

    What her browser's signal answers is answered.
    """
    return tuple(
        kind.id
        for kind in kinds(policy)
        if kind.id not in said.kinds
        and not (said.signal and kind.id in SIGNALLED)
        and not (mode == TELL and kind.id in said.noticed)
    )


@lru_cache(maxsize=64)
def words(policy: Policy, mode: str, asked: tuple[str, ...], signal: bool) -> Words:
    """What is shown with a question about some kinds; ``signal``: whether her browser sends one."""
    no = [NAMES[kind.id] for kind in kinds(policy) if signal and kind.id in SIGNALLED]
    return Words(
        mode,
        _LEADS[mode],
        tuple(kind for kind in kinds(policy) if kind.id in asked),
        sentence(
            "Your browser asks not to be followed (Global Privacy Control). It counts as your no to {kinds},"
            " whatever you press here.",
            kinds=no,
        )
        if no
        else "",
    )


def purposes_of(policy: Policy, ids: Collection[str]) -> list[str]:
    """Ids of the purposes that cookies of these kinds serve."""
    return list(
        dict.fromkeys(purpose.id for kind in kinds(policy) if kind.id in ids for purpose in kind.purposes)
    )
