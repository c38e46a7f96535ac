"""VAT numbers as companies have them: form and check figures of every country that has them (python-stdnum,
offline).

Whether one is registered, the country's own register alone knows (VIES in the European Union). A number
without its country is read as one of the country that stands beside it. Kept with the prefix of the country,
as an invoice writes it: ``BE0123456749``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions, get_cc_module
from stdnum.ch import uid
from stdnum.eu import vat as european
from stdnum.no import orgnr

from kept.people import countries
from kept.people.texts import clean_code

PROBLEM = _("Enter a VAT number with its country, like BE0123456749")
BELGIAN = _("A Belgian VAT number has BE and 10 digits, like BE0123456749")
BELGIAN_TYPO = _("This Belgian VAT number has a typing error. Check the last two digits")
LONGEST = 20
# What stands before it on letterheads. Not "NO", which is Norway's.
_WORDS = re.compile(
    r"^(?:VAT|TVA|BTW|MWST|UST-?ID(?:-?NR)?|IVA|MOMS|ALV|PDV)(?:-?(?:NO|NR|NUMBER|REG|ID)\b)*[\s.:#]*",
    re.IGNORECASE,
)
# Prefixes on invoices that are not the ISO code of the country.
_PREFIXES = {"EL": "GR", "XI": "XI"}
_SUFFIXED = {"CH": uid, "NO": orgnr}
EXAMPLES = {
    "AT": "ATU13585627",
    "BG": "BG175074752",
    "CH": "CHE-107.787.577 MWST",
    "CY": "CY10259033P",
    "CZ": "CZ25123891",
    "DE": "DE136695976",
    "DK": "DK13585628",
    "EE": "EE100931558",
    "ES": "ESB58378431",
    "FI": "FI20774740",
    "FR": "FR40303265045",
    "GB": "GB980780684",
    "GR": "EL094259216",
    "HR": "HR33392005961",
    "HU": "HU12892312",
    "IE": "IE6433435F",
    "IT": "IT00743110157",
    "LT": "LT119511515",
    "LU": "LU15027442",
    "LV": "LV40003521600",
    "MT": "MT11679112",
    "NL": "NL004495445B01",
    "NO": "NO 995 525 828 MVA",
    "PL": "PL8567346215",
    "PT": "PT501964843",
    "RO": "RO18547290",
    "SE": "SE123456789701",
    "SI": "SI50223054",
    "SK": "SK2022749619",
}


class VatError(ValueError):
    """Not a VAT number. The message says how to write one."""


def normalise(text: str, country: str = "") -> str:
    """``be 0123.456.749`` → ``BE0123456749``; ``0123.456.749`` with ``country`` BE (ISO 3166) the same.

    Raises VatError.
    """
    said = re.sub(
        r"[\s.\-/_:·,]", "", _WORDS.sub("", unicodedata.normalize("NFKC", clean_code(text)).strip())
    ).upper()
    if not re.fullmatch(r"[A-Z0-9+*]{1,24}", said):
        raise VatError(PROBLEM if said else _expected(country))
    named = _PREFIXES.get(said[:2], said[:2])
    ways = [way for way in (country, named) if way]
    wrong: VatError | None = None
    for way in dict.fromkeys(ways):
        # A prefix is a country's where it has such numbers; else these letters belong to the number.
        if way != country and (way not in countries.codes() | {"XI"} or _module(way) is None):
            continue
        try:
            return _read(said, way)
        except VatError as one:
            # The sentence about the country that was written is of more help than the one about the country
            # beside it.
            wrong = one if wrong is None or way == named else wrong
    raise wrong or VatError(PROBLEM)


def index_form(text: str) -> str:
    try:
        return normalise(text)
    except VatError:
        return ""


def _module(country: str) -> Any:
    return european if country == "XI" else get_cc_module(country, "vat")


def _read(said: str, country: str) -> str:
    prefix = {"GR": "EL"}.get(country, country)
    module = _module(country)
    if module is None:
        # A country whose numbers nobody has written down: whatever they look like, with their country before
        # them.
        bare = said.removeprefix(country)
        if not re.fullmatch(r"[A-Z0-9]{4,15}", bare) or not any(mark.isdigit() for mark in bare):
            raise VatError(_expected(country))
        return f"{country}{bare}"
    try:
        if module is european or country.lower() in european.MEMBER_STATES:
            bare = said.removeprefix(prefix).removeprefix(country)
            return prefix + str(european.validate(prefix + bare))[2:]
        if country in _SUFFIXED:
            # The register's number alone: what stands behind it is the word for VAT in one of the country's
            # languages.
            bare = re.sub(r"(MWST|TVA|IVA|TPV|VAT|MVA)$", "", said.removeprefix("CHE").removeprefix(country))
            return country + str(
                _SUFFIXED[country].validate("CHE" + bare if country == "CH" else bare)
            ).removeprefix("CH")
        number = re.sub(r"[^A-Z0-9]", "", str(module.validate(said.removeprefix(country))).upper())
    except (exceptions.InvalidChecksum, exceptions.InvalidComponent):
        raise VatError(BELGIAN_TYPO if country == "BE" else _typing_error(country)) from None
    except exceptions.ValidationError:
        raise VatError(_expected(country)) from None
    return number if number.startswith(country) else f"{country}{number}"


def _typing_error(country: str) -> str:
    said = gettext("This VAT number of {country} has a typing error. Check each figure")
    return said.format(country=_name(country))


def _expected(country: str) -> str:
    if country == "BE":
        return str(BELGIAN)
    if country in EXAMPLES:
        said = gettext("A VAT number of {country} looks like {example}")
        return said.format(country=_name(country), example=EXAMPLES[country])
    if not country:
        return str(PROBLEM)
    said = gettext("Enter the VAT number as it stands on an invoice of {country}, or leave it empty")
    return said.format(country=_name(country))


def _name(country: str) -> str:
    return gettext("Northern Ireland") if country == "XI" else countries.name(country)
