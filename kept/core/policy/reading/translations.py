"""What the tables say to people in the languages that are not their own: ``words/<language>.toml``.

Its keys are those of the tables ([purposes.account] title, why), so a translation can change words and
nothing else: no term, no reader, no recipient. ``spoken`` reads a policy in a language; decisions, hashes and
the ledger know the original alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kept.core.policy.places import Company
from kept.core.policy.reading.tables import Table, nearest, shorten
from kept.core.policy.verdict import UNEMPLOYED

if TYPE_CHECKING:
    from kept.core.policy.model import Policy

ROWS = {
    "categories": ("title", "example"),
    "purposes": ("title", "why"),
    "recipients": ("title", "legal_name", "told_otherwise"),
    "promises": ("statement", "rule", "enforced"),
    "clocks": ("title",),
    "safeguards": ("title", "evidence"),
    "certificates": ("title", "issuer", "scope", "evidence"),
}
"""Of each table the keys whose values are sentences to people."""
SISTER = ("title", "offer", "called")
_FILE = re.compile(r"words/([a-z]{2,3}(?:-[a-z]{2,4})?)\.toml", re.ASCII)


def language_of(file: str) -> str:
    """ "fr" of words/fr.toml; "" for any other file."""
    found = _FILE.fullmatch(file)
    return found[1] if found else ""


def read(table: Table) -> Mapping[str, str]:
    """The words of one language by their place: "purposes.account.title"."""
    return MappingProxyType(table.leaves())


def originals(policy: Policy) -> dict[str, str]:
    """Every word of the tables that people read, by its place in a file of words."""
    company = policy.company
    found = {f"touchpoints.{name}": title for name, title in policy.touchpoints.items()}
    found |= {f"events.{name}": said for name, said in policy.events.items()}
    found |= {f"company.roles.{name}": said for name, said in company.roles.items() if name not in UNEMPLOYED}
    found |= {f"company.markets.{market.id}": market.title for market in company.markets}
    for region in company.regions.values():
        place = f"company.regions.{region.id}"
        found[f"{place}.title"] = region.title
        found[f"{place}.controller.title"] = region.controller.title
        found[f"{place}.controller.authority"] = region.controller.authority
    for site in company.sister_sites:
        found |= {f"company.sister-sites.{site.id}.{key}": getattr(site, key) for key in SISTER}
    for table, keys in ROWS.items():
        for name, row in getattr(policy, table).items():
            found |= {f"{table}.{name}.{key}": getattr(row, key) for key in keys}
    return {place: said for place, said in found.items() if said}


def names(policy: Policy) -> set[str]:
    """Places that hold the name of somebody, which may stay as it is in every language."""
    found = {f"company.regions.{name}.controller.authority" for name in policy.company.regions}
    found |= {f"recipients.{name}.legal_name" for name in policy.recipients}
    found |= {f"certificates.{name}.issuer" for name in policy.certificates}
    return found | {
        f"recipients.{name}.title" for name, one in policy.recipients.items() if one.title == one.legal_name
    }


def problems(policy: Policy) -> list[str]:
    """What a draft lacks before all its languages say the same: one sentence each, with file, key and fix."""
    first, *others = policy.company.languages or ("",)
    known, may_stay = originals(policy), names(policy)
    found = []
    for language in others:
        file = f"words/{language}.toml"
        given = policy.words.get(language)
        if given is None:
            found.append(
                f"{file}: is missing, and company.toml names its language. Write the words of the tables into"
                f" it, or take {language} out of languages."
            )
            continue
        found += [
            f"{file}: {place}: is missing. Translate “{shorten(said)}”."
            for place, said in known.items()
            if place not in given and place not in may_stay
        ]
        found += [
            f"{file}: {shorten(place)}: translates nothing that the tables say. Take it out."
            f" {nearest(place, known)}"
            for place in given
            if place not in known
        ]
    for language in policy.words:
        if language == first:
            found.append(f"words/{language}.toml: the tables speak this language already. Take the file out.")
        elif language not in others:
            found.append(
                f"words/{language}.toml: company.toml does not name this language. Add it to languages, or"
                " take the file out."
            )
    return found


def readable(policy: Policy, language: str) -> str:
    """The language of the policy that comes nearest to a reader's ("fr" for "fr-be"); its first one where
    none does.
    """
    for one in (language.lower(), language.lower().partition("-")[0]):
        if one in policy.company.languages and one in policy.texts:
            return one
    return policy.company.languages[0]


@lru_cache(maxsize=64)
def spoken(policy: Policy, language: str) -> Policy:
    """The policy with the words of one of its languages.

    A version published before there were such files keeps the words it has.
    """
    said = policy.words.get(language, {})

    def word(place: str, original: str) -> str:
        return said.get(place, original) if original else original

    def rows(table: str) -> Mapping[str, Any]:
        return MappingProxyType(
            {
                name: replace(
                    row, **{key: word(f"{table}.{name}.{key}", getattr(row, key)) for key in ROWS[table]}
                )
                for name, row in getattr(policy, table).items()
            }
        )

    touchpoints = {name: word(f"touchpoints.{name}", title) for name, title in policy.touchpoints.items()}
    events = {name: word(f"events.{name}", said) for name, said in policy.events.items()}
    purposes = {
        name: replace(
            row,
            touchpoint=touchpoints.get(row.place, row.touchpoint),
            event=events.get(row.from_event, row.event),
        )
        for name, row in rows("purposes").items()
    }
    return replace(
        policy,
        language=language,
        company=_company(policy.company, word),
        touchpoints=MappingProxyType(touchpoints),
        events=MappingProxyType(events),
        purposes=MappingProxyType(purposes),
        categories=rows("categories"),
        recipients=rows("recipients"),
        promises=rows("promises"),
        clocks=rows("clocks"),
        safeguards=rows("safeguards"),
        certificates=rows("certificates"),
    )


def _company(company: Company, word: Any) -> Company:
    regions = {}
    for name, region in company.regions.items():
        place, desk = f"company.regions.{name}", region.controller
        regions[name] = replace(
            region,
            title=word(f"{place}.title", region.title),
            controller=replace(
                desk,
                title=word(f"{place}.controller.title", desk.title),
                authority=word(f"{place}.controller.authority", desk.authority),
            ),
        )
    return replace(
        company,
        roles=MappingProxyType(
            {name: word(f"company.roles.{name}", said) for name, said in company.roles.items()}
        ),
        regions=MappingProxyType(regions),
        markets=tuple(
            replace(one, title=word(f"company.markets.{one.id}", one.title)) for one in company.markets
        ),
        sister_sites=tuple(
            replace(
                one,
                **{key: word(f"company.sister-sites.{one.id}.{key}", getattr(one, key)) for key in SISTER},
            )
            for one in company.sister_sites
        ),
    )
