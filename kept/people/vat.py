"""VAT numbers of the European Union: their form, and the check figures of the Belgian one. Whether one is registered, VIES alone knows."""

from __future__ import annotations

import re

PROBLEM = "Enter a VAT number with its country, like BE0123456749"
BELGIAN = "A Belgian VAT number has BE and 10 digits, like BE0123456749"
BELGIAN_TYPO = "This Belgian VAT number has a typing error. Check the last two digits"
_FORMS = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}",
    "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}", "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"(\d{9}|\d{12})", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}",
    "NL": r"[A-Z0-9+*]{10}\d{2}", "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}", "XI": r"\d{9}|\d{12}",
}  # fmt: skip


class VatError(ValueError):
    """Not a VAT number. The message says how to write one."""


def normalise(text: str) -> str:
    """``be 0123.456.749`` → ``BE0123456749``. Raises VatError."""
    said = re.sub(r"[\s.\-/]", "", text).upper()
    country, number = said[:2], said[2:]
    if country not in _FORMS:
        raise VatError(PROBLEM)
    if not re.fullmatch(_FORMS[country], number):
        raise VatError(BELGIAN if country == "BE" else PROBLEM)
    # The last two figures are 97 minus the rest of the first eight by 97 (Royal Decree no. 41 of 1970).
    if country == "BE" and 97 - int(number[:8]) % 97 != int(number[8:]):
        raise VatError(BELGIAN_TYPO)
    return said


def index_form(text: str) -> str:
    try:
        return normalise(text)
    except VatError:
        return ""
