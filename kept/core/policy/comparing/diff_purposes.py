"""What changes in purposes: they decide who may do what, so nothing here may widen without being named."""

from __future__ import annotations

from datetime import date

from kept.core.policy.comparing.compare import NAMED, Change, appeared, members, ordered, wording
from kept.core.policy.model import BASIS_NAMES, CHOICES, Policy, Purpose
from kept.core.policy.verdict import UNEMPLOYED
from kept.sentences import sentence

ALWAYS = sentence("always")
_STOPPABLE_LAST = (
    "consent",
    "contract",
    "legitimate-interests",
    "public-task",
    "legal-obligation",
    "vital-interests",
)


def purposes(a: Policy, b: Policy) -> list[Change]:
    changes = appeared(
        "purpose",
        a.purposes,
        b.purposes,
        widens=True,
        sentences=(sentence("A new purpose: {one}."), sentence("A purpose is gone: {one}.")),
    )
    for name in b.purposes:
        if name in a.purposes:
            changes += (
                _reach(a, b, name)
                + _choice(a.purposes[name], b.purposes[name])
                + _time(a.purposes[name], b.purposes[name])
            )
            changes += _words(a.purposes[name], b.purposes[name])
    return changes


def _reach(a: Policy, b: Policy, name: str) -> list[Change]:
    """What it uses, who reads it, who receives it."""
    old, new = a.purposes[name], b.purposes[name]
    said = {"title": new.title, "clause": new.clause, "one": NAMED}
    own = new.right and set(new.read_by) <= UNEMPLOYED
    kinds = {key: category.title.lower() for key, category in (*a.categories.items(), *b.categories.items())}
    roles = {**a.company.roles, **b.company.roles}
    entities = {
        key: entity.name for key, entity in (*a.company.entities.items(), *b.company.entities.items())
    }
    to = {key: recipient.title for key, recipient in (*a.recipients.items(), *b.recipients.items())}
    changes = members(
        "purpose",
        f"{name}.uses",
        old.uses,
        new.uses,
        sentence("“{title}” may now use {one} (clause {clause}).", **said),
        sentence("“{title}” may no longer use {one} (clause {clause}).", **said),
        titles=kinds,
        right=own,
    )
    changes += members(
        "purpose",
        f"{name}.read_by",
        old.read_by,
        new.read_by,
        sentence("“{title}” may now be read by {one} (clause {clause}).", **said),
        sentence("“{title}” may no longer be read by {one} (clause {clause}).", **said),
        titles=roles,
    )
    if old.entities or new.entities:
        employed, employs = (
            old.entities or tuple(a.company.entities),
            new.entities or tuple(b.company.entities),
        )
        changes += members(
            "purpose",
            f"{name}.entities",
            employed,
            employs,
            sentence("“{title}” may now be read by staff of {one} (clause {clause}).", **said),
            sentence("“{title}” may no longer be read by staff of {one} (clause {clause}).", **said),
            titles=entities,
        )
    changes += members(
        "purpose",
        f"{name}.shared_with",
        old.shared_with,
        new.shared_with,
        sentence("“{title}” may now reach {one} (clause {clause}).", **said),
        sentence("“{title}” may no longer reach {one} (clause {clause}).", **said),
        titles=to,
    )
    return changes


