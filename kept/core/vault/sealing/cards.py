"""A card number is never kept: whatever has the shape of one is refused at the seal, in any field (PCI DSS
4.0, 3.3; promise P2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kept.core.vault.errors import SealRefused
from kept.sentences import sentence

# 13 to 19 figures with spaces or hyphens between them. Not after a plus sign: that is a phone number.
_FIGURES = re.compile(rb"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
# As it is printed on a card, wherever it stands: after an order's number, or before the three figures of its
# back, which the look above takes for one long figure. With any blanks, dots or hyphens between the groups.
_GAP = rb"(?:[ .\-\t]|\xc2\xa0|\xe2\x80[\x91\xaf]){1,3}"
_PRINTED = re.compile(
    rb"(?<![\d+])(?:\d{4}(?:"
    + _GAP
    + rb"\d{4}){3}|\d{4}"
    + _GAP
    + rb"\d{6}"
    + _GAP
    + rb"\d{4,5}|\d{15,16})(?!\d)"
)
# Length by the first figures, ISO/IEC 7812: Visa, Mastercard, American Express, Discover, JCB, Diners.
_ISSUED = re.compile(
    rb"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}|35\d{14}|3(?:0[0-5]|[68]\d)\d{11}"
)

_DIGITS = re.compile(rb"\d+")
# The shortest number on a card. What holds fewer figures in all, as nearly every value does, needs no look.
_FEWEST = 13
_NO_FIGURES = bytes(each for each in range(256) if not 48 <= each <= 57)

# Ids and digests: by chance one in some thousands holds a figure of that shape. A UUID (RFC 9562, with its
# version and variant), or hex of exactly the length of a digest; with letters among its digits, so that
# nobody's figures pass for one.
_UUID = rb"(?=[0-9-]*[a-f])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_DIGEST = rb"(?=(?:[0-9]*[a-f]){4})(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})"
_IDS = re.compile(
    rb"(?<![0-9a-z])(?:" + _UUID + rb"|" + _DIGEST + rb")(?![0-9a-z])",
    re.IGNORECASE,
)


class CardNumberRefused(SealRefused):
    """What was to be kept holds a payment card number. The message is for the person who typed it."""


def refuse_card_number(plain: bytes) -> None:
    """Raises CardNumberRefused when the bytes hold a figure that an issuer could have printed on a card
    (Luhn's check included).

    What is a digest or a UUID as a whole is no figure.
    """
    if _holds_one(plain) and _holds_one(_IDS.sub(b"#", plain)):
        raise CardNumberRefused(
            sentence(
                "This looks like a payment card number. We never keep one: take it out, and send the rest."
            )
        )


def mask_card_numbers(text: str) -> tuple[str, int]:
    """The text with all but the last four figures of each card number covered, and how many there were."""
    count = 0

    def cover(found: re.Match[bytes]) -> bytes:
        nonlocal count
        if not _is_one(figures := _plain(found[0])):
            return found[0]
        count += 1
        return "•••• ".encode() + figures[-4:]

    return _PRINTED.sub(cover, _FIGURES.sub(cover, text.encode())).decode(), count


def refuse_card_numbers(values: Iterable[bytes]) -> None:
    """As ``refuse_card_number`` for each of them, in one look: no figure reaches past the end of a line."""
    every = list(values)
    if _holds_one(b"\n".join(every)):
        for plain in every:
            refuse_card_number(plain)


def _holds_one(plain: bytes) -> bool:
    if len(plain.translate(None, _NO_FIGURES)) < _FEWEST:
        return False
    looks = (_FIGURES, _PRINTED)
    return any(_is_one(_plain(found[0])) for look in looks for found in look.finditer(plain))


def _plain(found: bytes) -> bytes:
    return b"".join(_DIGITS.findall(found))


def _is_one(figures: bytes) -> bool:
    return bool(_ISSUED.fullmatch(figures)) and _luhn(figures)


def _luhn(figures: bytes) -> bool:
    total = 0
    for place, figure in enumerate(reversed(figures)):
        number = figure - 48
        if place % 2:
            number = number * 2 - 9 if number > 4 else number * 2
        total += number
    return total % 10 == 0
