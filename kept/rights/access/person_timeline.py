"""The timeline in plain sentences, grouped by day: what was collected, used, sent, corrected, refused.

Roles, never names of staff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kept.core.ledger import versions
from kept.core.ledger.act_kinds import group_of
from kept.core.ledger.history import Changed
from kept.core.policy.model import Policy, Purpose
from kept.core.register.roles import in_words
from kept.core.vault.history import Happening
from kept.rights.access.language_shown import language_shown
from kept.rights.access.value_names import in_a_sentence, source_in_words
from kept.sentences import chained, listed, unpacked

FILTERS = {
    "all": gettext_lazy("Everything"),
    "read": gettext_lazy("Who read it"),
    "sent": gettext_lazy("Where it went"),
    "changed": gettext_lazy("What was given or changed"),
    "refused": gettext_lazy("What was refused"),
    "asked": gettext_lazy("What you asked us"),
    "gone": gettext_lazy("What was deleted"),
    "own": gettext_lazy("When you looked yourself"),
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


def in_order(changed: Iterable[Changed]) -> list[Changed]:
    """Entries that were changed, newest first; those that are not in the tree yet stand before all others."""
    return sorted(changed, key=lambda one: (-1 if one.leaf is None else one.leaf, one.at))


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
    """In the language of the page; ``policy`` as it reads in it."""
    purpose = policy.purposes.get(happening.purpose)
    return Line(
        happening.at,
        sentence(happening, policy),
        tuple(_explanation(happening, policy, purpose)),
        _clause(happening, purpose),
        happening.kind,
        str(happening.act),
    )


def _explanation(happening: Happening, policy: Policy, purpose: Purpose | None) -> Iterator[str]:
    if purpose:
        yield _("Purpose: {title}.").format(title=purpose.title)
    if happening.note:
        yield _("Reason given: “{reason}”.").format(reason=happening.note)
    if happening.about and happening.role not in {"self", "system"}:
        yield _("Matter: {matter}.").format(matter=source_in_words(happening.about))
    if happening.detail.get("categories"):
        yield _("Kinds of data: {kinds}.").format(kinds=listed(_titles(happening, policy)))
    if term := _term(happening):
        yield _("Term: {term}.").format(term=term)
    yield _("Version {version} of the policy ruled.").format(version=happening.policy)


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
    return _SENTENCES.get(happening.kind, _other)(happening, policy)


def _read(happening: Happening, policy: Policy) -> str:
    purpose = _purpose(happening, policy)
    if happening.role == "self":
        said = _("You looked at your data for “{purpose}”") if purpose else _("You looked at your data")
    else:
        said = _("{who} looked at your data for “{purpose}”") if purpose else _("{who} looked at your data")
    return _with_things(said.format(who=_who(happening, policy), purpose=purpose), happening, policy)


def _sent(happening: Happening, policy: Policy) -> str:
    purpose = _purpose(happening, policy)
    said = _("A mail was sent to you for “{purpose}”.") if purpose else _("A mail was sent to you.")
    recipient = policy.recipients.get(happening.detail.get("recipient", ""))
    left = _("It left through {recipient}.").format(recipient=recipient.title) if recipient else ""
    return f"{said.format(purpose=purpose)} {left}".rstrip()


def _disclosed(happening: Happening, policy: Policy) -> str:
    recipient = policy.recipients.get(happening.detail.get("recipient", ""))
    purpose = _purpose(happening, policy)
    again, reminder = happening.detail.get("again"), happening.detail.get("reminder")
    told = _TOLD.get(happening.detail.get("notice", ""))
    if told:
        said = str(told["reminded" if reminder else "again" if again else "told"])
    elif again:
        said = (
            _("Your data was sent to {recipient} again, as nothing had said that it arrived for “{purpose}”")
            if purpose
            else _("Your data was sent to {recipient} again, as nothing had said that it arrived")
        )
    else:
        said = (
            _("Your data went to {recipient} for “{purpose}”")
            if purpose
            else _("Your data went to {recipient}")
        )
    name = recipient.title if recipient else _("a recipient")
    return _with_things(said.format(recipient=name, purpose=purpose), happening, policy)


_TOLD = {
    "correction": {
        "told": gettext_lazy("{recipient} was told that something of yours was corrected"),
        "again": gettext_lazy("{recipient} was told again that something of yours was corrected"),
        "reminded": gettext_lazy("{recipient} was reminded that something of yours was corrected"),
    },
    "restriction": {
        "told": gettext_lazy("{recipient} was told to use your data no longer"),
        "again": gettext_lazy("{recipient} was told again to use your data no longer"),
        "reminded": gettext_lazy("{recipient} was reminded to use your data no longer"),
    },
    "lifting": {
        "told": gettext_lazy("{recipient} was told that it may use your data again"),
        "again": gettext_lazy("{recipient} was told again that it may use your data again"),
        "reminded": gettext_lazy("{recipient} was reminded that it may use your data again"),
    },
}


def _refused(happening: Happening, policy: Policy) -> str:
    refused = happening.detail.get("refused", {})
    kinds = [_small(str(policy.categories[id].title)) for id in refused if id in policy.categories]
    if happening.role == "self":
        said = (
            _("You asked for {kinds} and were refused (clause {clauses}).")
            if kinds
            else _("You asked for your data and were refused (clause {clauses}).")
        )
    else:
        said = (
            _("{who} asked for {kinds} and was refused (clause {clauses}).")
            if kinds
            else _("{who} asked for your data and was refused (clause {clauses}).")
        )
    return said.format(
        who=_who(happening, policy), kinds=listed(kinds), clauses=", ".join(sorted(set(refused.values())))
    )


def _collected(happening: Happening, policy: Policy) -> str:
    if happening.detail.get("what", "") not in {"", "collected", "changed", "read"}:
        return _other(happening, policy)
    purpose = _purpose(happening, policy)
    if happening.role == "self":
        said = _("You gave data for “{purpose}”") if purpose else _("You gave data")
    else:
        said = _("{who} noted data for “{purpose}”") if purpose else _("{who} noted data")
    return _with_things(said.format(who=_who(happening, policy), purpose=purpose), happening, policy)


def _other(happening: Happening, policy: Policy) -> str:
    said = _what(happening) or happening.kind
    return _("{said}.").format(said=said[:1].upper() + said[1:])


def _what(happening: Happening) -> str:
    """What the act says of itself. From before acts kept what their words are made of, those that end with a
    reference can be said again as well.
    """
    made_of, words = happening.detail.get("said"), str(happening.detail.get("what", ""))
    if made_of:
        return str(unpacked(_renamed(made_of, _called_now(happening))))
    if found := _REFERENCE.fullmatch(words):
        return _(found["said"] + ", {reference}").format(reference=found["reference"])
    return _(words) if words else ""


def _called_now(happening: Happening) -> dict[str, str]:
    """What the version that ruled then calls things, as an act keeps it → as this reader does."""
    ruled = versions.version(happening.policy)
    spoken = versions.spoken(ruled)
    if spoken is ruled:
        return {}
    return {
        str(row.title): str(table[id].title)
        for rows, table in ((ruled.purposes, spoken.purposes), (ruled.recipients, spoken.recipients))
        for id, row in rows.items()
    }


def _renamed(made_of: Any, titles: dict[str, str]) -> Any:
    """A packed sentence with the titles among its values in another language."""
    if isinstance(made_of, str) or not titles:
        return made_of
    message, values = made_of
    return [message, {name: _value_renamed(value, titles) for name, value in values.items()}]


def _value_renamed(value: Any, titles: dict[str, str]) -> Any:
    if isinstance(value, str):
        return titles.get(value, value)
    if isinstance(value, dict) and "said" in value:
        return {"said": _renamed(value["said"], titles)}
    return value


_REFERENCE = re.compile(r"(?P<said>[^{}]*), (?P<reference>[A-Z]+-[0-9A-Z-]+)")


def _term(happening: Happening) -> str:
    """What was over, in the reader's language: by the purposes the act names, as the version had them that
    ruled then; in the words it wrote down, where it names none.
    """
    written, ids = str(happening.detail.get("term", "")), happening.detail.get("purposes")
    if not ids:
        return written
    purposes = versions.spoken(versions.version(happening.policy)).purposes
    return str(chained(dict.fromkeys(str(purposes[id].kept_until()) for id in ids)))


def _expired(happening: Happening, policy: Policy) -> str:
    """What time took away: whole records by the name of their table, single values by their kind."""
    detail = happening.detail
    rows, term = detail.get("rows", 1), _term(happening)
    term = "" if ";" in term else term
    if detail.get("gone") == "value":
        said = _("Deleted, as the term was over, {term}") if term else _("Deleted, as the term was over")
        return _with_things(said.format(term=term), happening, policy)
    said = (
        ngettext(
            "{n} record of “{title}” was deleted, as the term was over, {term}.",
            "{n} records of “{title}” were deleted, as the term was over, {term}.",
            rows,
        )
        if term
        else ngettext(
            "{n} record of “{title}” was deleted, as the term was over.",
            "{n} records of “{title}” were deleted, as the term was over.",
            rows,
        )
    )
    return said.format(n=rows, title=_what(happening), term=term)


_SENTENCES = {
    "expired": _expired,
    "read": _read,
    "sent": _sent,
    "disclosed": _disclosed,
    "refused": _refused,
    "collected": _collected,
    "changed": _collected,
}


def _who(happening: Happening, policy: Policy) -> str:
    return in_words(happening.role, policy) if happening.role else _("The portal")


def _purpose(happening: Happening, policy: Policy) -> str:
    """What it was for, where that is more than a right of hers."""
    purpose = policy.purposes.get(happening.purpose)
    return str(purpose.title) if purpose and not purpose.right else ""


def _titles(happening: Happening, policy: Policy) -> list[str]:
    return [
        str(policy.categories[id].title)
        for id in happening.detail.get("categories", [])
        if id in policy.categories
    ]


def _with_things(said: str, happening: Happening, policy: Policy) -> str:
    """With the kinds of data as the policy calls them, after a colon: their titles are whole phrases and fit
    no other grammar.
    """
    things = [in_a_sentence(title) for title in _titles(happening, policy)]
    if not things:
        return _("{said}.").format(said=said)
    return _("{said}: {things}.").format(said=said, things=listed(things))


def _small(title: str) -> str:
    return title if language_shown() == "de" else title.lower()
