"""What changes for somebody's data between two companies of the group: read from the policy and from the law
on file, never typed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

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
            _("Sells to you, and answers for your data"),
            mine.name,
            theirs.name,
            ", ".join(mine.address),
            ", ".join(theirs.address),
        ),
        Difference(_("Data controller"), one.title, two.title, one.email, two.email),
        Difference(_("Answers in"), _languages(one.languages), _languages(two.languages)),
        Difference(_("You can complain to"), one.authority, two.authority),
        Difference(_("You are answered"), *_terms(policy, mine, theirs, country, at)),
        Difference(_("Your data is held first"), _where(mine), _where(theirs)),
        Difference(
            _("Leaves the European Economic Area"), _transfers(policy, mine), _transfers(policy, theirs)
        ),
        Difference(
            _("Prices, warranty and stock"),
            _("Those of {company}").format(company=mine.name),
            _("Those of {company}").format(company=theirs.name),
        ),
    ]


def _languages(codes: tuple[str, ...]) -> str:
    return ", ".join(places.language_name(code, places.reading()) for code in codes)


def _terms(policy: Policy, mine: Entity, theirs: Entity, country: str, at: date) -> tuple[str, str, str, str]:
    """The company's promise is one; beside it stands the term of the law, of her country where one is on
    file, else of the company's.
    """
    promise = policy.clocks.get(CLOCK)
    said = (
        _("Within {time}").format(time=promise.within.in_words())
        if promise
        else _("In the time the law gives")
    )
    by_law = law.jurisdiction_of(country) or law.jurisdiction_of(theirs.country)
    return said, said, _lawful(law.jurisdiction_of(mine.country), at), _lawful(by_law, at)


def _lawful(jurisdiction: str, at: date) -> str:
    found = law.clock(CLOCK, jurisdiction, at)
    return (
        _("or sooner by law: {time} ({article})").format(time=found.within.in_words(), article=found.article)
        if found
        else _("No law’s own term is on file there")
    )


def _where(entity: Entity) -> str:
    inside = law.within_eea(entity.country)
    said = (
        _("{country}, inside the European Economic Area")
        if inside
        else _("{country}, outside the European Economic Area")
    )
    return said.format(country=places.country_name(entity.country))


def _transfers(policy: Policy, entity: Entity) -> str:
    """To whom outside the EEA data of this company may go, and what carries it there."""
    if not law.within_eea(entity.country):
        return _("It is collected outside; the same contracts bind every recipient")
    carried = [
        _("{recipient} ({country}: {mechanism})").format(
            recipient=recipient.title,
            country=places.country_name(recipient.country),
            mechanism=law.MECHANISMS[recipient.transfer.mechanism].title,
        )
        for recipient in policy.recipients.values()
        if recipient.transfer and recipient.entity != entity.id
    ]
    return _("Only to {recipients}").format(recipients=", ".join(carried)) if carried else _("To nobody")
