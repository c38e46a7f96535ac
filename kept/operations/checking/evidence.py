"""What somebody kept of a ledger, recognised and checked by itself: a checkpoint, a mail, a receipt, a
copy.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile, ZipFile

from kept.core.ledger.notes.keyring import Keyring
from kept.core.ledger.verifying.offline import Head, ProofBroken, read_head
from kept.operations.checking import notes
from kept.rights.copies import manifest
from kept.rights.receipts import offline as receipts
from kept.sentences import counted, sentence

CHECKPOINT, MAIL = sentence("a checkpoint"), sentence("a mail")
RECEIPT, COPY = sentence("a receipt"), sentence("a copy")
NOTHING = sentence(
    "There is nothing in it to hold the ledger to: no whole checkpoint, no receipt, no copy. Take the text"
    " from the company’s name to the end of its signature."
)
_MAILS = (
    b"received:",
    b"return-path:",
    b"from:",
    b"delivered-to:",
    b"message-id:",
    b"subject:",
    b"to:",
    b"date:",
    b"content-type:",
    b"from ",
)


class EvidenceBroken(ValueError):
    """It is not what was given out, or nothing that ever was. The message says in one sentence why."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A head that somebody was given, and the note that says it."""

    head: Head
    text: str

    @property
    def at(self) -> str:
        """The time in the note, where it says one."""
        lines = self.text.split("\n")
        return lines[3] if len(lines) > 3 and lines[3][:2] == "20" else ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """``heads``: what was signed.

    ``entries``: proofs, each checked against ``heads[0]``. ``said``: what of it holds by itself.

    ``facts``: the same for a program.
    """

    kind: str
    said: tuple[str, ...]
    heads: tuple[Signed, ...]
    entries: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def recognise(content: bytes | Path, key: str | Keyring, *, name: str = "") -> Evidence:
    """What it is, checked with the public key, or with the keys of its ledger.

    Raises EvidenceBroken for what does not hold by itself, OSError.
    """
    begins, suffix = (
        _beginning(content),
        (content.suffix.lower() if isinstance(content, Path) else Path(name).suffix.lower()),
    )
    if begins.startswith(b"PK") or suffix == ".zip":
        return _copy(content, key)
    if begins.lstrip()[:1] == b"{" or suffix == ".json":
        return _receipt(_whole(content, receipts.LARGEST + 1), key)
    return _text(_whole(content, notes.LARGEST), key)


def of_text(text: str, key: str | Keyring) -> Evidence:
    """What was pasted: a checkpoint, the end of a mail, or a receipt's file. Raises EvidenceBroken."""
    return recognise(text.encode("utf-8", errors="replace"), key)


