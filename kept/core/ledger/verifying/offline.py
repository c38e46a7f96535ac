"""Check a ledger proof with nothing but the proof, a checkpoint and the pinned key.

No Django, no database, no network.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from kept.core.ledger.notes import signed_note
from kept.core.ledger.notes.keyring import Keyring, Succession, SuccessionWrong
from kept.core.ledger.notes.keyring import read as read_succession
from kept.core.ledger.tree import merkle
from kept.core.ledger.tree.row_format import VERSION, canonical, commitment, link

FORMAT, LINKED_FORMAT = "kept-proof-1", "kept-proof-2"
"""A person's part of an act; the second since each part names the one before."""
OPEN_FORMAT = "kept-act-1"
"""An act that touches nobody, shown whole."""
KEYS_FORMAT = "kept keys 1"
"""The acts by which keys followed each other, with a checkpoint of the ledger they lie in."""
ROTATED = "rotated"
"""The kind of those acts."""


_T = TypeVar("_T")


class ProofBroken(ValueError):
    """The proof does not hold. The message says at which step."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint says: whose ledger, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes


def read_head(checkpoint: str, trusted: str | Keyring) -> Head:
    """The checkpoint's head, once its signature holds: by the one key, or by the key that was the ledger's
    then. Raises ProofBroken.
    """
    try:
        keys = Keyring.of(trusted)
        text = keys.open_note(checkpoint, signed_at, lambda text: int(text.split("\n")[1]))
        origin, size, root = text.split("\n")[:3]
        head = Head(origin, int(size), base64.b64decode(root, validate=True))
    except (signed_note.SignatureWrong, signed_note.KeyTextWrong) as wrong:
        raise ProofBroken(f"The checkpoint: {wrong}") from None
    except ValueError:
        raise ProofBroken("The checkpoint is not written as one.") from None
    if origin != keys.name or len(head.root) != merkle.SIZE:
        raise ProofBroken("The checkpoint is about another ledger.")
    return head


def signed_at(checkpoint: str) -> datetime:
    """When a checkpoint says it was signed.

    Raises ProofBroken. Read ``read_head`` first: that one asks the signature.
    """
    try:
        return datetime.fromisoformat(checkpoint.split("\n")[3]).astimezone(UTC)
    except (IndexError, ValueError):
        raise ProofBroken("The checkpoint does not say when it was signed.") from None


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part of an act, as its proof shows it: at which leaf, its hash, and its link to the previous
    part (number 0: none; -1 and nothing for the first).
    """

    leaf: int
    at: str
    hash: bytes
    number: int
    previous: int
    previous_hash: bytes


def check_proof(proof: Mapping[str, Any], checkpoint: str, trusted: str | Keyring) -> Part:
    """Raises ProofBroken unless the act in ``proof`` is in the ledger that ``checkpoint`` signs.

    Three steps: the salt opens the commitment to header and detail; the commitment, with its link, is in the
    act's own tree; the act is in the ledger's.
    """
    return check_under(proof, read_head(checkpoint, trusted))


def check_under(proof: Mapping[str, Any], head: Head) -> Part:
    """As ``check_proof``, where the checkpoint was read already."""
    return _guarded(_check, proof, head)


def check_open(proof: Mapping[str, Any], head: Head) -> Mapping[str, Any]:
    """The header of an act that touches nobody, once it is found to be in the ledger. Raises ProofBroken."""
    return _guarded(_check_open, proof, head)


def follow(trusted: str | Keyring, document: Mapping[str, Any]) -> Keyring:
    """The keys that follow from what is trusted, or lead to it, by a document like /privacy/keys.

    Nothing else in it is believed.

    Each succession is signed by both keys, and lies in the ledger that the newest of them signs. One that
    leads nowhere near what is trusted adds nothing. Raises ProofBroken.
    """
    try:
        before = Keyring.of(trusted)
        acts = document["successions"]
        if document["format"] != KEYS_FORMAT or not isinstance(acts, list):
            raise ProofBroken("The list of keys is of another format than this program knows.")
        keys = before.extended(_succession(act) for act in acts)
        if len(keys.texts) > len(before.texts):
            head = read_head(document["checkpoint"], keys)
            for act in acts:
                _in_tree(act, head)
        return keys
    except SuccessionWrong as wrong:
        raise ProofBroken(str(wrong)) from None
    except signed_note.KeyTextWrong as wrong:
        raise ProofBroken(f"That is not a key. {wrong}") from None
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise ProofBroken("The list of keys is not written as one.") from None


