"""What changes in purposes: they decide who may do what, so nothing here may widen without being named."""

from __future__ import annotations

from datetime import date

from kept.core.policy.compare import Change, appeared, members, ordered, wording
from kept.core.policy.model import CHOICES, Policy, Purpose
from kept.core.policy.verdict import UNEMPLOYED

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
        sentences=("A new purpose: {}.", "A purpose is gone: {}."),
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
    who, clause = f"“{new.title}”", f" (clause {new.clause})."
    own = new.right and set(new.read_by) <= UNEMPLOYED
    kinds = {key: category.title.lower() for key, category in (*a.categories.items(), *b.categories.items())}
    roles = {**a.company.roles, **b.company.roles}
    entities = {
        key: entity.name for key, entity in (*a.company.entities.items(), *b.company.entities.items())
    }
    to = {key: recipient.title for key, recipient in (*a.recipients.items(), *b.recipients.items())}
    more, less = f"{who} may now {{verb}} {{}}{clause}", f"{who} may no longer {{verb}} {{}}{clause}"

    def sentences(verb: str) -> tuple[str, str]:
        return more.replace("{verb}", verb), less.replace("{verb}", verb)

    changes = members(
        "purpose", f"{name}.uses", old.uses, new.uses, *sentences("use"), titles=kinds, right=own
    )
    changes += members(
        "purpose", f"{name}.read_by", old.read_by, new.read_by, *sentences("be read by"), titles=roles
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
            *sentences("be read by staff of"),
            titles=entities,
        )
    changes += members(
        "purpose", f"{name}.shared_with", old.shared_with, new.shared_with, *sentences("reach"), titles=to
    )
    return changes


def _choice(old: Purpose, new: Purpose) -> list[Change]:
    words = {"none": "is no choice", "opt-out": "can be declined", "opt-in": "needs your yes"}
    weaker = CHOICES.index(new.choice) < CHOICES.index(old.choice)
    changes = ordered(
        "purpose",
        f"{new.id}.choice",
        old.choice,
        new.choice,
        weaker,
        f"“{new.title}” now {words[new.choice]} (clause {new.clause}).",
    )
    firmer = _STOPPABLE_LAST.index(new.basis) > _STOPPABLE_LAST.index(old.basis)
    sentence = (
        f"“{new.title}” now rests on {new.basis.replace('-', ' ')} instead of {old.basis.replace('-', ' ')}"
        f" (clause {new.clause})."
    )
    changes += ordered("purpose", f"{new.id}.basis", old.basis, new.basis, firmer, sentence)
    # Where the choice itself changed, that says it all.
    if old.signal != new.signal and old.choice == new.choice:
        sentence = (
            f"“{new.title}” {'now takes' if new.signal else 'no longer takes'} a browser's signal for a no"
            f" (clause {new.clause})."
        )
        changes.append(
            Change(
                "narrowed" if new.signal else "widened",
                "purpose",
                f"{new.id}.signal",
                str(old.signal),
                str(new.signal),
                old.signal,
                sentence,
            )
        )
    if old.right != new.right:
        sentence = (
            f"“{new.title}” {'now serves' if new.right else 'no longer serves'} a right of yours (clause"
            f" {new.clause})."
        )
        changes.append(
            Change("widened", "purpose", f"{new.id}.right", str(old.right), str(new.right), True, sentence)
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
            f"“{new.title}” is kept {after}, and was kept {before} (clause {new.clause}).",
        )
    elif old.event != new.event:
        changes += wording(
            "retention",
            f"{new.id}.event",
            old.event,
            new.event,
            f"“{new.title}”: its term now runs from when {new.event}.",
        )
    windows = [(purpose.since or date.min, purpose.until or date.max) for purpose in (old, new)]
    wider = windows[1][0] < windows[0][0] or windows[1][1] > windows[0][1]
    days, new_days = (f"{purpose.since or 'always'} to {purpose.until or 'always'}" for purpose in (old, new))
    changes += ordered(
        "purpose",
        f"{new.id}.days",
        days,
        new_days,
        wider,
        f"“{new.title}” is in use on other days: {new_days} (clause {new.clause}).",
    )
    return changes


def _words(old: Purpose, new: Purpose) -> list[Change]:
    changes = wording(
        "purpose", f"{new.id}.title", old.title, new.title, f"“{old.title}” is now called “{new.title}”."
    )
    changes += wording(
        "purpose",
        f"{new.id}.why",
        old.why,
        new.why,
        f"“{new.title}” gives its reason in other words: {new.why}",
    )
    changes += wording(
        "purpose",
        f"{new.id}.clause",
        old.clause,
        new.clause,
        f"“{new.title}” now stands in clause {new.clause}.",
    )
    changes += wording(
        "purpose",
        f"{new.id}.touchpoint",
        old.touchpoint,
        new.touchpoint,
        f"“{new.title}” is now asked for at: {new.touchpoint}.",
    )
    changes += wording(
        "purpose",
        f"{new.id}.fideslang",
        old.fideslang,
        new.fideslang,
        f"“{new.title}” has another key in the data map.",
    )
    people = f"“{new.title}” is now about: {', '.join(new.people)}."
    changes += wording("purpose", f"{new.id}.people", ", ".join(old.people), ", ".join(new.people), people)
    return changes
