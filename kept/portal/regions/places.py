"""Which of our sites this is, which one serves a country, and where the same page stands there.

Plain facts of the policy; nobody in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError, localedata
from babel.languages import get_official_languages
from django.utils.translation import get_language

from kept.core.policy.places import Company, Entity, Region, SisterSite

FINDER = "/products/"
"""Its query is what is looked for, never who looks, so it may come along. No other query does."""
LONGEST_QUERY = 500
READ_EVERYWHERE = "en"

# Names of countries that English puts an article before.
_THE = frozenset(
    {
        "AE",
        "BS",
        "CD",
        "CF",
        "CG",
        "DO",
        "FK",
        "FO",
        "GB",
        "GM",
        "KM",
        "KY",
        "MH",
        "MV",
        "NL",
        "PH",
        "SB",
        "SC",
        "TC",
        "UM",
        "US",
        "VA",
    }
)


@dataclass(frozen=True, slots=True)
class Sister:
    """A site of our group, as it is offered on a page.

    ``there``: the very page is there; otherwise the address is its front page.
    """

    site: SisterSite
    region: Region
    entity: Entity
    address: str
    there: bool

    @property
    def called(self) -> str:
        return self.site.called or self.site.title


def here(company: Company, own_site: str) -> Region:
    """The region this site serves: the one whose site this is, else the company's first."""
    regions = list(company.regions.values())
    return next((region for region in regions if region.site.rstrip("/") == own_site), regions[0])


def elsewhere(
    company: Company, current: Region, region: Region, path: str = "/", query: str = ""
) -> Sister | None:
    """The sister site that serves a region, if it is not this very site."""
    if region.site == current.site:
        return None
    site = next(
        (one for one in company.sister_sites if region.id in one.regions and current.id not in one.regions),
        None,
    )
    if site is None:
        return None
    there = site.has(path)
    kept = f"?{query}" if there and path == FINDER and query and len(query) <= LONGEST_QUERY else ""
    address = f"{site.url.rstrip('/')}{path}{kept}" if there else site.url
    return Sister(site, region, company.entities[site.entity], address, there)


def offered(company: Company, current: Region, country: str, path: str, query: str) -> Sister | None:
    """What to offer somebody who seems to be in a country; nothing where that is not known, or where this
    site serves it.
    """
    return elsewhere(company, current, company.region_of(country), path, query) if country else None


def reading() -> str:
    """The language the page is written in: "en"."""
    return (get_language() or READ_EVERYWHERE).partition("-")[0]


def country_name(code: str) -> str:
    """In the reader's language, as it stands alone: "Belgium", "United States"."""
    return _country_name(code, reading())


@cache
def _country_name(code: str, language: str) -> str:
    locale = _locale(language) or Locale(READ_EVERYWHERE)
    return str(locale.territories.get(code, code))


def in_country(code: str) -> str:
    """As it stands in a sentence: "Canada", "the United States"."""
    name = country_name(code)
    return f"the {name}" if code in _THE and reading() == READ_EVERYWHERE else name


@cache
def own_names(code: str) -> tuple[tuple[str, str], ...]:
    """A country's name in each of its languages, as (language, name); names that are the same stand once."""
    found: dict[str, str] = {}
    before = frozenset(localedata._cache)
    for language in get_official_languages(code, de_facto=True):
        locale = _locale(language)
        name = str(locale.territories.get(code, "")) if locale else ""
        if name and name not in found.values():
            found[language] = name
    # One name is wanted of each, and babel would keep a megabyte of it for as long as the process lives:
    # thirty for all of Europe.
    for language in frozenset(localedata._cache) - before:
        localedata._cache.pop(language, None)
    return tuple(found.items()) or ((READ_EVERYWHERE, _country_name(code, READ_EVERYWHERE)),)


@cache
def spoken_in(code: str) -> tuple[str, ...]:
    """The languages to offer in a country: its own, and English last where it is none of them."""
    own = tuple(language for language in get_official_languages(code) if _locale(language))
    return (*own, *(() if READ_EVERYWHERE in own else (READ_EVERYWHERE,)))


def language_name(code: str, by: str = "") -> str:
    """By default in the language itself: "Nederlands"."""
    locale = _locale(by or code)
    name = str(locale.languages.get(code, code)) if locale else code
    return f"{name[:1].upper()}{name[1:]}"


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return None
