"""*Explain this value*: where it came from, why it is held, who reads it, where it goes, and the day of its
deletion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.policy.model import Policy, Purpose
from kept.core.register.explanations import Explanation, explain
from kept.core.register.terms.deletion_days import Death
from kept.rights.access.language_shown import language_shown
from kept.rights.access.records import Fact
from kept.sentences import chained, day


@dataclass(frozen=True, slots=True)
class Reason:
    title: str
    clause: str
    url: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What the policy says of a kind of value, whoever's it is.

    ``reasons`` in the order of the declaration.
    """

    reasons: tuple[Reason, ...]
    who: str
    recipients: str
    purposes: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """What is said of one value beside that: ``until`` is a day, or what it waits for; ``line`` draws the
    term.
    """

    label: str
    source: str
    day: date | None
    version: int | None
    until: str
    line: dict[str, str] | None


def answers(policy: Policy, field_id: str, ids: tuple[str, ...]) -> Answers:
    """By the version in force, in the language of the page.

    Raises NothingToExplain where it knows the purpose or the kind of data no more.
    """
    return _answers(policy, field_id, ids, language_shown())


@lru_cache(maxsize=2048)
def _answers(policy: Policy, field_id: str, ids: tuple[str, ...], language: str) -> Answers:
    """``language``: the one these are said in."""
    purposes = tuple(explain(field_id, purpose, policy) for purpose in ids)
    return Answers(
        reasons=tuple(
            Reason(policy.purposes[id].title, one.clause, one.clause_url)
            for id, one in zip(ids, purposes, strict=True)
        ),
        who=str(chained(_once(reader for purpose in purposes for reader in purpose.who))),
        recipients=", ".join(_once(str(one) for purpose in purposes for one in purpose.recipients))
        or _("nobody outside"),
        purposes=purposes,
    )


def explained(fact: Fact, policy: Policy) -> Explained:
    """By the version in force.

    Raises NothingToExplain where it knows the purpose or the kind of data no more.
    """
    end = _as_read(fact.until, policy) if fact.until else None
    return Explained(
        label=fact.name,
        source=fact.origin,
        day=fact.day,
        version=fact.policy,
        until=until(end, answers(policy, fact.field_id, fact.purposes).purposes),
        line=_line(end),
    )


def _as_read(end: Death, policy: Policy) -> Death:
    """The same with its events in the words of ``policy``, the one in force as it is read here. What another
    version put otherwise keeps its words.
    """
    in_force = versions.current().policy.purposes

    def read(purpose: Purpose) -> Purpose:
        return policy.purposes[purpose.id] if in_force.get(purpose.id) == purpose else purpose

    return replace(end, purpose=read(end.purpose), waiting=tuple(map(read, end.waiting)))


def until(end: Death | None, purposes: tuple[Explanation, ...]) -> str:
    """ "Deleted on 12 May 2029", or "3 years after your case is closed" while nobody can know the day."""
    if end is not None:
        if end.day:
            return _("Deleted on {day}").format(day=day(end.day))
        return _upper(str(end.words))
    return str(chained(_once(_upper(str(purpose.until)) for purpose in purposes)))


def _line(end: Death | None) -> dict[str, str] | None:
    if end is None or not end.purpose.duration or len(end.waiting) > 1:
        # One line shows one term.
        return None
    return {
        "start": _upper(str(end.purpose.event)),
        "length": str(end.purpose.duration.in_words()),
        "end": day(end.day) if end.day else _("Deleted"),
    }


def _once(words: Iterable[str]) -> list[str]:
    """Each once. "Only you" says nothing beside somebody else."""
    found = list(dict.fromkeys(words))
    return [word for word in found if word != "Only you"] or found


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
