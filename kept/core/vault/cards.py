"""A card number is never kept: whatever has the shape of one is refused at the seal, in any field (PCI DSS 4.0, 3.3; promise P2)."""

from __future__ import annotations

import re

from kept.core.vault.errors import SealRefused

# 13 to 19 figures with spaces or hyphens between them. Not after a plus sign: that is a phone number.
_FIGURES = re.compile(rb"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
# Length by the first figures, ISO/IEC 7812: Visa, Mastercard, American Express, Discover, JCB, Diners.
_ISSUED = re.compile(rb"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35\d{14}|3(?:0[0-5]|[68]\d)\d{11}")


class CardNumberRefused(SealRefused):
    """What was to be kept holds a payment card number. The message is for the person who typed it."""


def refuse_card_number(plain: bytes) -> None:
    """Raises CardNumberRefused when the bytes hold a figure that an issuer could have printed on a card (Luhn's check included)."""
    for found in _FIGURES.finditer(plain):
        figures = found[0].replace(b" ", b"").replace(b"-", b"")
        if _ISSUED.fullmatch(figures) and _luhn(figures):
            raise CardNumberRefused("This looks like a payment card number. We never keep one: take it out, and send the rest.")


def _luhn(figures: bytes) -> bool:
    total = 0
    for place, figure in enumerate(reversed(figures)):
        number = figure - 48
        if place % 2:
            number = number * 2 - 9 if number > 4 else number * 2
        total += number
    return total % 10 == 0
