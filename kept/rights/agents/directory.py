"""Which agents are known: the directory of the network, a JSON file the operator names in ``KEPT_AGENTS``.

It is the root of all trust here.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

ID = re.compile(r"[A-Z][A-Z0-9_]{0,79}")
LARGEST = 1_000_000


class DirectoryWrong(Exception):
    """The file is missing or says something impossible. The message names place and fix in one sentence."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One entry.

    ``verify_key`` is the raw Ed25519 key, 32 bytes; addresses are as the directory spells them.
    """

    id: str
    name: str
    verify_key: bytes
    web_url: str
    identity_assurance_url: str
    technical_contact: str
    business_contact: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key, 64 hex digits: a token given to one key is none of the next."""
        return sha256(self.verify_key).hexdigest()


_read: dict[Path, tuple[tuple[int, int, int], dict[str, Agent]]] = {}


def agents() -> dict[str, Agent]:
    """Every known agent by id; the file is read again whenever it has changed. Raises DirectoryWrong."""
    file: Path | None = settings.KEPT_AGENTS
    if file is None:
        return {}
    try:
        about = os.stat(file)
        state = (about.st_mtime_ns, about.st_size, about.st_ino)
        if file not in _read or _read[file][0] != state:
            if about.st_size > LARGEST:
                raise DirectoryWrong(
                    f"{file.name} is larger than a directory of agents can be ({LARGEST} bytes)."
                )
            _read[file] = (state, parse(file.read_text("utf-8"), file.name))
    except OSError as wrong:
        raise DirectoryWrong(
            f"The directory of agents {file.name} cannot be read: {wrong.strerror}. Put it back, or leave"
            " KEPT_AGENTS out."
        ) from None
    except UnicodeDecodeError:
        raise DirectoryWrong(f"{file.name} is not written in UTF-8. Save it as UTF-8.") from None
    return _read[file][1]


def agent(id: str) -> Agent | None:
    return agents().get(id)


def parse(text: str, name: str) -> dict[str, Agent]:
    """The entries of a directory: a list of them, or one alone.

    Raises DirectoryWrong for the first that is wrong.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise DirectoryWrong(f"{name} is not JSON: {wrong}.") from None
    found: dict[str, Agent] = {}
    for number, entry in enumerate(said if isinstance(said, list) else [said], 1):
        known = _agent(entry, f"{name}, entry {number}")
        if known.id in found:
            raise DirectoryWrong(
                f"{name}, entry {number}: the id {known.id} is taken already. Every agent has one of its own."
            )
        found[known.id] = known
    return found


def _agent(entry: Any, place: str) -> Agent:
    if not isinstance(entry, dict):
        raise DirectoryWrong(f"{place}: an agent is an object with id, name and verify_key.")
    texts: dict[str, Any] = {key: entry.get(key) or "" for key in Agent.__slots__}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise DirectoryWrong(f"{place}: {key} is not a text.")
    if not ID.fullmatch(texts["id"]):
        raise DirectoryWrong(
            f"{place}: the id “{texts['id'][:80]}” is not written in capitals, figures and underscores."
        )
    if not texts["name"].strip():
        raise DirectoryWrong(
            f"{place}: {texts['id']} has no name. People read it before they confirm anything."
        )
    for key in ("web_url", "identity_assurance_url"):
        if texts[key] and not texts[key].startswith("https://"):
            raise DirectoryWrong(f"{place}: {key} of {texts['id']} does not begin with https://.")
    raw = _key(texts.pop("verify_key"), place, texts["id"])
    return Agent(verify_key=raw, **texts)


def _key(text: str, place: str, id: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise DirectoryWrong(
            f"{place}: verify_key of {id} is not an Ed25519 key in base64. It has 32 bytes, so 43 or 44"
            " signs."
        )
    return key


def business_id() -> str:
    """How agents address this company."""
    given: str = settings.KEPT_BUSINESS_ID
    if given:
        return given
    host = re.sub(r"^https?://|:\d+$", "", settings.KEPT_SITE)
    return re.sub(r"[^A-Z0-9]+", "_", host.upper()).strip("_")
