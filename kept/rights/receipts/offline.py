"""Check a receipt with nothing but the file and the pinned key.

No Django, no database, no network: anybody can run this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from kept.core.ledger.notes import signed_note
from kept.core.ledger.notes.keyring import Keyring
from kept.core.ledger.verifying.offline import ProofBroken, check_proof, follow, read_head

TITLE = "kept receipt 1"
LARGEST = 1 << 20


class ReceiptBroken(ValueError):
    """The receipt is not what was given out. The message says at which step."""


@dataclass(frozen=True, slots=True)
class Checked:
    """``ledger_size`` is 0 while the receipt is signed, and not in the signed tree yet."""

    number: str
    part: int
    kind: str
    issued: str
    signed_by: str
    ledger_size: int


def statement(document: dict[str, Any]) -> str:
    """The text that is signed. Its first line keeps it apart from every other note of this key."""
    return f"{TITLE}\n{json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(',', ':'))}\n"


def document_of(text: str) -> dict[str, Any]:
    """The document inside a signed text; whether the signature holds is asked elsewhere."""
    found: dict[str, Any] = json.loads(text.split("\n", 2)[1])
    return found


def keys_of(held: Mapping[str, Any], trusted: str | Keyring) -> Keyring:
    """What is trusted, and the keys that follow from it by what stands in the receipt's file.

    Raises ProofBroken, KeyTextWrong.
    """
    keys = Keyring.of(trusted)
    return follow(keys, held["keys"]) if held.get("keys") else keys


def _issued(text: str) -> datetime:
    return datetime.fromisoformat(document_of(text)["dct:issued"])


def check(content: bytes, trusted: str | Keyring) -> Checked:
    """Raises ReceiptBroken, with the first thing that does not hold.

    ``trusted``: the ledger's key, or its keys.
    """
    if len(content) > LARGEST:
        raise ReceiptBroken("This is larger than any receipt.")
    try:
        held = json.loads(content)
        keys = keys_of(held, trusted)
        text = keys.open_note(held["receipt"], _issued)
        title, said, rest = text.split("\n", 2)
        if title != TITLE or rest:
            raise ReceiptBroken("This is a signed text, and no receipt.")
        document = json.loads(said)
        size = _in_ledger(held, keys) if held.get("proof") else 0
        return Checked(
            document["dct:identifier"],
            document["kept:part"],
            document["kept:kind"],
            document["dct:issued"],
            keys.name,
            size,
        )
    except (signed_note.SignatureWrong, signed_note.KeyTextWrong) as wrong:
        raise ReceiptBroken(f"The receipt was changed, or another portal gave it. {wrong}") from None
    except ProofBroken as wrong:
        raise ReceiptBroken(f"Its place in the ledger does not hold: {wrong}") from None
    except ReceiptBroken:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise ReceiptBroken("This is not a receipt made by Kept, or not a whole one.") from None


def _in_ledger(held: dict[str, Any], keys: Keyring) -> int:
    """The entry holds the receipt's hash, and lies in the tree that the checkpoint signs."""
    check_proof(held["proof"], held["checkpoint"], keys)
    if held["proof"]["detail"].get("sha256") != sha256(held["receipt"].encode()).hexdigest():
        raise ReceiptBroken("The ledger's entry is about another receipt.")
    return read_head(held["checkpoint"], keys).size
