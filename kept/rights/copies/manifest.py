"""Check a copy with nothing but the file and the pinned key.

No Django, no database, no network: anybody can run this.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from os import SEEK_END
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile

from kept.core.ledger.notes import signed_note
from kept.core.ledger.notes.keyring import Keyring
from kept.core.ledger.tree.gaps import check_chain, read_pruned
from kept.core.ledger.verifying.offline import ProofBroken, check_under, follow, read_head, signed_at

MANIFEST, SIGNATURE, LEDGER, KEYS = "manifest.json", "manifest.note", "ledger.json", "keys.json"
TITLE = "kept copy manifest"
ENVELOPE = "kept copy archive"
# In bytes. They are read before the signature can be trusted, and a few kilobytes of ZIP can unpack to
# gigabytes.
LARGEST = {MANIFEST: 16 * 1024**2, SIGNATURE: 64 * 1024, KEYS: 1024**2}


FOLDING = timedelta(hours=1)
"""For how long an act may have to wait for the fold at most: where an old transaction stays open, what came
after it waits too.
"""


class CopyBroken(ValueError):
    """The copy is not what was given out. The message says at which file."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked: how many files and bytes, how many ledger entries against a checkpoint of which size,
    signed by whom.

    ``waiting``: entries that were too new to be proven when the copy was made. ``past_term``: parts before
    the ones shown whose term was over, by acts of pruning that are in the ledger.
    """

    files: int
    bytes: int
    entries: int
    ledger_size: int
    signed_by: str
    made: str
    waiting: int = 0
    past_term: int = 0


def statement(manifest: bytes) -> str:
    """The text that is signed. Its first line keeps it apart from every other note of this key."""
    return f"{TITLE}\n{sha256(manifest).hexdigest()}\n"


def envelope(digest: str) -> str:
    """The text in the ZIP's comment: the SHA-256 of every byte before it."""
    return f"{ENVELOPE}\n{digest}\n"


def digest_before(file: BinaryIO, end: int) -> str:
    """SHA-256, as hex, of the first ``end`` bytes."""
    digest = sha256()
    file.seek(0)
    while end and (chunk := file.read(min(1 << 20, end))):
        digest.update(chunk)
        end -= len(chunk)
    return digest.hexdigest()


def verify(path: Path, trusted: str | Keyring) -> Verified:
    """Raises CopyBroken, with the first thing that does not hold. ``trusted``: the ledger's key, or its keys.

    A copy that was made after the key was rotated carries how the newer one followed.
    """
    try:
        with path.open("rb") as file, ZipFile(file) as archive:
            keys = keys_of(archive, trusted)
            # File by file first, so that a change is named; then the bytes around them.
            found = _verify(archive, keys)
            _check_envelope(file, archive.comment, keys, found.made)
            return found
    except CopyBroken:
        raise
    except Exception as wrong:
        # Whatever an unpacker dies of (zlib.error, RuntimeError, struct.error…), the file is not whole.
        raise CopyBroken(f"{path.name} is not a whole copy made by Kept ({type(wrong).__name__}).") from None


def keys_of(archive: ZipFile, trusted: str | Keyring) -> Keyring:
    """What is trusted, and the keys that follow from it by what lies in the copy. Raises CopyBroken."""
    try:
        keys = Keyring.of(trusted)
        return follow(keys, json.loads(_bounded(archive, KEYS))) if KEYS in archive.namelist() else keys
    except (ProofBroken, signed_note.KeyTextWrong) as wrong:
        raise CopyBroken(f"{KEYS}: {wrong}") from None


def _check_envelope(file: BinaryIO, comment: bytes, keys: Keyring, made: str) -> None:
    """Not one byte differs, whatever a program that unpacks it would make of the difference."""
    end = file.seek(0, SEEK_END) - len(comment)
    file.seek(end)
    whole = file.read() == comment
    try:
        if not whole or keys.open_note(comment.decode(), lambda _: datetime.fromisoformat(made)) != envelope(
            digest_before(file, end)
        ):
            raise CopyBroken("The copy was changed: its bytes are not the ones that were signed.")
    except (signed_note.SignatureWrong, signed_note.KeyTextWrong) as wrong:
        raise CopyBroken(str(wrong)) from None