def _choice(old: Purpose, new: Purpose) -> list[Change]:
    said = {"title": new.title, "clause": new.clause}
    choice = {
        "none": sentence("“{title}” now is no choice (clause {clause}).", **said),
        "opt-out": sentence("“{title}” now can be declined (clause {clause}).", **said),
        "opt-in": sentence("“{title}” now needs your yes (clause {clause}).", **said),
    }
    weaker = CHOICES.index(new.choice) < CHOICES.index(old.choice)
    changes = ordered(
        "purpose",
        f"{new.id}.choice",
        old.choice,
        new.choice,
        weaker,
        choice[new.choice],
    )
    firmer = _STOPPABLE_LAST.index(new.basis) > _STOPPABLE_LAST.index(old.basis)
    basis = sentence(
        "“{title}” now rests on {basis} instead of {before} (clause {clause}).",
        **said,
        basis=BASIS_NAMES[new.basis],
        before=BASIS_NAMES[old.basis],
    )
    changes += ordered("purpose", f"{new.id}.basis", old.basis, new.basis, firmer, basis)
    # Where the choice itself changed, that says it all.
    if old.signal != new.signal and old.choice == new.choice:
        signal = (
            sentence("“{title}” now takes a browser's signal for a no (clause {clause}).", **said)
            if new.signal
            else sentence("“{title}” no longer takes a browser's signal for a no (clause {clause}).", **said)
        )
        changes.append(
            Change(
                "narrowed" if new.signal else "widened",
                "purpose",
                f"{new.id}.signal",
                str(old.signal),
                str(new.signal),
                old.signal,
                signal,
            )
        )
    if old.right != new.right:
        right = (
            sentence("“{title}” now serves a right of yours (clause {clause}).", **said)
            if new.right
            else sentence("“{title}” no longer serves a right of yours (clause {clause}).", **said)
        )
        changes.append(
            Change("widened", "purpose", f"{new.id}.right", str(old.right), str(new.right), True, right)
        )
    return changes


def _time(old: Purpose, new: Purpose) -> list[Change]:
    """How long data is kept, and between which days the purpose may be used at all."""
    before, after = old.kept_until(), new.kept_until()
    changes: list[Change] = []
    if (old.keep, old.from_event) != (new.keep, new.from_event):
        # Two terms from different days cannot be compared: the longer guess is taken, so that people are
        # told.
        longer = old.from_event != new.from_event or new.duration.length() > old.duration.length()
        changes += ordered(
            "retention",
            f"{new.id}.keep",
            before,
            after,
            longer,
            sentence(
                "“{title}” is kept {after}, and was kept {before} (clause {clause}).",
                title=new.title,
                after=after,
                before=before,
                clause=new.clause,
            ),
        )
    elif old.event != new.event:
        changes += wording(
            "retention",
            f"{new.id}.event",
            old.event,
            new.event,
            sentence("“{title}”: its term now runs from when {event}.", title=new.title, event=new.event),
        )
    windows = [(purpose.since or date.min, purpose.until or date.max) for purpose in (old, new)]
    wider = windows[1][0] < windows[0][0] or windows[1][1] > windows[0][1]
    days, new_days = (
        sentence("{first} to {last}", first=purpose.since or ALWAYS, last=purpose.until or ALWAYS)
        for purpose in (old, new)
    )
    changes += ordered(
        "purpose",
        f"{new.id}.days",
        days,
        new_days,
        wider,
        sentence(
            "“{title}” is in use on other days: {new_days} (clause {clause}).",
            title=new.title,
            new_days=new_days,
            clause=new.clause,
        ),
    )
    return changes


def _words(old: Purpose, new: Purpose) -> list[Change]:
    changes = wording(
        "purpose",
        f"{new.id}.title",
        old.title,
        new.title,
        sentence("“{old_title}” is now called “{new_title}”.", old_title=old.title, new_title=new.title),
    )
    changes += wording(
        "purpose",
        f"{new.id}.why",
        old.why,
        new.why,
        sentence("“{title}” gives its reason in other words: {why}", title=new.title, why=new.why),
    )
    changes += wording(
        "purpose",
        f"{new.id}.clause",
        old.clause,
        new.clause,
        sentence("“{title}” now stands in clause {clause}.", title=new.title, clause=new.clause),
    )
    changes += wording(
        "purpose",
        f"{new.id}.touchpoint",
        old.touchpoint,
        new.touchpoint,
        sentence("“{title}” is now asked for at: {touchpoint}.", title=new.title, touchpoint=new.touchpoint),
    )
    changes += wording(
        "purpose",
        f"{new.id}.fideslang",
        old.fideslang,
        new.fideslang,
        sentence("“{title}” has another key in the data map.", title=new.title),
    )
    people = sentence("“{title}” is now about: {people}.", title=new.title, people=", ".join(new.people))
    changes += wording("purpose", f"{new.id}.people", ", ".join(old.people), ", ".join(new.people), people)
    return changes
