"""Who answers whom: read from the policy in force, and shown before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kept.core.ledger import versions
from kept.core.policy.places import Entity, Region
from kept.people import countries
from kept.rights.requests.course.in_text import lowered
from kept.sentences import sentence

# Parts of a country that have law of their own, as their people call them.
PARTS = {"US-CA": sentence("United States, California")}
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Answerer:
    """``named``: a region names the country.

    Otherwise the region of the rest of the world serves it, and says so.
    """

    region: Region
    entity: Entity
    country: str
    languages: str
    named: bool

    @property
    def served(self) -> str:
        """The region as it stands in a sentence."""
        return lowered(self.region.title)


def answers(country: str) -> Answerer:
    region = versions.spoken().company.region_of(country)
    named = bool({country, country.partition("-")[0]} & set(region.countries))
    return of(region, country=name(country), named=named)


def of(region: Region, *, country: str = "", named: bool = True) -> Answerer:
    entity = versions.spoken().company.entities[region.entity]
    return Answerer(
        region, entity, country, ", ".join(spoken(code) for code in region.controller.languages), named
    )


def name(country: str) -> str:
    return str(PARTS.get(country) or countries.name(country))


def choices() -> list[tuple[str, str]]:
    """Every country, and the parts of one that a region or a law of its own has."""
    found = [("", _("Choose a country"))]
    for code, title in countries.choices():
        found += [
            (code, title),
            *((part, str(said)) for part, said in PARTS.items() if part.partition("-")[0] == code),
        ]
    return found


def languages() -> list[tuple[str, str]]:
    """Those some controller answers in, each by its own name."""
    codes = dict.fromkeys(
        code for region in versions.spoken().company.regions.values() for code in region.controller.languages
    )
    return [(code, spoken(code, code)) for code in codes]


def language() -> str:
    """The one an answer is offered in first: the page's, where some controller answers in it."""
    active = get_language() or "en"
    return active if active in dict(languages()) else "en"


def spoken(code: str, by: str = "") -> str:
    """A language's name in another one, or in the reader's."""
    try:
        said = Locale(by or get_language() or "en").languages.get(code, code)
    except ValueError:
        return code
    return f"{said[:1].upper()}{said[1:]}"
