"""The master key: one file of mode 0600 outside KEPT_HOME.

It wraps every person's key and derives the keys that are nobody's.

The file holds two kinds of key. The *generations* seal: the newest wraps persons' keys and closes boxes,
older ones still open what they sealed until `kept keys rotate` has moved it. The key that *finds* makes marks
and indexes: hashes of what is not at hand any more (an address that must never be written to, somebody
erased), which no rotation could make again, so it stays. A file of one line, as Kept wrote it before there
were generations, is both at once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import stat
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from django.conf import settings

from kept.core.vault.errors import MasterKeyProblem

ONE_KEY, GENERATIONS = "kept master key 1", "kept master key 2"
SIZE = 32


@dataclass(frozen=True)
class Generation:
    """One key that seals."""

    material: bytes = field(repr=False)

    @cached_property
    def id(self) -> bytes:
        """8 bytes that name this key in everything it wraps, so that a wrong one is known at once."""
        return self.derive("key id", 8)

    def derive(self, info: str, size: int = 32) -> bytes:
        """A key for one use, named by ``info``; at most 32 bytes. HKDF with SHA-256, RFC 5869, one block."""
        return _derived(self.material, info)[:size]


@dataclass(frozen=True)
class MasterKey:
    """``material`` seals, ``finds`` (by default the same) makes marks and indexes, ``older`` still open,
    newest first.
    """

    material: bytes = field(repr=False)
    finds: bytes = field(default=b"", repr=False)
    older: tuple[bytes, ...] = field(default=(), repr=False)

    @cached_property
    def newest(self) -> Generation:
        return Generation(self.material)

    @cached_property
    def generations(self) -> dict[bytes, Generation]:
        """Every key that may open, by its id, newest first."""
        return {one.id: one for one in map(Generation, (self.material, *self.older))}

    @property
    def id(self) -> bytes:
        """The id of the key that seals now."""
        return self.newest.id

    def generation(self, id: bytes) -> Generation:
        """Raises MasterKeyProblem when it is none of this file."""
        found = self.generations.get(id)
        if found is None:
            raise MasterKeyProblem(
                "This is not the master key the data was sealed with. Put back the one that belongs to this"
                " database."
            )
        return found

    def derive(self, info: str, size: int = 32) -> bytes:
        """A key that finds, the same for as long as the portal lives; at most 32 bytes."""
        return _derived(self.finds or self.material, info)[:size]

    def text(self) -> str:
        """As it stands in the file."""
        lines = [
            GENERATIONS,
            f"find {_spelled(self.finds or self.material)}",
            *(f"seal {_spelled(one)}" for one in (self.material, *self.older)),
        ]
        return "\n".join(lines) + "\n"


@lru_cache(maxsize=256)
def _derived(material: bytes, info: str) -> bytes:
    extracted = hmac.digest(b"kept vault", material, "sha256")
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256")


def make_master_key(path: Path) -> MasterKey:
    """Write a new key, mode 0600. Never over an old one: raises MasterKeyProblem."""
    key = MasterKey(os.urandom(SIZE), finds=os.urandom(SIZE))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise MasterKeyProblem(
            f"The master key cannot be written to {path}: {wrong.strerror}. Set KEPT_MASTER_KEY_FILE to a"
            " place that can."
        ) from None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise MasterKeyProblem(
            f"There is a master key at {path} already, and a new one would make all data unreadable. Move it"
            " away first."
        ) from None
    except OSError as wrong:
        raise MasterKeyProblem(
            f"The master key cannot be written to {path}: {wrong.strerror}. Set KEPT_MASTER_KEY_FILE to a"
            " place that can."
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(key.text())
        file.flush()
        os.fsync(file.fileno())
    return key


create_master_key = make_master_key


def load(path: Path) -> MasterKey:
    """Read a key.

    Raises MasterKeyProblem with one sentence when it is missing, unreadable, too open or no key at all.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text()
    except FileNotFoundError:
        raise MasterKeyProblem(
            f"There is no master key at {path}. Put it back, or run `kept setup` for a new, empty home."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise MasterKeyProblem(
            f"The master key {path} cannot be read. Check who owns it, and that it is the file Kept wrote."
        ) from None
    if mode & 0o077:
        raise MasterKeyProblem(
            f"The master key {path} is open to other users (mode {mode:04o}). Run: chmod 600 {path}"
        )
    key = _read(text)
    if key is None:
        raise MasterKeyProblem(
            f"{path} is not a master key, or a damaged one. Put back the file that Kept wrote."
        )
    return key


def _read(text: str) -> MasterKey | None:
    title, *lines = text.splitlines() or [""]
    if title == ONE_KEY:
        material = _material(" ".join(lines).strip())
        return MasterKey(material) if material else None
    parts = [line.partition(" ") for line in lines]
    if title != GENERATIONS or [word for word, _, _ in parts] != ["find", *["seal"] * max(1, len(parts) - 1)]:
        return None
    finds, *seals = (_material(spelled) for _, _, spelled in parts)
    return MasterKey(seals[0], finds, tuple(seals[1:])) if finds and all(seals) else None


def _material(spelled: str) -> bytes:
    """Nothing for what is no key."""
    try:
        material = base64.b64decode(spelled, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return material if len(material) == SIZE else b""


def _spelled(material: bytes) -> str:
    return base64.b64encode(material).decode()


_known: dict[str, tuple[tuple[int, ...], MasterKey]] = {}


def master() -> MasterKey:
    """The key of this installation.

    The file is read again when it was changed, so that every process follows a rotation.
    """
    path = str(settings.KEPT_MASTER_KEY_FILE)
    known = _known.get(path)
    state = _state(path)
    if known and (state == known[0] or not state):
        # A file that is gone for a moment stops no process that has read it; `/health/ready` says that it is
        # missing.
        return known[1]
    key = load(Path(path))
    _known[path] = (state, key)
    return key


def _state(path: str) -> tuple[int, ...]:
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def forget_loaded() -> None:
    """Read the file again next time: in tests, which give each its own."""
    _known.clear()
