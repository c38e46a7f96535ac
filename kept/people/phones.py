"""Phone numbers: understood in any notation, kept as E.164 (ITU-T) and as typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

PROBLEM = "Enter a phone number, like 02 123 45 67 or +32 2 123 45 67"
# Where the company's customers call from without a country code, in the order in which a bare number is tried.
HOME, REGIONS = "BE", ("BE", "US")
LONGEST = 40
_PLAUSIBLE = re.compile(r"[\d\s+()./\-\u2010-\u2015\u00a0\u202f]*\d[\d\s+()./\-\u2010-\u2015\u00a0\u202f]*")


class PhoneError(ValueError):
    """Not a phone number. The message says how to write one."""


@dataclass(frozen=True, slots=True)
class Phone:
    """``e164`` like +3221234567; ``typed`` as the person wrote it."""

    e164: str
    typed: str

    @property
    def spoken(self) -> str:
        """For people of any country: ``+32 2 123 45 67``."""
        return phonenumbers.format_number(phonenumbers.parse(self.e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def parse(text: str, region: str = HOME) -> Phone:
    """Read a number as dialled in ``region`` (ISO 3166). Raises PhoneError.

    Possible is enough: national plans change faster than any list of valid numbers.
    """
    typed = " ".join(text.split())
    if len(typed) > LONGEST or not _PLAUSIBLE.fullmatch(typed):
        raise PhoneError(PROBLEM)
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise PhoneError(PROBLEM) from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneError(PROBLEM)
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), typed)


def candidates(text: str) -> list[str]:
    """Every E.164 number a look-up may mean: with a country code one, without it one for each region that makes it possible."""
    found = []
    for region in REGIONS:
        try:
            found.append(parse(text, region).e164)
        except PhoneError:
            continue
    return list(dict.fromkeys(found))


def index_form(text: str) -> str:
    """What the blind index hashes: E.164, or "" for what is no number and is not indexed."""
    try:
        return parse(text).e164
    except PhoneError:
        return ""
