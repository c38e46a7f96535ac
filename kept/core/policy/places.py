"""The nouns of the company: its legal entities, regions with their controllers, sites and markets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    name: str
    address: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class Controller:
    """The data controller's desk of a region: a role and its address, never a person."""

    title: str
    email: str
    languages: tuple[str, ...]
    authority: str
    authority_url: str
    time_zone: str = ""
    """The clock on the wall of the desk ("Europe/Brussels"); "" is the portal's own."""


@dataclass(frozen=True, slots=True)
class Region:
    id: str
    title: str
    countries: tuple[str, ...]
    """ISO 3166 codes, subdivisions included ("US-CA"); ``*`` stands for every country nobody else names."""
    entity: str
    controller: Controller
    site: str
    cookies: str = "ask"
    """"ask": nothing optional is put on a device before a yes.

    "notice": telling suffices where the law lets it, and is never a consent.
    """


@dataclass(frozen=True, slots=True)
class SisterSite:
    id: str
    title: str
    entity: str
    url: str
    regions: tuple[str, ...]
    offer: str
    called: str = ""
    """What a button says it leads to ("the North American site"); "" where its title does."""
    pages: tuple[str, ...] = ()
    """Which of our addresses are there as well: "/privacy/", or "/products/*" with all below."""

    def has(self, path: str) -> bool:
        return any(path.startswith(page[:-1]) if page.endswith("*") else path == page for page in self.pages)


@dataclass(frozen=True, slots=True)
class Market:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    id_name: str
    logo: str
    published_email: str
    languages: tuple[str, ...]
    prevails: str
    """The language whose wording counts where two of them differ; the first one, where nothing is said."""
    purpose_clause: str
    """The clause that says nothing is used without a purpose: named where no other clause can be."""
    roles: Mapping[str, str]
    entities: Mapping[str, Entity]
    regions: Mapping[str, Region]
    markets: tuple[Market, ...]
    sister_sites: tuple[SisterSite, ...]

    def region_of(self, country: str) -> Region:
        """The region that serves a country ("BE") or a part of one ("US-CA"); the region of ``*`` serves the
        rest.
        """
        wanted = country.upper()
        for code in (wanted, wanted.partition("-")[0], "*"):
            for region in self.regions.values():
                if code in region.countries:
                    return region
        return next(iter(self.regions.values()))

    def controller_of(self, entity: str) -> Controller:
        """The controller of an entity's region; the first region's for an entity without one."""
        regions = list(self.regions.values())
        return next(
            (region.controller for region in regions if region.entity == entity), regions[0].controller
        )
