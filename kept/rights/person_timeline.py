"""The timeline in plain sentences, grouped by day: what was collected, used, sent, corrected, refused.

Roles, never names of staff.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone

from kept.core.ledger.act_kinds import group_of
from kept.core.policy.model import Policy, Purpose
from kept.core.register.roles import in_words
from kept.core.vault.history import Happening

FILTERS = {
    "all": "Everything",
    "read": "Who read it",
    "sent": "Where it went",
    "changed": "What was given or changed",
    "refused": "What was refused",
    "asked": "What you asked us",
    "gone": "What was deleted",
    "own": "When you looked yourself",
}
_OF_FILTER = {
    "read": {"read", "opened"},
    "sent": {"sent", "disclosed"},
    "changed": {
        "collected",
        "changed",
        "consented",
        "acknowledged",
        "objected",
        "restricted",
        "lifted",
        "copied",
    },
    "gone": {"expired", "erased"},
    "refused": {"refused"},
    "asked": {"asked", "identified", "extended", "rerouted", "answered", "closed"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, as a sentence, and what explains it."""

    at: datetime
    sentence: str
    explanation: tuple[str, ...]
    clause: str
    kind: str
    act: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    lines: tuple[Line, ...]


def days(happenings: Iterable[Happening], policy: Policy, *, only: str = "all") -> list[Day]:
    lines = [line(one, policy) for one in of(happenings, only)]
    by_day = groupby(lines, key=lambda one: timezone.localtime(one.at).date())
    return [Day(day, tuple(found)) for day, found in by_day]


def of(happenings: Iterable[Happening], only: str) -> list[Happening]:
    """Those a filter shows."""
    return [one for one in happenings if _belongs(one, only)]


def _belongs(happening: Happening, only: str) -> bool:
    """Her own looking would drown what others did: it has a filter of its own."""
    own_look = happening.kind == "read" and happening.role == "self"
    if only == "own" or own_look:
        return own_look and only == "own"
    return only == "all" or happening.kind in _OF_FILTER[only] or group_of(happening.kind) == only


def line(happening: Happening, policy: Policy) -> Line:
    purpose = policy.purposes.get(happening.purpose)
    known, categories = policy.categories, happening.detail.get("categories", [])
    explanation = [
        f"Purpose: {purpose.title}." if purpose else "",
        f"Reason given: “{happening.note}”." if happening.note else "",
        f"Matter: {happening.about}." if happening.about and happening.role not in {"self", "system"} else "",
        (
            f"Kinds of data: {_listed([known[id].title for id in categories if id in known])}."
            if categories
            else ""
        ),
        f"Term: {happening.detail['term']}." if happening.detail.get("term") else "",
        f"Version {happening.policy} of the policy ruled.",
    ]
    return Line(
        happening.at,
        sentence(happening, policy),
        tuple(part for part in explanation if part),
        _clause(happening, purpose),
        happening.kind,
        str(happening.act),
    )


def _clause(happening: Happening, purpose: Purpose | None) -> str:
    """The clause of the purpose; for what died by several of them, the one about terms by way of the
    first.
    """
    if purpose:
        return purpose.clause
    clauses = happening.payload.get("clauses") or [""]
    return str(clauses[0])


def sentence(happening: Happening, policy: Policy) -> str:
    """ "Support staff looked at your phone number, to help with a product." """
    who = "You" if happening.role == "self" else in_words(happening.role) if happening.role else "The portal"
    return _SENTENCES.get(happening.kind, _other)(who, _things(happening, policy), happening, policy)


def _read(who: str, things: str, happening: Happening, policy: Policy) -> str:
    return f"{who} looked at your data{_for(happening, policy)}{things}."


def _sent(who: str, things: str, happening: Happening, policy: Policy) -> str:
    recipient = policy.recipients.get(happening.detail.get("recipient", ""))
    to = f" It left through {recipient.title}." if recipient else ""
    return f"A mail was sent to you{_for(happening, policy)}.{to}"


def _disclosed(who: str, things: str, happening: Happening, policy: Policy) -> str:
    recipient = policy.recipients.get(happening.detail.get("recipient", ""))
    name = recipient.title if recipient else "a recipient"
    told = _TOLD.get(happening.detail.get("notice", ""))
    if told:
        verb = (
            "was reminded"
            if happening.detail.get("reminder")
            else "was told again"
            if happening.detail.get("again")
            else "was told"
        )
        return f"{name} {verb} {told}{things}."
    if happening.detail.get("again"):
        return (
            f"Your data was sent to {name} again, as nothing had said that it"
            f" arrived{_for(happening, policy)}{things}."
        )
    return f"Your data went to {name}{_for(happening, policy)}{things}."


_TOLD = {
    "correction": "that something of yours was corrected",
    "restriction": "to use your data no longer",
    "lifting": "that it may use your data again",
}


def _refused(who: str, things: str, happening: Happening, policy: Policy) -> str:
    kinds = [
        policy.categories[id].title.lower()
        for id in happening.detail.get("refused", {})
        if id in policy.categories
    ]
    clauses = sorted(set(happening.detail.get("refused", {}).values()))
    return (
        f"{who} asked for {_listed(kinds) or 'your data'} and {'were' if who == 'You' else 'was'} refused"
        f" (clause {', '.join(clauses)})."
    )


def _collected(who: str, things: str, happening: Happening, policy: Policy) -> str:
    said = happening.detail.get("what", "")
    if said and said not in {"collected", "changed", "read"}:
        return f"{_upper(said)}."
    return f"{who} {'gave' if who == 'You' else 'noted'} data{_for(happening, policy)}{things}."


def _other(who: str, things: str, happening: Happening, policy: Policy) -> str:
    said = happening.detail.get("what") or happening.kind
    return f"{_upper(str(said))}."


def _expired(who: str, things: str, happening: Happening, policy: Policy) -> str:
    """What time took away: whole records by the name of their table, single values by their kind."""
    detail = happening.detail
    rows, title, term = detail.get("rows", 1), detail.get("what", ""), detail.get("term", "")
    over = f", {term}" if term and ";" not in term else ""
    if detail.get("gone") == "value":
        return f"Deleted, as the term was over{over}{things}."
    return (
        f"{rows} {'record' if rows == 1 else 'records'} of “{title}” {'was' if rows == 1 else 'were'}"
        f" deleted, as the term was over{over}."
    )


_SENTENCES = {
    "expired": _expired,
    "read": _read,
    "sent": _sent,
    "disclosed": _disclosed,
    "refused": _refused,
    "collected": _collected,
    "changed": _collected,
}


def _things(happening: Happening, policy: Policy) -> str:
    """The kinds of data as the policy calls them, after a colon: their titles are whole phrases and fit no
    other grammar.
    """
    titles = [
        policy.categories[id].title
        for id in happening.detail.get("categories", [])
        if id in policy.categories
    ]
    return f": {_listed([_lower(title) for title in titles])}" if titles else ""


def _for(happening: Happening, policy: Policy) -> str:
    purpose = policy.purposes.get(happening.purpose)
    return f" for “{purpose.title}”" if purpose and not purpose.right else ""


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """Lower case for the middle of a sentence; words like ID and E-mail keep their shape."""
    return text if text[:2].isupper() or text.startswith("E-") else text[:1].lower() + text[1:]
