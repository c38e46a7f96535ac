"""Acknowledgements as the ledger tells them, laid beside the rows the gate goes by, and beside what staff
read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from kept.accounts.models import StaffMember
from kept.core.consent import acknowledgements
from kept.core.consent.choices import changed_notices
from kept.core.ledger import versions
from kept.core.ledger.act_kinds import KINDS
from kept.core.ledger.acts import Acts, Said, acts_of
from kept.core.register.roles import in_words
from kept.core.vault.subject_keys.keys import aliases_of, subjects_of
from kept.promises.guidelines.flows import PURPOSE
from kept.sentences import counted, sentence

PROGRAMS = frozenset(
    {"published", "withdrawn", "pruned", "continued", "rotated", "receipt", "expired", "erased", "sent"}
)
OWN = frozenset({"signed-in", "consented", "acknowledged", "objected", "restricted", "lifted"})
"""Kinds of acts that are written without a gate, and those of people for themselves. By every other kind,
also one that a touchpoint adds, staff may have read or written about somebody.
"""
PROGRAM = frozenset({"self", "system", ""})
ALWAYS_TO_COME = datetime.max.replace(tzinfo=UTC)
Words = tuple[str, int, str]
"""A guideline, its version, and the hash of what was shown."""


def differences() -> Iterator[str]:
    """One sentence each: an acknowledgement without its act or an act without its row, words that changed
    under their hash, a post no guideline binds, a look by somebody who had not acknowledged.
    """
    acts = acts_of(("acknowledged",), purpose=PURPOSE)
    told = _told(acts)
    yield from _unrecorded(told, acts)
    yield from _vanished(told)
    if changed := changed_notices():
        yield counted(
            "{n} text that was acknowledged reads otherwise now",
            "{n} texts that were acknowledged read otherwise now",
            changed,
        )
    yield from _unbound()
    if told:
        first = min(at for at, _ in told.values())
        yield from _unguided(acts_of(KINDS - PROGRAMS - OWN), first)


def _told(acts: Acts) -> dict[tuple[bytes, str, int], tuple[datetime, str]]:
    """When, and the hash of the words, by alias, guideline and version."""
    found = {}
    for act in acts:
        for alias, detail in act.parts:
            given: Any = detail.get("guideline")
            if given:
                found[alias, str(given[0]), int(given[1])] = act.at, str(given[2])
    return found


def _unrecorded(told: Mapping[tuple[bytes, str, int], tuple[datetime, str]], acts: Acts) -> Iterator[str]:
    rows = acknowledgements.everybody()
    aliases, published = aliases_of([row.subject for row in rows]), _published()
    for row in rows:
        said = told.get((aliases.get(row.subject, b""), row.guideline, row.version))
        named = {"guideline": row.guideline, "version": row.version}
        if said is None and row.at > acts.since:
            yield sentence(
                "somebody has acknowledged {guideline}, version {version}, and no act tells of it", **named
            )
        elif row.at < published.get((row.guideline, row.version), ALWAYS_TO_COME):
            # Its act may be pruned; nobody read it before there was anything to read.
            yield sentence(
                "somebody has acknowledged {guideline}, version {version}, before it was published", **named
            )
        elif said is not None and said[1] != row.notice_id:
            yield sentence("somebody acknowledged other words of {guideline}, version {version}", **named)


def _published() -> Mapping[tuple[str, int], datetime]:
    """When each version of each guideline was first published, with the policy it stands in."""
    found: dict[tuple[str, int], datetime] = {}
    for slot in versions.slots():
        for one in versions.version(slot.number).guidelines.values():
            key = one.id, one.version
            found[key] = min(slot.published, found.get(key, ALWAYS_TO_COME))
    return found


def _vanished(told: Mapping[tuple[bytes, str, int], tuple[datetime, str]]) -> Iterator[str]:
    """Of those who work here today; what others acknowledged goes with their record, after its term."""
    here = subjects_of([alias for alias, _, _ in told])
    today = StaffMember.objects.working()
    working = set(today.values_list("user__person_id", flat=True))
    held = {(row.subject, row.guideline, row.version) for row in acknowledgements.everybody()}
    for alias, guideline, version in told:
        subject = here.get(alias)
        if subject in working and (subject, guideline, version) not in held:
            yield sentence(
                "somebody acknowledged {guideline}, version {version}, and the row is gone",
                guideline=guideline,
                version=version,
            )


def _unbound() -> Iterator[str]:
    policy = versions.current().policy
    today = StaffMember.objects.working()
    for role in sorted(set(today.values_list("role", flat=True))):
        if not policy.guidelines_for(role):
            yield sentence("no guideline reaches anybody who works as {role}", role=in_words(role))


def _unguided(acts: Acts, first: datetime) -> Iterator[str]:
    """Acts of staff that do not name each guideline which bound their role under the version they went by."""
    for act in acts:
        if act.at >= first and act.role not in PROGRAM and act.parts and (missing := _missing(act)):
            yield sentence(
                "somebody of {role} looked before they had acknowledged {guideline}",
                role=in_words(act.role),
                guideline=missing,
            )


def _missing(act: Said) -> str:
    try:
        policy = versions.version(act.policy)
    except versions.Version.DoesNotExist:
        return ""
    given: Any = act.payload.get("guidelines", {})
    return next((one.id for one in policy.guidelines_for(act.role) if given.get(one.id) != one.version), "")