def _succession(act: Mapping[str, Any]) -> Succession:
    return read_succession(str(act["header"]["payload"]["note"]))


def _in_tree(act: Mapping[str, Any], head: Head) -> None:
    try:
        kind = check_open(act, head)["kind"]
    except ProofBroken as wrong:
        raise ProofBroken(
            "A succession of keys is not in the ledger that it is said to be of, so the newer key is not"
            f" believed. {wrong}"
        ) from None
    if kind != ROTATED:
        raise ProofBroken("The act that is to say that one key followed another is no such act.")


def _guarded(check: Callable[[Mapping[str, Any], Head], _T], proof: Mapping[str, Any], head: Head) -> _T:
    try:
        return check(proof, head)
    except merkle.MerkleError as wrong:
        raise ProofBroken(str(wrong)) from None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as wrong:
        if isinstance(wrong, ProofBroken):
            raise
        raise ProofBroken("The proof is not written as one.") from None


def check_continues(old: str, new: str, path: list[str], trusted: str | Keyring) -> None:
    """Raises ProofBroken unless the ledger of checkpoint ``new`` continues, unchanged, the one of ``old``.

    ``path``: hex hashes.
    """
    earlier, later = read_head(old, trusted), read_head(new, trusted)
    try:
        merkle.check_consistency(
            earlier.size, later.size, earlier.root, later.root, [bytes.fromhex(step) for step in path]
        )
    except ValueError as wrong:
        raise ProofBroken(f"The ledger was not continued unchanged: {wrong}") from None


def _check(proof: Mapping[str, Any], head: Head) -> Part:
    if proof["format"] not in (FORMAT, LINKED_FORMAT):
        raise ProofBroken(f"The proof is of another format than {FORMAT} and {LINKED_FORMAT}.")
    people, log = proof["people"], proof["log"]
    number, previous, hash = _link(proof["part"]) if proof["format"] == LINKED_FORMAT else (0, -1, b"")
    own = merkle.leaf_hash(
        commitment(bytes.fromhex(proof["salt"]), proof["header"], proof["detail"])
        + link(number, previous, hash)
    )
    root = bytes.fromhex(proof["root"])
    digest = bytes.fromhex(proof["digest"])
    if len(root) != merkle.SIZE or len(digest) != merkle.SIZE:
        raise ProofBroken("The proof is not written as one.")
    try:
        merkle.check_inclusion(own, people["index"], people["size"], _path(people), root)
    except merkle.MerkleError:
        raise ProofBroken(
            "The entry is not what was written: header, detail or salt differ from the commitment."
        ) from None
    _check_log(root + digest, log, head)
    return Part(log["index"], str(proof["header"]["at"]), own, number, previous, hash)


def _link(part: Mapping[str, Any]) -> tuple[int, int, bytes]:
    number, previous = part["number"], part.get("previous")
    if type(number) is not int or number < 1 or (number == 1) != (previous is None):
        raise ProofBroken("The proof is not written as one.")
    if previous is None:
        return number, -1, b""
    hash = bytes.fromhex(previous["hash"])
    if type(previous["leaf"]) is not int or previous["leaf"] < 0 or len(hash) != merkle.SIZE:
        raise ProofBroken("The proof is not written as one.")
    return number, previous["leaf"], hash


def _check_open(proof: Mapping[str, Any], head: Head) -> Mapping[str, Any]:
    if proof["format"] != OPEN_FORMAT:
        raise ProofBroken(f"The proof is of another format than {OPEN_FORMAT}.")
    header: Mapping[str, Any] = proof["header"]
    row = bytes((VERSION, 0, 0)) + b"[" + canonical(header) + b",[]]"
    _check_log(merkle.EMPTY + sha256(row).digest(), proof["log"], head)
    return header


def _check_log(data: bytes, log: Mapping[str, Any], head: Head) -> None:
    if log["size"] != head.size:
        raise ProofBroken(
            f"The proof was made for a ledger of {log['size']} entries; the checkpoint is about {head.size}."
        )
    try:
        merkle.check_inclusion(merkle.leaf_hash(data), log["index"], log["size"], _path(log), head.root)
    except merkle.MerkleError:
        raise ProofBroken("The entry is not in the ledger that the checkpoint signs.") from None


def _path(part: Mapping[str, Any]) -> list[bytes]:
    steps = [bytes.fromhex(step) for step in part["path"]]
    if any(len(step) != merkle.SIZE for step in steps):
        raise ProofBroken("The proof is not written as one.")
    return steps