def _beginning(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        return content[:64]
    with content.open("rb") as file:
        return file.read(64)


def _whole(content: bytes | Path, most: int) -> bytes:
    if isinstance(content, bytes):
        return content[:most]
    with content.open("rb") as file:
        return file.read(most)


def _text(raw: bytes, key: str | Keyring) -> Evidence:
    found = notes.in_bytes(raw)
    if not found:
        raise EvidenceBroken(NOTHING)
    heads, wrong = list[Signed](), ""
    for one in found:
        try:
            heads.append(Signed(read_head(one, key), one))
        except ProofBroken as broken:
            wrong = wrong or str(broken)
    if not heads or wrong:
        raise EvidenceBroken(wrong)
    opening = raw[:2000].lower().lstrip()
    kind = (
        MAIL
        if opening.startswith(_MAILS) or len(raw.splitlines()) > len(heads) * notes.LONGEST
        else CHECKPOINT
    )
    heads.sort(key=lambda one: one.head.size)
    newest = heads[-1]
    facts = {
        "origin": newest.head.origin,
        "size": newest.head.size,
        "at": newest.at,
        "checkpoints": len(heads),
    }
    return Evidence(kind, (_in_text(kind, heads),), tuple(heads), facts=facts)


def _in_text(kind: str, heads: list[Signed]) -> str:
    """What a text holds, in one sentence; the newest is the last."""
    newest, n = heads[-1].head, len(heads)
    if n == 1 and kind == MAIL:
        return sentence(
            "It holds a signed checkpoint of {size:,} entries, by {origin}.",
            size=newest.size,
            origin=newest.origin,
        )
    if n == 1:
        return sentence(
            "It is a signed checkpoint of {size:,} entries, by {origin}.",
            size=newest.size,
            origin=newest.origin,
        )
    if kind == MAIL:
        return sentence("It holds {n:,} signed checkpoints, by {origin}.", n=n, origin=newest.origin)
    return sentence("It is {n:,} signed checkpoints, by {origin}.", n=n, origin=newest.origin)


def _receipt(raw: bytes, key: str | Keyring) -> Evidence:
    try:
        found = receipts.check(raw, key)
    except receipts.ReceiptBroken as broken:
        raise EvidenceBroken(str(broken)) from None
    said = sentence(
        "Receipt {number}, part {part} ({kind}), given {issued}, is signed by {signed_by}.",
        number=found.number,
        part=found.part,
        kind=found.kind,
        issued=found.issued,
        signed_by=found.signed_by,
    )
    if not found.ledger_size:
        return Evidence(
            RECEIPT,
            (
                said,
                sentence(
                    "This file holds no proof of its place in the ledger: only the signature was checked."
                ),
            ),
            (),
            facts=asdict(found),
        )
    held = json.loads(raw)
    place = sentence(
        "Its entry lies in the ledger, under a signed checkpoint of {n:,} entries.", n=found.ledger_size
    )
    head = Signed(read_head(held["checkpoint"], receipts.keys_of(held, key)), held["checkpoint"])
    return Evidence(RECEIPT, (said, place), (head,), (held["proof"],), asdict(found))


class _Held:
    """Bytes that are read like a file, and lie nowhere."""

    name = sentence("The copy")

    def __init__(self, content: bytes) -> None:
        self._content = content

    def open(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def _copy(content: bytes | Path, key: str | Keyring) -> Evidence:
    place = cast("Path", _Held(content)) if isinstance(content, bytes) else content
    try:
        found = manifest.verify(place, key)
        with place.open("rb") as file, ZipFile(file) as archive:
            keys = manifest.keys_of(archive, key)
            ledger = (
                json.loads(archive.read(manifest.LEDGER)) if manifest.LEDGER in archive.namelist() else {}
            )
    except manifest.CopyBroken as broken:
        raise EvidenceBroken(str(broken)) from None
    except (BadZipFile, ValueError, KeyError, RecursionError, MemoryError) as wrong:
        raise EvidenceBroken(
            sentence("This is not a whole copy made by Kept ({error}).", error=type(wrong).__name__)
        ) from None
    said: tuple[str, ...] = (
        sentence("Made {made}, signed by {signed_by}.", made=found.made, signed_by=found.signed_by),
        sentence(
            "Checked: the signature, {files} files ({bytes:,} bytes) by SHA-256, and {entries} ledger entries"
            " against a signed checkpoint of {size} entries.",
            files=found.files,
            bytes=found.bytes,
            entries=found.entries,
            size=found.ledger_size,
        ),
        *_not_proven(found),
    )
    if found.waiting:
        said += (
            counted(
                "{n:,} entry was too new to be proven when it was made.",
                "{n:,} entries were too new to be proven when it was made.",
                found.waiting,
            ),
        )
    if found.past_term:
        said += (
            counted(
                "{n:,} earlier entry is past its term, by acts of pruning in the ledger.",
                "{n:,} earlier entries are past their term, by acts of pruning in the ledger.",
                found.past_term,
            ),
        )
    checkpoint = ledger.get("checkpoint")
    heads = (Signed(read_head(checkpoint, keys), checkpoint),) if checkpoint else ()
    return Evidence(COPY, said, heads, tuple(ledger.get("entries") or ()), asdict(found))


def _not_proven(found: manifest.Verified) -> Iterator[str]:
    """What is not among the entries that were proven, counted, with why that is as it should be."""
    if found.waiting:
        yield counted(
            "{n:,} more was too new for that checkpoint, and not proven in this copy.",
            "{n:,} more were too new for that checkpoint, and not proven in this copy.",
            found.waiting,
        )
    if found.past_term:
        yield counted(
            "{n:,} before them is missing because the term was over: acts of pruning in the ledger name it.",
            "{n:,} before them are missing because the term was over: acts of pruning in the ledger name"
            " them.",
            found.past_term,
        )