def _verify(archive: ZipFile, keys: Keyring) -> Verified:
    names = [info.filename for info in archive.infolist()]
    if len(set(names)) != len(names):
        raise CopyBroken("A file stands in the copy twice.")
    content, signature = _bounded(archive, MANIFEST), _bounded(archive, SIGNATURE)
    try:
        if keys.open_note(
            signature.decode(), lambda _: datetime.fromisoformat(json.loads(content)["made"])
        ) != statement(content):
            raise CopyBroken(f"{MANIFEST} was changed: it is not the one that was signed.")
    except (signed_note.SignatureWrong, signed_note.KeyTextWrong) as wrong:
        raise CopyBroken(str(wrong)) from None
    manifest = json.loads(content)
    listed: dict[str, Any] = manifest["files"]
    strange = set(names) - listed.keys() - {MANIFEST, SIGNATURE}
    missing = listed.keys() - set(names)
    if strange or missing:
        # As Python writes it: whoever added it chose the name, and a terminal obeys some characters.
        name = ascii(min(strange or missing))
        raise CopyBroken(f"{name} {'was added to' if strange else 'is missing from'} the copy.")
    total = sum(_check_file(archive, name, listed[name]) for name in listed)
    ledger = _check_ledger(json.loads(archive.read(LEDGER)), keys) if LEDGER in listed else (0, 0, 0, 0)
    entries, size, waiting, past_term = ledger
    return Verified(len(listed), total, entries, size, keys.name, str(manifest["made"]), waiting, past_term)


def _bounded(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as inside:
        content = inside.read(LARGEST[name] + 1)
    if len(content) > LARGEST[name]:
        raise CopyBroken(f"{name} is larger than any that Kept makes.")
    return content


def _check_file(archive: ZipFile, name: str, known: dict[str, Any]) -> int:
    digest, size = sha256(), 0
    with archive.open(name) as inside:
        while chunk := inside.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
            if size > known["size"]:
                break
    if digest.hexdigest() != known["sha256"] or size != known["size"]:
        raise CopyBroken(f"{name} was changed after the copy was made.")
    return size


def _check_ledger(ledger: dict[str, Any], keys: Keyring) -> tuple[int, int, int, int]:
    """(entries proven, size of the tree, entries that wait, parts past their term).

    Copies from before have neither of the last two.
    """
    checkpoint, unproven = ledger["checkpoint"], ledger.get("unproven", [])
    if not checkpoint:
        return 0, 0, 0, 0
    try:
        head = read_head(checkpoint, keys)
        # Before the chain, whose gap would say less.
        _check_unproven(unproven, checkpoint)
        parts = [check_under(proof, head) for proof in ledger["entries"]]
        past_term = check_chain(parts, read_pruned(ledger.get("pruned", []), head))
    except ProofBroken as wrong:
        raise CopyBroken(f"{LEDGER}: {wrong}") from None
    return len(parts), head.size, len(unproven), past_term


def _check_unproven(unproven: list[dict[str, Any]], checkpoint: str) -> None:
    """An entry may be too new for the checkpoint.

    One that is older has its proof, or something is wrong with it; and one that was changed is wrong whatever
    day its row names now.
    """
    if changed := sum(bool(one.get("changed")) for one in unproven):
        entries = "entry does" if changed == 1 else "entries do"
        raise CopyBroken(
            f"{LEDGER}: {changed} {entries} not read as written: the operator's ledger was changed before"
            " this copy was made."
        )
    signed = signed_at(checkpoint)
    older = [
        one
        for one in unproven
        if datetime.fromisoformat(one["at"]) < signed - (FOLDING if one["waits"] else timedelta(0))
    ]
    if older:
        entries = "entry is" if len(older) == 1 else "entries are"
        raise CopyBroken(
            f"{LEDGER}: {len(older)} {entries} older than the checkpoint and not proven, the first from"
            f" {older[-1]['at'][:16]} UTC."
        )
