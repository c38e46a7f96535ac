"""What a witness knows, in a folder of its own: its key, the ledgers it watches, and for each the newest tree
it signed.

Written down and on the disk before anything is signed, so that no end of the process, at any point, lets it
sign two trees that do not continue each other. A folder belongs to one process at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kept.core.ledger.notes import cosignature, signed_note
from kept.core.ledger.tree import merkle
from kept.operations.witness import protocol
from kept.operations.witness.protocol import Asked, RequestWrong, Stated

KEY, PUBLIC, LOCK, LEDGERS = "witness.key", "witness.pub", "lock", "ledgers"
_DAMAGED = (
    "is damaged. A witness that does not know what it signed must not sign: put the file back, or remove the"
    " ledger and say so to its owner."
)


class BookError(Exception):
    """The folder cannot be used. The message says why and what to do."""


class Refused(Exception):
    """Not signed.

    ``status``: the HTTP answer, as C2SP says. ``size``: the newest that was signed, for a 409.
    """

    def __init__(self, status: int, why: str, size: int | None = None) -> None:
        super().__init__(why)
        self.status = status
        self.size = size


@dataclass(frozen=True, slots=True)
class Watched:
    """A ledger: its keys (a rotated one has several), and the newest tree that was signed."""

    origin: str
    keys: tuple[str, ...]
    size: int = 0
    root: bytes = merkle.EMPTY


class Book:
    """Open it with ``Book.open``; it is closed with the process. ``sign`` is safe from several threads."""

    def __init__(self, home: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._home = home
        self._clock = clock
        self._turn = threading.Lock()
        self._lock = _locked(home / LOCK)
        self.key = _signer(home / KEY)

    @staticmethod
    def begin(home: Path, name: str) -> str:
        """A new folder with a new key of this name, or nothing where there is one.

        Returns the public text. Raises BookError.
        """
        try:
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            (home / LEDGERS).mkdir(mode=0o700, exist_ok=True)
            if not (home / KEY).exists():
                if any((home / LEDGERS).iterdir()):
                    raise BookError(
                        f"{home / KEY} is missing, and ledgers were watched with it. Put it back from its"
                        " safe copy."
                    )
                _replace(home / KEY, cosignature.generate(name) + "\n")
            public = _signer(home / KEY).public_text
            _replace(home / PUBLIC, public + "\n", mode=0o644)
        except signed_note.KeyTextWrong as wrong:
            raise BookError(f"{name!r} cannot be the name of a witness. {wrong}") from None
        except OSError as wrong:
            raise BookError(f"The folder {home} cannot be written: {wrong.strerror}.") from None
        return public

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)

    def add(self, public_text: str) -> Watched:
        """Watch a ledger by its key; a second key of a ledger is added to the first. Raises BookError."""
        try:
            key = signed_note.verifier(public_text)
        except signed_note.KeyTextWrong as wrong:
            raise BookError(
                f"That is no key of a ledger. {wrong} It stands at /privacy/key of the portal."
            ) from None
        with self._turn:
            known = self._read(key.name) or Watched(key.name, ())
            keys = (*known.keys, *([public_text.strip()] if public_text.strip() not in known.keys else []))
            now = Watched(known.origin, keys, known.size, known.root)
            self._write(now)
        return now

    def drop(self, public_text: str) -> Watched:
        """Hear a key no more, once another of its ledger is heard: what was signed last is not forgotten.

        Raises BookError.
        """
        key = public_text.strip()
        with self._turn:
            known = self._read(key.partition("+")[0])
            if known is None or key not in known.keys:
                raise BookError("That key is not heard here. See which are: kept witness --list --json")
            if len(known.keys) == 1:
                raise BookError(
                    "It is the only key of its ledger. Add the one that follows it first, with --add."
                )
            now = Watched(
                known.origin, tuple(one for one in known.keys if one != key), known.size, known.root
            )
            self._write(now)
        return now

    def watched(self) -> list[Watched]:
        """Every ledger, by its origin. Raises BookError."""
        found = [_watched(place) for place in (self._home / LEDGERS).glob("*.json")]
        return sorted(found, key=lambda one: one.origin)

    def sign(self, asked: Asked) -> str:
        """The line of the cosignature, once the checkpoint is found to continue what was signed last.

        Raises Refused, BookError.
        """
        try:
            told = protocol.stated(asked.checkpoint)
        except RequestWrong as wrong:
            raise Refused(400, str(wrong)) from None
        known = self._read(told.origin)
        if known is None:
            raise Refused(404, "This ledger is not watched here.")
        text = _signed_text(asked.checkpoint, known.keys)
        if asked.old > told.size:
            raise Refused(400, "The old size is larger than the checkpoint's.")
        with self._turn:
            known = self._read(told.origin) or known
            _check(asked, told, known)
            if (told.size, told.root) != (known.size, known.root):
                self._write(Watched(known.origin, known.keys, told.size, told.root))
            return cosignature.cosign(self.key, text, int(self._clock()))

    def _read(self, origin: str) -> Watched | None:
        place = self._place(origin)
        return _watched(place, origin) if place.exists() else None

    def _write(self, one: Watched) -> None:
        text = json.dumps(
            {"origin": one.origin, "keys": one.keys, "size": one.size, "root": one.root.hex()}, indent=1
        )
        try:
            _replace(self._place(one.origin), text + "\n")
        except OSError as wrong:
            raise BookError(
                f"The folder {self._home} cannot be written: {wrong.strerror}. Nothing was signed."
            ) from None

    def _place(self, origin: str) -> Path:
        return self._home / LEDGERS / f"{sha256(origin.encode()).hexdigest()}.json"


def _check(asked: Asked, told: Stated, known: Watched) -> None:
    if asked.old != known.size:
        raise Refused(409, "Another size was signed last.", known.size)
    if told.size == known.size and told.root != known.root:
        raise Refused(409, "Another tree of this size was signed.", known.size)
    try:
        if told.size == 0 and told.root != merkle.EMPTY:
            raise merkle.MerkleError("A tree of no leaves has one root.")
        merkle.check_consistency(known.size, told.size, known.root, told.root, asked.path)
    except merkle.MerkleError as wrong:
        raise Refused(422, str(wrong)) from None


def _signed_text(checkpoint: str, keys: tuple[str, ...]) -> str:
    """The text, once one of the ledger's keys signed it. Raises Refused."""
    for key in keys:
        try:
            return signed_note.open_note(checkpoint, key)
        except (signed_note.SignatureWrong, signed_note.KeyTextWrong):
            continue
    raise Refused(403, "None of the ledger's keys signed this.")


