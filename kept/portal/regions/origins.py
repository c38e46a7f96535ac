"""From an address to a country and an Internet provider: looked up in memory in local tables, and nothing is
kept of the address.

Plain Python, without Django: the collector of visits is a process of its own and reads the same tables. The
country comes from the table of ``iptocc`` (what the five regional Internet registries assigned, inside the
package), or from an operator's own database in MaxMind's format, which wins. The provider comes from such a
database alone: none may be handed on with a program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib import metadata
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import iptocc

from kept.portal.regions.mmdb_tables import Table
from kept.sentences import sentence

COUNTRY = re.compile(r"[A-Z]{2}")
NOT_COUNTRIES = frozenset({"AP", "EU", "QM", "QZ", "XX", "ZZ"})
"""What registries write where a block belongs to no one country."""
_PLAIN = re.compile(r"[^:]*|[23][0-9a-fA-F:]+")
"""No IPv6, or one of the part of it that is in use: nothing around another address, nothing of a home
network.
"""
LONGEST = 64
"""No address is longer; whatever is, is not looked at."""
LONGEST_NAME = 80


@dataclass(slots=True)
class Origins:
    """The tables of one process. Every question is answered, whatever is asked: "" is "not known"."""

    countries: Table | None = None
    providers: Table | None = None

    @classmethod
    def open(cls, country_mmdb: Path | None = None, provider_mmdb: Path | None = None) -> Origins:
        """The built-in table, or the operator's own.

        Raises TableError, one sentence, for a file that is missing or no such table.
        """
        return cls(
            Table(country_mmdb) if country_mmdb else None, Table(provider_mmdb) if provider_mmdb else None
        )

    def country(self, address: str) -> str:
        """Two letters (ISO 3166-1), or "" for what no table knows: private addresses, garbage, blocks of no
        one country.
        """
        if not isinstance(address, str) or len(address) > LONGEST or not address.isascii():
            return ""
        if self.countries is None and _PLAIN.fullmatch(
            address
        ):  # nearly all are, and the package reads them a hundred times faster
            return _letters(iptocc.country_code(address))
        found = _public(address)
        if found is None:
            return ""
        return _letters(
            _country_in(self.countries.get(found)) if self.countries else iptocc.country_code(found)
        )

    def provider(self, address: str) -> str:
        """The name of the organisation that runs the network, or ""."""
        found = _public(address) if self.providers else None
        return _provider_in(self.providers.get(found)) if self.providers and found else ""

    @property
    def source(self) -> str:
        """Which tables these are and how old, for the public page and ``kept check``."""
        countries = self.countries.words if self.countries else _built_in(built_in_since())
        if self.providers is None:
            return sentence(
                "The country is looked up in {countries}. No provider is looked up.", countries=countries
            )
        return sentence(
            "The country is looked up in {countries}. The provider is looked up in {providers}.",
            countries=countries,
            providers=self.providers.words,
        )


def _letters(code: object) -> str:
    return code if isinstance(code, str) and COUNTRY.fullmatch(code) and code not in NOT_COUNTRIES else ""


def _public(address: object) -> str | None:
    """The address as the tables want it: without a mapping to IPv6 around it, and only if it is one of the
    public Internet.
    """
    if not isinstance(address, str) or len(address) > LONGEST:
        return None
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    return str(found).partition("%")[0] if found.is_global else None


def _country_in(record: object) -> object:
    """The country's letters in a record of MaxMind's and DB-IP's shape ({country: {iso_code}}) or IPinfo's
    ({country_code} or {country}).
    """
    if not isinstance(record, Mapping):
        return ""
    country = record.get("country") or record.get("registered_country")
    return country.get("iso_code") if isinstance(country, Mapping) else record.get("country_code") or country


_NAMES = ("autonomous_system_organization", "isp", "organization", "as_name")


def _provider_in(record: object) -> str:
    if not isinstance(record, Mapping):
        return ""
    name = next((found for key in _NAMES if isinstance(found := record.get(key), str) and found.strip()), "")
    return " ".join(name.split())[:LONGEST_NAME]


def _built_in(since: date | None) -> str:
    version = metadata.version("iptocc")
    if since is None:
        return sentence(
            "the table of iptocc {version} (what the five regional Internet registries assigned), of unknown"
            " age",
            version=version,
        )
    return sentence(
        "the table of iptocc {version} (what the five regional Internet registries assigned), built on {day}",
        version=version,
        day=since,
    )


def built_in_since(read: Callable[[], str | None] | None = None) -> date | None:
    """The day the built-in table was made.

    The package is built anew each night from the registries' lists and says when in its bill of materials.
    """
    try:
        text = read() if read else _bill_of_materials()
        stamp: Any = json.loads(text or "")["metadata"]["timestamp"]
        return datetime.fromisoformat(str(stamp)[:10]).date()
    except (KeyError, TypeError, ValueError, OSError, metadata.PackageNotFoundError):
        return None


def _bill_of_materials() -> str | None:
    files = metadata.files("iptocc") or []
    bill = next((file for file in files if file.match("*.dist-info/sboms/*.json")), None)
    return bill.read_text(encoding="utf-8") if bill else None
