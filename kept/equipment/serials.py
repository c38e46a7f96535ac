"""Serial numbers: four figures, two figures, a check digit, written ``1204-88-2``.

Stored as seven figures. What people type is normalised (case, spaces, every kind of dash, full-width and
other figures, a leading S/N, a scanned GS1 code), letters that stand in for figures are read as a suggestion,
never silently.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FIGURES = 6
LENGTH = FIGURES + 1
# The longest thing a scanner sends (a GS1 link) is shorter; more than that is no serial number.
LONGEST = 200

TYPING_ERROR = _("This serial number has a typing error. Check characters {first} to {last} on the label.")
MISSING = _("Enter a serial number, like 1204-88-2")
WRONG_LENGTH = _("A serial number has 7 figures, like 1204-88-2. This one has {count}.")
NOT_A_SERIAL = _("Enter the serial number from the label. It has 7 figures, like 1204-88-2.")

# Letters people and typefaces put where a figure belongs, with the words for the question.
LOOKALIKES = {"O": "0", "I": "1", "L": "1"}
_ASKED = {
    "O": _("zero, not the letter O"),
    "I": _("one, not the letter I"),
    "L": _("one, not the letter L"),
}
_PREFIX = re.compile(r"(?:SERIAL(?:NUMBER|NO|NR)?|S/?N)[.:#]*(?=.)")
_GS1 = re.compile(r"(?:\(21\)|/21/|[?&]21=)(?P<serial>[^/?#(&]+)")
# What a scanner may put before what it read (ISO/IEC 15424), and the stars a Code 39 begins and ends with
# (ISO/IEC 16388).
_SYMBOLOGY = re.compile(r"\][A-Z][0-9A-Z]", re.IGNORECASE)
_STARS = re.compile(r"\*([^*]+)\*")
# GS1 application identifiers of a fixed length (General Specifications, figure 7.8.5-2); others end with the
# separator.
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_SEPARATOR = re.compile("\x1d|<GS>|\\{GS\\}|\u241d|\\^\\]", re.IGNORECASE)
# The printed groups with the dashes around them: first and last character of each on the label.
_GROUPS = ((0, 4, 1, 4), (4, 6, 5, 8), (6, 7, 8, 9))


@dataclass(frozen=True, slots=True)
class Reading:
    """What we made of a typed serial number.

    ``serial``: seven figures, or "" when it cannot be one. ``suggestion``: how we read it, when a letter had
    to be taken for a figure ("" when nothing was guessed). ``problem``: one sentence for the person, "" when
    all is well.
    """

    serial: str
    suggestion: str = ""
    problem: str = ""

    @property
    def question(self) -> str:
        return self.suggestion and gettext("{suggestion} Is that right?").format(suggestion=self.suggestion)


def check_digit(figures: str) -> str:
    """The mod 10 check digit of six figures (Luhn, ISO/IEC 7812-1 annex B).

    Finds every single wrong figure and nearly every swap.
    """
    total = 0
    for position, figure in enumerate(reversed(figures)):
        value = int(figure) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def make(number: int) -> str:
    """The seven figures of the ``number``-th unit. Raises ValueError outside 0 to 999,999."""
    if not 0 <= number < 10**FIGURES:
        raise ValueError(f"Serial numbers run from 0 to {10**FIGURES - 1}, not {number}.")
    figures = f"{number:0{FIGURES}d}"
    return figures + check_digit(figures)


def display(serial: str) -> str:
    """``1204882`` as it stands on the label: ``1204-88-2``."""
    return f"{serial[:4]}-{serial[4:6]}-{serial[6:]}" if len(serial) == LENGTH else serial


def normalise(text: str) -> str:
    """Case, spaces, dashes, prefixes and foreign figures taken away; letters stay. Idempotent."""
    kept, before = text[:LONGEST], ""
    # Taking one thing away can bring another to light ("S/N S/N 12…"), so until nothing changes; each round
    # shortens or ends.
    while kept != before:
        before, kept = kept, _stripped(kept)[:LONGEST]
    return kept


def _stripped(text: str) -> str:
    said = _scanned(unicodedata.normalize("NFKC", text).upper())
    kept = "".join(_plain(mark) for mark in said)
    return _PREFIX.sub("", kept, count=1) if _PREFIX.match(kept) else kept


def _scanned(said: str) -> str:
    """The serial number out of what a scanner sent; what was typed by hand comes back as it is."""
    told = said.lstrip().startswith("]")
    plain = _SYMBOLOGY.sub("", said.strip(), count=1) if told else said
    stars = _STARS.fullmatch(plain.strip())
    link = _GS1.search(plain)
    if stars or link:
        return stars[1] if stars else link["serial"] if link else plain
    found = _element(_SEPARATOR.sub("\x1d", plain.strip()), told=told)
    return found if found is not None else plain


def _element(said: str, *, told: bool) -> str | None:
    """The value of (21), serial number, of a GS1 element string without brackets; None for what is none.

    ``told``: by the scanner.
    """
    rest, named = said.lstrip("\x1d"), {}
    while len(rest) > 2 and rest[:2].isdigit():
        identifier, rest = rest[:2], rest[2:]
        length = _FIXED.get(identifier)
        if length is None and identifier not in {"10", "21", "22"}:
            return None
        value, _, after = rest.partition("\x1d")
        named[identifier], rest = (rest[:length], rest[length:].lstrip("\x1d")) if length else (value, after)
        if length and (len(named[identifier]) < length or not named[identifier].isdigit()):
            return None
    # Figures may begin with 21 by chance: without the product's own number beside them they are typed by
    # hand.
    return named.get("21") if not rest and ("01" in named or told) else None


def read(text: str) -> Reading:
    """Read a typed or scanned serial number. Never raises: the sentence is in ``problem``."""
    typed = normalise(text)
    if not typed:
        return Reading("", problem=str(MISSING))
    guessed = [letter for letter in LOOKALIKES if letter in typed]
    figures = "".join(LOOKALIKES.get(mark, mark) for mark in typed)
    if len(text) > LONGEST or sum(mark.isdigit() for mark in figures) < LENGTH // 2:
        return Reading("", problem=str(NOT_A_SERIAL))
    if len(figures) != LENGTH:
        return Reading(
            "", problem=WRONG_LENGTH.format(count=len(figures)) if figures.isdigit() else str(NOT_A_SERIAL)
        )
    wrong = next((place for place, mark in enumerate(figures) if not mark.isdigit()), None)
    if wrong is not None:
        return Reading("", problem=_typing_error(wrong))
    if check_digit(figures[:FIGURES]) != figures[FIGURES]:
        # A check digit tells that a figure is wrong, not which one. The middle of the label is where eyes
        # slip.
        return Reading("", problem=_typing_error(FIGURES - 1))
    if not guessed:
        return Reading(figures)
    because = ", ".join(str(_ASKED[letter]) for letter in guessed)
    said = gettext("We read this as {number} ({because}).")
    return Reading(figures, suggestion=said.format(number=display(figures), because=because))


def _plain(mark: str) -> str:
    """One character: dashes and spaces go, any script's figure becomes ours."""
    if unicodedata.category(mark) in {"Pd", "Zs", "Cf", "Cc"} or mark in "−_·":
        return ""
    figure = unicodedata.decimal(mark, None)
    return mark if figure is None else str(figure)


def _typing_error(place: int) -> str:
    first, last = next((first, last) for start, end, first, last in _GROUPS if start <= place < end)
    return TYPING_ERROR.format(first=first, last=last)