def _watched(place: Path, origin: str = "") -> Watched:
    try:
        held: dict[str, Any] = json.loads(place.read_text("utf-8"))
        found = Watched(
            str(held["origin"]), tuple(map(str, held["keys"])), int(held["size"]), bytes.fromhex(held["root"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise BookError(f"{place} {_DAMAGED}") from None
    if (origin and found.origin != origin) or len(found.root) != merkle.SIZE or found.size < 0:
        raise BookError(f"{place} {_DAMAGED}")
    return found


def _signer(place: Path) -> signed_note.Signer:
    try:
        if place.stat().st_mode & 0o077:
            raise BookError(f"The key {place} can be read by others. Run: chmod 600 {place}")
        return cosignature.signer(place.read_text("ascii"))
    except FileNotFoundError:
        raise BookError(
            f"There is no witness at {place.parent}. Begin one with: kept witness --name NAME --home"
            f" {place.parent}"
        ) from None
    except (OSError, ValueError):
        raise BookError(
            f"The key {place} cannot be read, or is damaged. Put it back from its safe copy."
        ) from None


def _locked(place: Path) -> int:
    try:
        held = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        raise BookError(
            f"There is no witness at {place.parent}. Begin one with: kept witness --name NAME --home"
            f" {place.parent}"
        ) from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise BookError(
            f"Another process uses {place.parent}. End it first; two must never sign from one folder."
        ) from None
    return held


def _replace(place: Path, text: str, *, mode: int = 0o600) -> None:
    """Whole or not at all, and on the disk when it returns."""
    beside = place.with_name(f".{place.name}.new")
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
