"""Texts of a visit, rid of what could name somebody: addresses, numbers, tokens, markup.

What went is replaced by "…".

Pure functions, total over any text, of bounded length, and the same again when done twice. They know patterns
and no names: what words may stay is for the caller to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

GONE = "…"
MOST_READ = 2048
"""Characters that are looked at: more is nobody's address or search."""
LONGEST_PATH, LONGEST_WORDS, LONGEST_TAG, LONGEST_HOST = 200, 80, 40, 100

# Whatever stands on either side of an @ is an address, or half of one.
_ADDRESS = re.compile(r"[^\s/@]*@[^\s/]*")
_ADDRESS_IN_WORDS = re.compile(r"\S*@\S*")
# Six digits with anything but letters between them: telephones, serial numbers, dates of birth.
_NUMBER = re.compile(r"\d(?:[\W_]*\d){5,}|\d{5,}")
# Letters first, then short groups, none of four digits: how the catalogue names its products, in addresses as
# in searches.
_PART_NUMBER = re.compile(
    r"(?<![\w.+-])([a-z]{1,4}\d{0,3}(?:-(?!\d{4})[a-z0-9]{1,4}){1,3})(?![\w.+-])", re.IGNORECASE
)
_MOST_DIGITS_OF_A_PRODUCT = 8
_JOINED = re.compile(r"[\w.-]+")
_WORD = re.compile(r"\w+")
_TURN = re.compile(r"[a-z][A-Z]")
_MARKUP = re.compile(r"<[^<>]*>?|&#?\w{1,12};")
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_LANGUAGE = re.compile(r"\s*([a-z]{2,3})(?![a-z])", re.IGNORECASE)
_TOKEN = 16
_MOST_ROUNDS = 12


def path(text: str) -> str:
    """The path of an address without its query, percent signs read. Always begins with "/"."""
    return _settled(_path, text) or "/"


def _path(text: str) -> str:
    text = re.split(r"[?#]", text[:MOST_READ], maxsplit=1)[0]
    for _ in range(3):
        text = unquote(text, errors="replace")
    clean = _clean(text, _ADDRESS, lambda one: one in "/-_.~,+:")
    # Only what is one of our own segments by its shape is kept as it is; a space in an address is nobody's.
    return ("/" + clean.replace(" ", "-").lstrip("/"))[:LONGEST_PATH]


def words(text: str) -> str:
    """What somebody searched for, in small letters, one space between words."""
    return _settled(_words, text)


def _words(text: str) -> str:
    return " ".join(_clean(text, _ADDRESS_IN_WORDS, lambda one: one in " -_.,+/%°()").casefold().split())[
        :LONGEST_WORDS
    ].strip()


def tag(text: str) -> str:
    """A campaign's tag (utm_source, utm_medium, utm_campaign)."""
    return _settled(_tag, text)


def _tag(text: str) -> str:
    return "-".join(_clean(text, _ADDRESS_IN_WORDS, lambda one: one in " -_.").casefold().split())[
        :LONGEST_TAG
    ]


def host(address: str) -> str:
    """The host alone of a referring address, or of a bare host; "" for what is none, and for a bare IP
    address.
    """
    return _settled(_host, address)


def _host(address: str) -> str:
    text = address[:MOST_READ].strip()
    try:
        named = (urlsplit(text if "//" in text else f"//{text}").hostname or "").rstrip(".")
        # What went before stays gone: as a character of its own it would be read as three dots.
        found = ".".join(
            part if GONE in part else part.encode("idna").decode("ascii").lower() for part in named.split(".")
        )
    except (ValueError, UnicodeError):
        return ""
    found = found.removeprefix("www.")
    if (
        len(found) > LONGEST_HOST
        or not _HOST.fullmatch(found.replace(GONE, "x"))
        or found.rpartition(".")[2].isdigit()
    ):
        return ""
    return ".".join(GONE if _without_numbers(part) != part else part for part in found.split("."))


def language(accepted: str) -> str:
    """The first language of an Accept-Language header, without its region: two or three letters, or ""."""
    found = _LANGUAGE.match(accepted[:LONGEST_HOST])
    return found[1].lower() if found and found[1].isascii() else ""


def _settled(once: Callable[[str], str], text: str) -> str:
    """Done until nothing changes: joining what was cleaned can make a number of two halves.

    "" for what never settles.
    """
    if not text:
        return ""
    for _ in range(_MOST_ROUNDS):
        before, text = text, once(text)
        if text == before:
            return text
    return ""


def _clean(text: str, address: re.Pattern[str], allowed: Callable[[str], bool]) -> str:
    text = GONE.join(unicodedata.normalize("NFKC", part) for part in text[:MOST_READ].split(GONE))
    text = "".join(one for one in text if unicodedata.category(one) != "Cf")
    text = address.sub(GONE, _MARKUP.sub(GONE, text))
    text = "".join(
        one if one.isalnum() or allowed(one) or unicodedata.category(one)[0] == "M" else GONE for one in text
    )
    # Every second piece is a product's own name.
    pieces = _PART_NUMBER.split(text)
    pieces = [
        one if at % 2 and _digits(one) <= _MOST_DIGITS_OF_A_PRODUCT else _without_numbers(one)
        for at, one in enumerate(pieces)
    ]
    return re.sub(rf"{GONE}{{2,}}", GONE, "".join(pieces))


def _without_numbers(text: str) -> str:
    text = _WORD.sub(lambda one: GONE if _is_code(one[0]) else one[0], text)
    text = _NUMBER.sub(GONE, text)
    return _JOINED.sub(lambda one: GONE if _digits(one[0]) >= 6 else one[0], text)


def _is_code(word: str) -> bool:
    """Five digits in one word; or sixteen characters of letters with digits, or of capitals that come and go.

    No word looks like that.
    """
    digits = _digits(word)
    return digits >= 5 or (len(word) >= _TOKEN and (digits > 0 or len(_TURN.findall(word)) >= 3))


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
