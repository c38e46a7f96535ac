"""Sentences that are made in one place and shown in another: each knows its message and its values, and says
itself in the reader's language when it is shown.

Plain Python: the policy and the proofs make sentences where no request is, and a table keeps them. English
is the language they are written in, and the one they speak until ``speak_through`` names a speaker
(``kept.portal.languages``). In a request, ``gettext`` does the same at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from html import escape
from typing import Any, Protocol

from kept.dates import from_iso

Packed = Any
"""A sentence as JSON keeps it: ``[message, values]``, ``[[one, many], values]``, or plain text."""


class Speaker(Protocol):
    """How a language says things: by message, by number, by day."""

    def translate(self, message: str) -> str: ...
    def count(self, one: str, many: str, n: int) -> str: ...
    def day(self, at: date, form: str) -> str: ...
    def number(self, n: float) -> str: ...


class _English:
    def translate(self, message: str) -> str:
        return message

    def count(self, one: str, many: str, n: int) -> str:
        return one if n == 1 else many

    def day(self, at: date, form: str) -> str:
        clock = f"{at:%H:%M}" if isinstance(at, datetime) else ""
        if form == "clock":
            return clock
        words = f"{at:%B %Y}" if len(at.isoformat()) == 7 else f"{at.day} {at:%B %Y}"
        return f"{words}, {clock}" if form == "both" and clock else words

    def number(self, n: float) -> str:
        return f"{n:,}"


_english = _English()
_speaker: Speaker = _english


def speak_through(speaker: Speaker) -> None:
    """From now on sentences are shown as this speaker says them."""
    global _speaker  # noqa: PLW0603 (the one way in for the languages, which lie above this module)
    _speaker = speaker


class Sentence(str):
    """An English sentence by value, in the reader's language when shown.

    As a ``str`` (equality, hashing, ``json``, ``join``, ``+``) it is the English text. ``str(it)``, a format
    string and a template show it translated.
    """

    __slots__ = ("message", "values")
    message: str | tuple[str, str]
    values: Mapping[str, Any]

    def __new__(cls, message: str | tuple[str, str], values: Mapping[str, Any]) -> Sentence:
        self = super().__new__(cls, _say(_english, message, values))
        self.message, self.values = message, values
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.message, self.values

    def __str__(self) -> str:
        return _say(_speaker, self.message, self.values)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __html__(self) -> str:
        # Templates ask this before they ask str(), which would be the English text to them.
        return escape(str(self))

    def packed(self) -> Packed:
        """As JSON keeps it; days as ISO 8601."""
        message = list(self.message) if isinstance(self.message, tuple) else self.message
        return [message, {name: _packed(value) for name, value in self.values.items()}]


def sentence(message: str, /, **values: Any) -> Sentence:
    """A sentence with its values by name: ``sentence("{n} of {all} answered", n=3, all=4)``.

    Values are text, numbers (``{n:,}`` groups their figures), days, moments, sentences, or lists of these
    ("a, b and c").
    """
    return Sentence(message, values)


def counted(one: str, many: str, n: int, /, **values: Any) -> Sentence:
    """A sentence that depends on a number, which it may name as ``{n}``."""
    return Sentence((one, many), {"n": n, **values})


def joined(parts: Iterable[str], between: str = " ") -> Sentence:
    """Sentences one after the other, each of which is still said in the reader's language."""
    named = {f"part{place}": part for place, part in enumerate(parts, 1)}
    return Sentence(between.join(f"{{{name}}}" for name in named), named)


def chained(items: Iterable[str], /) -> str:
    """ "a; b; c", which goes on knowing the sentences it is made of; "" for nothing."""
    said = ""
    for item in items:
        said = sentence("{before}; {then}", before=said, then=item) if said else item
    return said


def unpacked(packed: Packed) -> str:
    """What ``packed`` wrote; plain text as it is."""
    if isinstance(packed, str):
        return packed
    message, values = packed
    read = {name: _unpacked(value) for name, value in values.items()}
    return Sentence(tuple(message) if isinstance(message, list) else message, read)


def packed(text: str) -> Packed:
    """A sentence as JSON keeps it; other text as it is."""
    return text.packed() if isinstance(text, Sentence) else text


def english(text: str) -> str:
    """The English text alone, as the ledger and machines keep it."""
    return str.__str__(text) if isinstance(text, str) else str(text)


def listed(items: Iterable[Any]) -> str:
    """ "a, b and c" in the reader's language; "" for nothing."""
    return _list(_speaker, [_value(_speaker, item) for item in items])


def number(n: float) -> str:
    """12,345 in English, 12.345 in German."""
    return _speaker.number(n)


def day(at: date) -> str:
    """3 May 2025; of a ``Month`` the month alone; of a moment its day in the site's zone."""
    return _speaker.day(at, "day")


def moment(at: datetime) -> str:
    """3 May 2025, 09:40, in the site's zone."""
    return _speaker.day(at, "both")


def written(at: date, form: str) -> str:
    """ "day", "clock" (09:40) or "both"; a day has no clock. Raises KeyError for another form."""
    if form not in {"day", "clock", "both"}:
        raise KeyError(form)
    return _speaker.day(at, form)


def _say(speaker: Speaker, message: str | tuple[str, str], values: Mapping[str, Any]) -> str:
    if isinstance(message, tuple):
        text = speaker.count(*message, values["n"])
    else:
        text = speaker.translate(message)
    return (
        text.format_map({name: _value(speaker, value) for name, value in values.items()}) if values else text
    )


def _value(speaker: Speaker, value: Any) -> Any:
    if isinstance(value, Sentence):
        return _say(speaker, value.message, value.values)
    if isinstance(value, datetime):
        return speaker.day(value, "both")
    if isinstance(value, date):
        return speaker.day(value, "day")
    if isinstance(value, list | tuple):
        return _list(speaker, [_value(speaker, one) for one in value])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _Number(speaker, value)
    return value


class _Number:
    """A number in a sentence: ``{n}`` is its figures alone, ``{n:,}`` is grouped as the language does it."""

    def __init__(self, speaker: Speaker, value: float) -> None:
        self.speaker, self.value = speaker, value

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, spec: str) -> str:
        return self.speaker.number(self.value) if spec == "," else format(self.value, spec)


def _list(speaker: Speaker, items: list[Any]) -> str:
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return speaker.translate("{most} and {last}").format(most=", ".join(words[:-1]), last=words[-1])


def _packed(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {"said": value.packed()}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, list | tuple):
        return [_packed(one) for one in value]
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "said" in value:
        return unpacked(value["said"])
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return from_iso(value["day"])
