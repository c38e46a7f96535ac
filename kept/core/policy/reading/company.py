"""Build the company of company.toml: entities, regions with their controllers, roles, markets, sister
sites.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType

from kept.core.policy import law
from kept.core.policy.places import Company, Controller, Entity, Market, Region, SisterSite
from kept.core.policy.reading.tables import Table
from kept.core.policy.verdict import SELF, SYSTEM
from kept.sentences import sentence

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_PLACE = re.compile(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?", re.ASCII)
COOKIES = ("ask", "notice")
_PAGE = re.compile(r"/([a-z0-9_][a-z0-9_.-]*/)*\*?", re.ASCII)
OWN_ROLES = {SELF: sentence("the person"), SYSTEM: sentence("the program")}


def country_of(table: Table) -> str:
    code = table.text("country", example="BE")
    if code and not _COUNTRY.fullmatch(code):
        table.problem("country", f'"{code[:40]}" is not a country. Write its two letters, like BE.')
    return code


def languages_of(table: Table) -> tuple[str, ...]:
    languages = table.texts("languages")
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            table.problem(
                "languages", f'"{language[:40]}" is not a language. Write its letters, like en or pt-br.'
            )
    if not languages and table.has("languages"):
        table.problem("languages", 'is empty. Write languages = ["en"].')
    return languages


def build(table: Table) -> Company:
    roles = table.words("roles")
    for taken in sorted(OWN_ROLES.keys() & roles.keys()):
        table.problem(f"roles.{taken}", "is a role the program has by itself. Take the line out.")
    entities = {name: _entity(name, row) for name, row in table.tables("entities").items()}
    regions = {name: _region(name, row, entities) for name, row in table.tables("regions").items()}
    _every_country_once(table, regions)
    sisters = tuple(
        _sister(name, row, entities, regions) for name, row in table.tables("sister-sites").items()
    )
    languages = languages_of(table)
    company = Company(
        name=table.text("name"),
        id_name=table.text("id_name"),
        logo=table.text("logo", optional=True),
        published_email=table.mail("published_email"),
        languages=languages,
        prevails=table.one_of("prevails", languages, default=next(iter(languages), "")),
        purpose_clause=table.text("purpose_clause", example="4.1"),
        roles=MappingProxyType(roles | OWN_ROLES),
        entities=MappingProxyType(entities),
        regions=MappingProxyType(regions),
        markets=tuple(Market(name, title) for name, title in table.words("markets").items()),
        sister_sites=sisters,
    )
    if not entities:
        table.problem(
            "entities",
            "is missing. Write [entities.<id>] with name, address and country: a promise needs somebody who"
            " gives it.",
        )
    table.done()
    return company


def _entity(name: str, row: Table) -> Entity:
    entity = Entity(name, row.text("name"), row.texts("address"), country_of(row))
    row.done()
    return entity


def _region(name: str, row: Table, entities: Collection[str]) -> Region:
    countries = row.texts("countries")
    for code in countries:
        if not _PLACE.fullmatch(code):
            row.problem(
                "countries",
                f'"{code[:40]}" is not a country. Write two letters like BE, a part of one like US-CA, or *'
                " for all others.",
            )
    desk = row.table("controller")
    controller = Controller(
        title=desk.text("title"),
        email=desk.mail("email"),
        languages=languages_of(desk),
        authority=desk.text("authority"),
        authority_url=desk.site("authority_url", optional=True),
        time_zone=_time_zone(desk),
    )
    desk.done()
    cookies = row.one_of("cookies", COOKIES, default="ask")
    asking = [code for code in countries if code == "*" or law.asks_cookies_address(code)]
    if cookies == "notice" and asking:
        shown = "* (the rest of the world)" if asking[0] == "*" else asking[0][:40]
        row.problem(
            "cookies",
            f'"notice" is not enough where the law wants a yes first, and this region holds {shown}. Write'
            ' cookies = "ask".',
        )
    region = Region(
        name,
        row.text("title"),
        countries,
        row.one_of("entity", entities),
        controller,
        row.site("site"),
        cookies,
    )
    row.done()
    return region


@cache
def _time_zones() -> frozenset[str]:
    """Every one there is: looked up once, as it walks through a thousand files."""
    return frozenset(zoneinfo.available_timezones())


def _time_zone(desk: Table) -> str:
    name = desk.text("time_zone", optional=True)
    if name and name not in _time_zones():
        desk.problem("time_zone", f'"{name[:40]}" is not a time zone. Write it like Europe/Brussels.')
    return name


def _every_country_once(table: Table, regions: Mapping[str, Region]) -> None:
    """Each country has one region, and the countries nobody names have one too: everybody has a
    controller.
    """
    seen: dict[str, str] = {}
    for region in regions.values():
        for code in region.countries:
            if code in seen:
                table.problem(
                    f"regions.{region.id}.countries",
                    f'"{code[:40]}" also stands in {seen[code]}. Keep it in one region.',
                )
            seen.setdefault(code, region.id)
    if "*" not in seen:
        table.problem(
            "regions", 'no region serves the rest of the world. Write "*" among the countries of one.'
        )


def _sister(name: str, row: Table, entities: Collection[str], regions: Collection[str]) -> SisterSite:
    pages = row.texts("pages", optional=True)
    for page in pages:
        if not _PAGE.fullmatch(page):
            row.problem(
                "pages",
                f'"{page[:40]}" is not the address of a page. Write it like /products/, or /products/* with'
                " all below.",
            )
    sister = SisterSite(
        name,
        row.text("title"),
        row.one_of("entity", entities),
        row.site("url"),
        row.texts("regions", among=regions),
        row.text("offer"),
        row.text("called", optional=True),
        pages,
    )
    row.done()
    return sister
