"""What changes in what employees must know, in the register of safeguards, and in the certificates."""

from __future__ import annotations

from kept.core.policy.comparing.compare import Change, appeared, ordered, wording
from kept.core.policy.model import Policy
from kept.core.policy.wording import Guideline
from kept.sentences import Sentence, sentence


def guidelines(a: Policy, b: Policy) -> list[Change]:
    """A higher version must be acknowledged again by everybody it binds; other words alone ask nobody."""
    changes: list[Change] = []
    for id in sorted(a.guidelines.keys() | b.guidelines.keys()):
        old, new = a.guidelines.get(id), b.guidelines.get(id)
        if old == new:
            continue
        if old is None or new is None:
            changes.append(_came_or_went(id, old, new))
            continue
        if old.version != new.version:
            changes.append(_note(id, "version", str(old.version), str(new.version), _again(new)))
        if old.roles != new.roles:
            said = sentence("The guidelines “{title}” bind other roles.", title=new.text().title)
            changes.append(_note(id, "roles", ", ".join(old.roles), ", ".join(new.roles), said))
        if old.texts != new.texts and old.version == new.version:
            changes.append(_note(id, "words", "", "", _reworded(new)))
    return changes


def _came_or_went(id: str, old: Guideline | None, new: Guideline | None) -> Change:
    if new is not None:
        return _note(id, "version", "", str(new.version), _again(new))
    assert old is not None
    said = sentence("The guidelines “{title}” bind nobody any more.", title=old.text().title)
    return _note(id, "version", str(old.version), "", said)


def _again(new: Guideline) -> Sentence:
    return sentence(
        "The guidelines “{title}”, version {version}, open the desk to nobody they bind before they have"
        " acknowledged them.",
        title=new.text().title,
        version=new.version,
    )


def _reworded(new: Guideline) -> Sentence:
    return sentence(
        "The guidelines “{title}” have other words under the same version {version}: nobody is asked to read"
        " them again.",
        title=new.text().title,
        version=new.version,
    )


def _note(id: str, key: str, before: str, after: str, said: Sentence) -> Change:
    return Change("reworded", "guideline", f"{id}.{key}", before, after, False, said)


def safeguards(a: Policy, b: Policy) -> list[Change]:
    """One taken out, or looked at more seldom, is a promise made smaller."""
    changes = appeared(
        "safeguard",
        a.safeguards,
        b.safeguards,
        widens=False,
        sentences=(sentence("A new safeguard: {one}."), sentence("A safeguard is taken out: {one}.")),
    )
    for name in a.safeguards.keys() & b.safeguards.keys():
        old, new = a.safeguards[name], b.safeguards[name]
        if old == new:
            continue
        grew = new.every.length() > old.every.length()
        said = sentence("The safeguard “{title}” has changed.", title=new.title)
        changes += ordered(
            "safeguard", f"{name}.every", old.every.in_words(), new.every.in_words(), grew, said
        )
        lost = bool(set(old.proofs) - set(new.proofs))
        changes += ordered(
            "safeguard", f"{name}.proofs", ", ".join(old.proofs), ", ".join(new.proofs), lost, said
        )
        for key in ("title", "evidence", "kind", "owner"):
            changes += wording("safeguard", f"{name}.{key}", getattr(old, key), getattr(new, key), said)
    return changes


def certificates(a: Policy, b: Policy) -> list[Change]:
    """A renewal waits for nothing: the badge goes by its day alone."""
    changes: list[Change] = []
    for name in sorted(a.certificates.keys() | b.certificates.keys()):
        old, new = a.certificates.get(name), b.certificates.get(name)
        if old == new:
            continue
        shown = new or old
        assert shown is not None
        said = (
            sentence("A certification programme is new: {title}.", title=shown.title)
            if old is None
            else sentence("The certification programme “{title}” is taken out.", title=shown.title)
            if new is None
            else sentence("The certification programme “{title}” has changed.", title=shown.title)
        )
        changes.append(Change("reworded", "certificate", name, "", "", False, said))
    return changes
