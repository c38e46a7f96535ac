"""What a witness signs under a checkpoint (C2SP ``tlog-cosignature``): the time, and the text it saw.

Plain Python, no Django, no files.

By it a witness says: of this origin I know no other tree than the ones that this one continues.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kept.core.ledger.notes import signed_note
from kept.core.ledger.notes.signed_note import COSIGNATURE, SignatureWrong, Signer, Verifier

_TIME = 8
_LENGTH = _TIME + 64
LAST = 1 << 62
"""Seconds. No clock shows as much, and none that is told so is believed."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Which witness signed, and when by its own clock, in seconds since 1970."""

    name: str
    at: int


def generate(name: str) -> str:
    """The private text of a new witness. Raises KeyTextWrong."""
    return signed_note.generate(name, COSIGNATURE)


def signer(private_text: str) -> Signer:
    """Raises KeyTextWrong."""
    return signed_note.signer(private_text, COSIGNATURE)


def verifier(public_text: str) -> Verifier:
    """Raises KeyTextWrong."""
    return signed_note.verifier(public_text, COSIGNATURE)


def cosign(key: Signer, text: str, at: int) -> str:
    """The line to put under a checkpoint of this text, which ends in a newline.

    ``at``: seconds since 1970.
    """
    signature = key.private.sign(_message(text, at))
    return signed_note.signature_line(key.name, key.key_id + at.to_bytes(_TIME, "big") + signature)


def cosigned(checkpoint: str, key: Verifier) -> Cosigned | None:
    """The newest that this witness signed under a checkpoint; None where it did not.

    Lines of all others are passed over.

    Raises SignatureWrong for a line of this key that does not fit, as C2SP signed-note asks.
    """
    text, blobs = signed_note.blobs_of(checkpoint, key)
    return max((_read(text, blob, key) for blob in blobs), key=lambda one: one.at, default=None)


def count(checkpoint: str, witnesses: Iterable[Verifier]) -> list[Cosigned]:
    """What the named witnesses signed, each once however often it is named. Raises SignatureWrong."""
    different = {one.public.public_bytes_raw(): one for one in witnesses}
    return [one for one in (cosigned(checkpoint, key) for key in different.values()) if one is not None]


def _read(text: str, blob: bytes, key: Verifier) -> Cosigned:
    at = int.from_bytes(blob[:_TIME], "big")
    if len(blob) != _LENGTH or not 0 < at < LAST:
        raise SignatureWrong(f"The cosignature of {key.name} is not written as one.")
    try:
        signed_note.verify_raw(key.public.public_bytes_raw(), _message(text, at), blob[_TIME:])
    except SignatureWrong:
        raise SignatureWrong(f"The cosignature of {key.name} does not fit the text.") from None
    return Cosigned(key.name, at)


def _message(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
