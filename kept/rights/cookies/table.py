"""What the page shows: the policy's table row by row, with what is on this device now, and an answer in
words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kept.core.policy.model import Cookie, Policy
from kept.core.policy.render import COOKIE_WORDS
from kept.core.register.dormancy import dormant
from kept.core.register.explanations import clause_url
from kept.portal.device_consent import SIGNALLED, Chosen
from kept.rights.cookies.cookie_words import kinds

MOST = 10
_KEPT = {
    "cookie": "By our server, in a cookie no script can read",
    "local-storage": "By a script, in your browser’s store",
    "session-storage": "By a script, in your browser’s store for this tab",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that may be put on a device.

    ``here``: its names among what this request carried; None where only the browser could tell.
    """

    cookie: Cookie
    purpose: str
    kept: str
    lives: str
    kind: str
    clause: str
    dormant: bool
    here: tuple[str, ...] | None

    @property
    def clause_url(self) -> str:
        return clause_url(self.clause)


def rows(policy: Policy, sent: Iterable[str]) -> list[Row]:
    """What is in use first, each in the order of the policy."""
    found = [_row(policy, cookie, sent) for cookie in policy.cookies.values()]
    return sorted(found, key=lambda row: row.dormant)


def _row(policy: Policy, cookie: Cookie, sent: Iterable[str]) -> Row:
    purpose = policy.purposes[cookie.purpose]
    lives = cookie.lifetime.in_words() if cookie.lifetime else "Until the browser closes"
    here = (
        tuple(sorted(name for name in sent if cookie.matches(name))) if cookie.storage == "cookie" else None
    )
    return Row(
        cookie,
        purpose.title,
        _KEPT[cookie.storage],
        lives,
        COOKIE_WORDS[cookie.kind],
        purpose.clause,
        dormant(cookie),
        here,
    )


def others(policy: Policy, sent: Iterable[str]) -> list[str]:
    """Names this browser sent that the table does not have: not ours, or from before. At most ten."""
    return sorted(
        name for name in sent if not any(cookie.matches(name) for cookie in policy.cookies.values())
    )[:MOST]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``said``: one sentence; ``signalled``: kinds her browser's signal keeps off all the same."""

    said: str
    signalled: tuple[str, ...]
    receipt: str


def confirmation(policy: Policy, said: Chosen) -> Confirmation:
    """What was chosen, in words."""
    answers = {kind.title.lower(): said.kinds[kind.id] for kind in kinds(policy) if kind.id in said.kinds}
    parts = [f"{word} to {_all(names)} cookies" for word, names in _sides(answers) if names]
    off = tuple(
        kind.title.lower()
        for kind in kinds(policy)
        if kind.id in SIGNALLED and said.signal and not said.of(kind.id)
    )
    return Confirmation(f"You said {_all(parts)}.", off, said.receipt)


def _sides(answers: dict[str, bool]) -> tuple[tuple[str, list[str]], ...]:
    return ("yes", [name for name, yes in answers.items() if yes]), (
        "no",
        [name for name, yes in answers.items() if not yes],
    )


def _all(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
