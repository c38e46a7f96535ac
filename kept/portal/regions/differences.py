"""What changes for somebody's data between two companies of the group: read from the policy and from the law
on file, never typed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kept.core.policy import law
from kept.core.policy.model import Policy
from kept.core.policy.places import Entity, Region
from kept.portal.regions import places

CLOCK = "request"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing as it is here and as it would be there. ``more`` stands below it in the second voice."""

    name: str
    here: str
    there: str
    more_here: str = ""
    more_there: str = ""

    @property
    def same(self) -> bool:
        return (self.here, self.more_here) == (self.there, self.more_there)


def between(policy: Policy, current: Region, other: Region, country: str, at: date) -> list[Difference]:
    """Everything that is compared, the same or not. ``country`` is where the person lives, or ""."""
    entities = policy.company.entities
    mine, theirs = entities[current.entity], entities[other.entity]
    one, two = current.controller, other.controller
    return [
        Difference(
            "Sells to you, and answers for your data",
            mine.name,
            theirs.name,
            ", ".join(mine.address),
            ", ".join(theirs.address),
        ),
        Difference("Data controller", one.title, two.title, one.email, two.email),
        Difference("Answers in", _languages(one.languages), _languages(two.languages)),
        Difference("You can complain to", one.authority, two.authority),
        Difference("You are answered", *_terms(policy, mine, theirs, country, at)),
        Difference("Your data is held first", _where(mine), _where(theirs)),
        Difference("Leaves the European Economic Area", _transfers(policy, mine), _transfers(policy, theirs)),
        Difference("Prices, warranty and stock", f"Those of {mine.name}", f"Those of {theirs.name}"),
    ]


def _languages(codes: tuple[str, ...]) -> str:
    return ", ".join(places.language_name(code, "en") for code in codes)


def _terms(policy: Policy, mine: Entity, theirs: Entity, country: str, at: date) -> tuple[str, str, str, str]:
    """The company's promise is one; beside it stands the term of the law, of her country where one is on
    file, else of the company's.
    """
    promise = policy.clocks.get(CLOCK)
    said = f"Within {promise.within.in_words()}" if promise else "In the time the law gives"
    by_law = law.jurisdiction_of(country) or law.jurisdiction_of(theirs.country)
    return said, said, _lawful(law.jurisdiction_of(mine.country), at), _lawful(by_law, at)


def _lawful(jurisdiction: str, at: date) -> str:
    found = law.clock(CLOCK, jurisdiction, at)
    return (
        f"or sooner by law: {found.within.in_words()} ({found.article})"
        if found
        else "No law’s own term is on file there"
    )


def _where(entity: Entity) -> str:
    return (
        f"{places.country_name(entity.country)}, {'inside' if law.within_eea(entity.country) else 'outside'}"
        " the European Economic Area"
    )


def _transfers(policy: Policy, entity: Entity) -> str:
    """To whom outside the EEA data of this company may go, and what carries it there."""
    if not law.within_eea(entity.country):
        return "It is collected outside; the same contracts bind every recipient"
    carried = [
        f"{recipient.title} ({places.country_name(recipient.country)}:"
        f" {law.MECHANISMS[recipient.transfer.mechanism].title})"
        for recipient in policy.recipients.values()
        if recipient.transfer and recipient.entity != entity.id
    ]
    return f"Only to {', '.join(carried)}" if carried else "To nobody"
