"""Phone numbers: understood in any notation, kept as E.164 (ITU-T) and as typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kept.people.texts import clean_code

PROBLEM = _("Enter a phone number, like 02 123 45 67 or +32 2 123 45 67")
# Where a number without a country code is from when nothing beside it says so.
HOME = "BE"
LONGEST = 40
_FORMATS = phonenumbers.PhoneNumberFormat
_PLAUSIBLE = re.compile(
    r"[\d\s+()\[\]./,\-~\u2010-\u2015\u2212\u30fc\u3000\u00b7]*\d[\d\s+()\[\]./,\-~\u2010-\u2015\u2212\u30fc\u3000\u00b7]*"
)
_EXTENSION = re.compile(
    r"(?:\s*[,;]?\s*(?:ext(?:ension)?|ex|x|poste|durchwahl|dw|toestel|tst|app|apparaat)\.?\s*|\s*#\s*)(\d{1,7})$",
    re.IGNORECASE,
)


class PhoneError(ValueError):
    """Not a phone number. The message says how to write one."""


@dataclass(frozen=True, slots=True)
class Phone:
    """``e164`` like +3221234567; ``text_fields`` as the person wrote it."""

    e164: str
    typed: str

    @property
    def spoken(self) -> str:
        """For people of any country: ``+32 2 123 45 67``."""
        return phonenumbers.format_number(
            phonenumbers.parse(self.e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )


def parse(text: str, region: str = HOME) -> Phone:
    """Read a number as dialled in ``region`` (ISO 3166). Raises PhoneError.

    Possible is enough: national plans change faster than any list of valid numbers. An extension is kept in
    ``text_fields`` alone: E.164 has no place for it.
    """
    typed = " ".join(clean_code(text).split())
    dialled = _EXTENSION.sub("", unicodedata.normalize("NFKC", typed))
    if len(typed) > LONGEST or not _PLAUSIBLE.fullmatch(dialled):
        raise PhoneError(problem(region))
    number = _number(dialled, region)
    if number is None:
        raise PhoneError(problem(region))
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), typed)


def problem(region: str) -> str:
    """What to say where a number cannot be read: an example of that country, and how to write one of any
    other.
    """
    if region in {HOME, ""}:
        return str(PROBLEM)
    example = phonenumbers.example_number(region)
    if example is None:
        return gettext("Enter a phone number with its country code, like +32 2 123 45 67")
    return gettext("Enter a phone number, like {national} or {international}").format(
        national=phonenumbers.format_number(example, _FORMATS.NATIONAL),
        international=phonenumbers.format_number(example, _FORMATS.INTERNATIONAL),
    )


def _number(dialled: str, region: str) -> phonenumbers.PhoneNumber | None:
    """The number that was meant: as dialled at home; with 00 for the plus sign, which is not every country's
    own.
    """
    zeros = re.fullmatch(r"\D*00\D?(.*)", dialled)
    for text in (dialled, f"+{zeros[1]}" if zeros else ""):
        try:
            number = phonenumbers.parse(text, region or HOME)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return number
    return None


def candidates(text: str, countries: Iterable[str]) -> list[str]:
    """Every E.164 number a look-up may mean: with a country code one, without it one for each country in
    which it could be dialled.
    """
    found = []
    for region in (HOME, *countries):
        try:
            found.append(parse(text, region).e164)
        except PhoneError:
            continue
    return list(dict.fromkeys(found))


def carried(typed: str, region: str) -> str:
    """A number as it can be read in any country: as typed where it names its own, else with the code of
    ``region``.
    """
    try:
        return typed if parse(typed, region) == parse(typed, "ZZ") else parse(typed, region).spoken
    except PhoneError:
        return parse(typed, region).spoken


def index_form(text: str) -> str:
    """What the blind index hashes: E.164, or "" for what is no number and is not indexed."""
    try:
        return parse(text).e164
    except PhoneError:
        return ""
