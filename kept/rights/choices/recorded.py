"""Where everybody stands, told from the ledger's acts alone, and laid beside what the gate goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from kept.core.consent import choices
from kept.core.consent.consent_state import NOTHING_SAID, every_standing
from kept.core.ledger import versions
from kept.core.ledger.acts import ALWAYS, Acts, Said, acts_of
from kept.core.policy.verdict import Standing
from kept.core.vault.subject_keys import keys
from kept.rights.choices.options import LIFT, NO, RESTRICT, YES
from kept.sentences import Sentence, sentence

KINDS = ("consented", "objected", "restricted", "lifted")
LIFT_NO = "lift-no"
_LIMITS = {"objection": sentence("objection"), "restriction": sentence("restriction")}
_VERBS = {"consented": YES, "objected": NO, "restricted": RESTRICT, "lifted": LIFT}


@dataclass(slots=True)
class Told:
    """What somebody chose, by purpose, as the acts say it one after the other."""

    consents: set[str] = field(default_factory=set)
    objections: set[str] = field(default_factory=set)
    restrictions: set[str] = field(default_factory=set)

    def take(self, purpose: str, verb: str) -> None:
        if verb == YES:
            self.consents.add(purpose)
            self.objections.discard(purpose)
        elif verb == NO:
            self.objections.add(purpose)
            self.consents.discard(purpose)
        elif verb == RESTRICT:
            self.restrictions.add(purpose)
        elif verb == LIFT:
            self.restrictions.discard(purpose)
        elif verb == LIFT_NO:
            self.objections.discard(purpose)

    def differs(self, stands: Standing) -> set[str]:
        """Purposes on which the two do not agree."""
        return (
            (self.consents ^ stands.consents)
            | (self.objections ^ stands.objections)
            | (self.restrictions ^ stands.restrictions)
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """``people`` who chose something; each difference is a sentence that names a use and nobody."""

    people: int
    differences: tuple[str, ...]


def compare() -> Compared:
    """Everybody who chose anything, or stands anywhere, against the acts."""
    acts = acts_of(KINDS)
    told, chosen = _told(acts)
    subjects = keys.subjects_of(told.keys())
    by_subject = {subjects[alias]: one for alias, one in told.items() if alias in subjects}
    stands = every_standing()
    answers = choices.answers_since(acts.since)
    wrong = list[str](_standing(by_subject, stands, _older(acts)))
    wrong += [
        sentence("an answer to {purpose} that nobody gave", purpose=one.purpose)
        for one in answers
        if one.act not in chosen or _other(one, chosen[one.act])
    ]
    wrong += list(_limits(stands))
    wrong += [
        sentence("a text that people were shown reads otherwise than when they answered it")
    ] * choices.changed_notices()
    return Compared(len(by_subject.keys() | stands.keys()), tuple(wrong))


def _told(acts: Acts) -> tuple[dict[bytes, Told], dict[UUID, dict[str, str]]]:
    """By alias where they stand, and by act what was chosen in it."""
    told: dict[bytes, Told] = {}
    chosen: dict[UUID, dict[str, str]] = {}
    for act in acts:
        for alias, detail in act.parts:
            said = dict(detail.get("chose") or _by_its_words(act, str(detail.get("what", ""))))
            chosen.setdefault(act.id, {}).update(said)
            for purpose, verb in said.items():
                told.setdefault(alias, Told()).take(purpose, verb)
    return told, chosen


def _by_its_words(act: Said, what: str) -> Mapping[str, str]:
    """Acts from before they named the purpose name its title, in the words of the version they went by."""
    titles, signalled = _purposes(act.policy)
    if " said for you: " in what:
        return dict.fromkeys(signalled, NO if act.kind == "objected" else LIFT_NO)
    found = next((id for id, title in titles if "“" + title + "”" in what or what == title + ": yes"), None)
    return {found: _VERBS[act.kind]} if found else {}


@cache
def _purposes(version: int) -> tuple[list[tuple[str, str]], list[str]]:
    purposes = versions.version(version).purposes.values()
    return [(one.id, one.title) for one in purposes], [one.id for one in purposes if one.signal]


def _standing(
    by_subject: Mapping[UUID, Told], stands: Mapping[UUID, Standing], older: set[tuple[UUID, str]]
) -> Iterator[Sentence]:
    for subject in by_subject.keys() | stands.keys():
        for purpose in by_subject.get(subject, Told()).differs(stands.get(subject, NOTHING_SAID)):
            if (subject, purpose) not in older:
                yield sentence(
                    "somebody stands on {purpose} where they never put themselves", purpose=purpose
                )


def _older(acts: Acts) -> set[tuple[UUID, str]]:
    """What was chosen before the oldest act that is there, and stands since."""
    if acts.since == ALWAYS:
        return set()
    before = [(one.subject, one.purpose, one.since) for one in choices.open_limits()]
    before += [(one.subject, one.purpose, one.at) for one in choices.answers_until(acts.since)]
    return {(subject, purpose) for subject, purpose, at in before if at <= acts.since}


def _other(answer: choices.Choice, chosen: Mapping[str, str]) -> bool:
    return chosen.get(answer.purpose) != answer.answer


def _limits(stands: Mapping[UUID, Standing]) -> Iterator[Sentence]:
    """Each objection and restriction that stands, against what the gate reads, both ways."""
    rows = {(one.subject, one.purpose, str(one.kind)) for one in choices.open_limits()}
    gate = {
        (subject, purpose, "objection") for subject, said in stands.items() for purpose in said.objections
    }
    gate |= {
        (subject, purpose, "restriction") for subject, said in stands.items() for purpose in said.restrictions
    }
    for _, purpose, kind in rows ^ gate:
        yield sentence(
            "{kind} to {purpose} is written down and not obeyed, or obeyed and not written down",
            kind=_LIMITS[kind],
            purpose=purpose,
        )
