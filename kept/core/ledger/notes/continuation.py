"""A ledger that had to be put back says so: where it ended, from where it goes on, and when.

Signed, in the ledger, and in the second place.

Checkpoints that were handed out between the two are of a ledger that is no more. Nothing can make them hold
again, so whoever keeps one finds out from the portal itself what became of it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from kept.core.ledger.history import acts_of_nobody
from kept.core.ledger.notes import sign
from kept.core.ledger.notes.keyring import Keyring
from kept.core.ledger.tree import merkle

TITLE = "kept ledger continuation\n"
KIND = "continued"


@dataclass(frozen=True, slots=True)
class Continuation:
    """``ended_size``, ``ended_root``: the newest checkpoint of the ledger that is no more; ``size``,
    ``root``: what of it stands.
    """

    origin: str
    ended_size: int
    ended_root: bytes
    size: int
    root: bytes
    at: datetime


def write(said: Continuation) -> str:
    """The signed note.

    Its first line keeps it apart from every other note of this key. Raises SigningKeyError.
    """
    return sign.sign_note(_text(said))


def read(text: str, trusted: str | Keyring = "") -> Continuation:
    """What a continuation says, once its signature holds. Raises SignatureWrong, KeyTextWrong, ValueError."""
    keys = Keyring.of(trusted) if trusted else sign.keys()
    signed = keys.open_note(text, lambda said: datetime.fromisoformat(said.splitlines()[-1]))
    if not signed.startswith(TITLE):
        raise ValueError("This note is no continuation of a ledger.")
    origin, ended, goes_on, at = signed.removeprefix(TITLE).splitlines()
    ended_size, ended_root = _head(ended, "ended ")
    size, root = _head(goes_on, "goes on from ")
    return Continuation(origin, ended_size, ended_root, size, root, datetime.fromisoformat(at))


def texts() -> list[str]:
    """Every continuation that stands in the ledger, the oldest first, as it was signed."""
    return [str(act["payload"].get("note", "")) for act in acts_of_nobody([KIND])]


def _text(said: Continuation) -> str:
    at = said.at.astimezone(UTC).isoformat(timespec="seconds")
    ended, root = (base64.b64encode(one).decode() for one in (said.ended_root, said.root))
    return f"{TITLE}{said.origin}\nended {said.ended_size} {ended}\ngoes on from {said.size} {root}\n{at}\n"


def _head(line: str, name: str) -> tuple[int, bytes]:
    if not line.startswith(name):
        raise ValueError("The continuation is not written as one.")
    size, _, root = line.removeprefix(name).partition(" ")
    found = int(size), base64.b64decode(root, validate=True)
    if found[0] < 0 or len(found[1]) != merkle.SIZE:
        raise ValueError("The continuation is not written as one.")
    return found
