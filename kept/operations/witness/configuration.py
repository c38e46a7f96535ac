"""Which witnesses the operator named (``KEPT_WITNESSES``), and what is wrong with how they were named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from kept.core.ledger.notes import cosignature

HINT = (
    "Write the key of each witness, a space, and its address, separated by commas; “quorum 2,” before them"
    " asks for another number than the half."
)


class NamedWrong(ValueError):
    """The setting cannot be read. The message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Named:
    """``key``: the public text. ``url``: the prefix, without a slash at its end."""

    name: str
    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Witnesses:
    all: tuple[Named, ...] = ()
    quorum: int = 0

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.all]


def witnesses() -> Witnesses:
    """As they are named now. Raises NamedWrong."""
    return read(settings.KEPT_WITNESSES)


def read(text: str) -> Witnesses:
    """Raises NamedWrong."""
    parts = [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
    asked = re.fullmatch(r"quorum ([0-9]{1,3})", parts[0]) if parts else None
    found = tuple(map(_named, parts[1:] if asked else parts))
    if len({cosignature.verifier(one.key).public.public_bytes_raw() for one in found}) < len(found):
        raise NamedWrong("a witness is named twice, and would count as two.")
    quorum = int(asked[1]) if asked else (len(found) // 2 + 1 if found else 0)
    if asked and not 1 <= quorum <= len(found):
        raise NamedWrong(
            f"a quorum of {quorum} can never be reached by {len(found)} witnesses, or says nothing."
        )
    return Witnesses(found, quorum)


def _named(part: str) -> Named:
    key, _, url = part.partition(" ")
    parts = urlsplit(url.strip())
    try:
        name, port = cosignature.verifier(key).name, parts.port
    except ValueError:
        raise NamedWrong(f"“{part[:60]}” has no key.") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username
        or parts.query
        or parts.fragment
        or port == 0
    ):
        raise NamedWrong(f"{name} has no address like https://witness.example.org.")
    return Named(name, key, url.strip().rstrip("/").removesuffix("/add-checkpoint"))


@checks.register("kept")
def witnesses_are_named(**options: Any) -> list[checks.CheckMessage]:
    """One error where the setting cannot be read: a witness that is never asked would not be missed."""
    try:
        witnesses()
    except NamedWrong as wrong:
        return [checks.Error(f"KEPT_WITNESSES is wrong: {wrong}", hint=HINT, id="witness.E001")]
    return []
