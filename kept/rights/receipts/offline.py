"""Check a receipt with nothing but the file and the pinned key. No Django, no database, no network: anybody can run this."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from kept.core.ledger import note
from kept.core.ledger.offline import ProofBroken, check_proof, read_head

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


def check(content: bytes, public_key: str) -> Checked:
    """Raises ReceiptBroken, with the first thing that does not hold."""
    if len(content) > LARGEST:
        raise ReceiptBroken("This is larger than any receipt.")
    try:
        held = json.loads(content)
        text = note.open_note(held["receipt"], public_key)
        title, said, rest = text.split("\n", 2)
        if title != TITLE or rest:
            raise ReceiptBroken("This is a signed text, and no receipt.")
        document = json.loads(said)
        size = _in_ledger(held, public_key) if held.get("proof") else 0
        return Checked(
            document["dct:identifier"], document["kept:part"], document["kept:kind"], document["dct:issued"], note.verifier(public_key).name, size
        )
    except (note.SignatureWrong, note.KeyTextWrong) as wrong:
        raise ReceiptBroken(f"The receipt was changed, or another portal gave it. {wrong}") from None
    except ProofBroken as wrong:
        raise ReceiptBroken(f"Its place in the ledger does not hold: {wrong}") from None
    except ReceiptBroken:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise ReceiptBroken("This is not a receipt made by Kept, or not a whole one.") from None


def _in_ledger(held: dict[str, Any], public_key: str) -> int:
    """The entry holds the receipt's hash, and lies in the tree that the checkpoint signs."""
    check_proof(held["proof"], held["checkpoint"], public_key)
    if held["proof"]["detail"].get("sha256") != sha256(held["receipt"].encode()).hexdigest():
        raise ReceiptBroken("The ledger's entry is about another receipt.")
    return read_head(held["checkpoint"], public_key).size
