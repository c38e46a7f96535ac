"""Check a ledger proof with nothing but the proof, a checkpoint and the pinned key. No Django, no database, no network."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kept.core.ledger import merkle, note
from kept.core.ledger.pack import commitment

FORMAT = "kept-proof-1"


class ProofBroken(ValueError):
    """The proof does not hold. The message says at which step."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: whose ledger, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes


def read_head(checkpoint: str, public_key: str) -> Head:
    """The checkpoint's head, once its signature holds. Raises ProofBroken."""
    try:
        text = note.open_note(checkpoint, public_key)
        origin, size, root = text.split("\n")[:3]
        head = Head(origin, int(size), base64.b64decode(root, validate=True))
    except (note.SignatureWrong, note.KeyTextWrong) as wrong:
        raise ProofBroken(f"The checkpoint: {wrong}") from None
    except ValueError:
        raise ProofBroken("The checkpoint is not written as one.") from None
    if origin != note.verifier(public_key).name or len(head.root) != merkle.SIZE:
        raise ProofBroken("The checkpoint is about another ledger.")
    return head


def check_proof(proof: Mapping[str, Any], checkpoint: str, public_key: str) -> None:
    """Raises ProofBroken unless the act in ``proof`` is in the ledger that ``checkpoint`` signs.

    Three steps: the salt opens the commitment to header and detail; the commitment is in the act's own tree; the act is in the ledger's.
    """
    head = read_head(checkpoint, public_key)
    try:
        _check(proof, head)
    except merkle.MerkleError as wrong:
        raise ProofBroken(str(wrong)) from None
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        if isinstance(wrong, ProofBroken):
            raise
        raise ProofBroken("The proof is not written as one.") from None


def check_continues(old: str, new: str, path: list[str], public_key: str) -> None:
    """Raises ProofBroken unless the ledger of checkpoint ``new`` continues, unchanged, the one of ``old``. ``path``: hex hashes."""
    earlier, later = read_head(old, public_key), read_head(new, public_key)
    try:
        merkle.check_consistency(earlier.size, later.size, earlier.root, later.root, [bytes.fromhex(step) for step in path])
    except ValueError as wrong:
        raise ProofBroken(f"The ledger was not continued unchanged: {wrong}") from None


def _check(proof: Mapping[str, Any], head: Head) -> None:
    if proof["format"] != FORMAT:
        raise ProofBroken(f"The proof is of another format than {FORMAT}.")
    people, log = proof["people"], proof["log"]
    if log["size"] != head.size:
        raise ProofBroken(f"The proof was made for a ledger of {log['size']} entries; the checkpoint is about {head.size}.")
    own = commitment(bytes.fromhex(proof["salt"]), proof["header"], proof["detail"])
    root = bytes.fromhex(proof["root"])
    digest = bytes.fromhex(proof["digest"])
    if len(root) != merkle.SIZE or len(digest) != merkle.SIZE:
        raise ProofBroken("The proof is not written as one.")
    try:
        merkle.check_inclusion(merkle.leaf_hash(own), people["index"], people["size"], _path(people), root)
    except merkle.MerkleError:
        raise ProofBroken("The entry is not what was written: header, detail or salt differ from the commitment.") from None
    try:
        merkle.check_inclusion(merkle.leaf_hash(root + digest), log["index"], log["size"], _path(log), head.root)
    except merkle.MerkleError:
        raise ProofBroken("The entry is not in the ledger that the checkpoint signs.") from None


def _path(part: Mapping[str, Any]) -> list[bytes]:
    steps = [bytes.fromhex(step) for step in part["path"]]
    if any(len(step) != merkle.SIZE for step in steps):
        raise ProofBroken("The proof is not written as one.")
    return steps
