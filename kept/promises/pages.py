"""What the public pages show, gathered: clauses with the state of their promises, promises with their
proofs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.conf import settings
from django.utils.translation import get_language

from kept.core.policy.model import Policy, Promise
from kept.core.policy.wording import Clause
from kept.core.register.proving import proofs
from kept.core.register.proving.proofs import BROKEN, KEPT, UNMEASURED, UNPROVEN, WAITING, Answer, Results
from kept.dates import LANGUAGES
from kept.portal.languages.choice import SOURCE, address
from kept.portal.regions.places import language_name
from kept.sentences import counted, joined

WORST_FIRST = (BROKEN, UNPROVEN, UNMEASURED, WAITING, KEPT)


@dataclass(frozen=True, slots=True)
class Shown:
    """One promise as a page shows it.

    ``answers`` are the last words of its proofs, ``unseen`` what these do not see.

    ``missing`` are proofs nobody wrote, ``foreign`` those written for another promise; ``asleep``: nothing of
    it is at work.
    """

    promise: Promise
    state: str
    answers: tuple[Answer, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]
    asleep: bool
    unseen: str

    @property
    def figure(self) -> str:
        """The figure of the proof that decides the state."""
        return next((answer.figure for answer in self.answers if answer.state == self.state), "")

    @property
    def text(self) -> str:
        return next((answer.text for answer in self.answers if answer.state == self.state), "")


@dataclass(frozen=True, slots=True)
class Paragraph:
    clause: Clause
    promises: tuple[Shown, ...]

    @property
    def state(self) -> str:
        """The worst state of the promises it states; empty where it states none."""
        states = {shown.state for shown in self.promises}
        return next((state for state in WORST_FIRST if state in states), "")

    @property
    def said(self) -> str:
        """What decides that state, in a few words."""
        return next(
            (shown.figure for shown in self.promises if shown.state == self.state and shown.figure),
            "",
        )


@dataclass(frozen=True, slots=True)
class Section:
    number: str
    title: str
    paragraphs: tuple[Paragraph, ...]


def promise_rows(policy: Policy, results: Results) -> list[Shown]:
    """Every promise, in the order of the policy's rows."""
    shown = [_shown(promise, policy, results) for promise in policy.promises.values()]
    return sorted(shown, key=lambda one: (one.promise.row[0], int(one.promise.row[1:])))


def _shown(promise: Promise, policy: Policy, results: Results) -> Shown:
    answers = tuple(results.answers[id] for id in promise.proofs if id in results.answers)
    missing = tuple(id for id in promise.proofs if id not in proofs.PROOFS)
    own = [one for id in promise.proofs if (one := proofs.PROOFS.get(id)) and promise.id in one.promises]
    foreign = tuple(
        id for id in promise.proofs if id in proofs.PROOFS and promise.id not in proofs.PROOFS[id].promises
    )
    unseen = joined(dict.fromkeys(one.unseen for one in own if one.unseen))
    return Shown(
        promise,
        results.promises[promise.id],
        answers,
        missing,
        foreign,
        proofs.asleep(promise, policy),
        unseen,
    )


@dataclass(frozen=True, slots=True)
class Languages:
    """In which languages a version can be read: ``others`` as (code, name, address), each name in its own.

    ``lacking``: the language of the reader, by name, where the version is not written in it.
    """

    shown: str
    name: str
    prevails: str
    others: tuple[tuple[str, str, str], ...]
    lacking: str


def languages(policy: Policy, path: str) -> Languages:
    """``policy`` as it is shown at ``path``. Each language has an address of its own where the portal speaks
    it, and else is asked for.
    """
    reader = get_language() or SOURCE
    others = tuple(
        (code, language_name(code), _address(path, code)) for code in policy.texts if code != policy.language
    )
    return Languages(
        policy.language,
        language_name(policy.language, reader),
        language_name(policy.company.prevails, reader) if len(policy.texts) > 1 else "",
        others,
        "" if reader.partition("-")[0] in policy.texts else language_name(reader, reader),
    )


def _address(path: str, code: str) -> str:
    """The whole address: one without its site would stay in the language of this page."""
    return settings.KEPT_SITE + (address(path, code) if code in LANGUAGES else f"{path}?language={code}")


def sections(policy: Policy, results: Results) -> list[Section]:
    """The wording, each clause with the promises it states, in the language the policy speaks."""
    by_id = {shown.promise.id: shown for shown in promise_rows(policy, results)}
    found = []
    for (number, title), clauses in groupby(
        policy.clauses(),
        key=lambda clause: (clause.section, clause.section_title),
    ):
        paragraphs = tuple(
            Paragraph(clause, tuple(by_id[id] for id in clause.promises if id in by_id)) for clause in clauses
        )
        found.append(Section(number, title, paragraphs))
    return found


COUNTED = {
    KEPT: lambda n: counted("{n} kept", "{n} kept", n),
    BROKEN: lambda n: counted("{n} broken", "{n} broken", n),
    WAITING: lambda n: counted("{n} waiting", "{n} waiting", n),
    UNMEASURED: lambda n: counted("{n} not measured yet", "{n} not measured yet", n),
    UNPROVEN: lambda n: counted("{n} not proven", "{n} not proven", n),
}
"""How many promises stand in a state, in words."""


def count(rows: Iterable[Shown]) -> dict[str, int]:
    """How many promises stand in each state, in the order they are read."""
    states = [shown.state for shown in rows]
    return {state: states.count(state) for state in (KEPT, BROKEN, WAITING, UNMEASURED, UNPROVEN)}
