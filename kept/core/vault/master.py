"""The master key: one file of mode 0600 outside KEPT_HOME. It wraps every person's key and derives the keys that are nobody's."""

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

TITLE = "kept master key 1"
SIZE = 32


@dataclass(frozen=True)
class MasterKey:
    material: bytes = field(repr=False)

    @cached_property
    def id(self) -> bytes:
        """8 bytes that name this key in everything it wraps, so that a wrong one is known at once."""
        return self.derive("key id", 8)

    def derive(self, info: str, size: int = 32) -> bytes:
        """A key for one use, named by ``info``; at most 32 bytes. HKDF with SHA-256, RFC 5869, one block."""
        return _derived(self.material, info)[:size]


@lru_cache(maxsize=256)
def _derived(material: bytes, info: str) -> bytes:
    extracted = hmac.digest(b"kept vault", material, "sha256")
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256")


def make_master_key(path: Path) -> MasterKey:
    """Write a new key, mode 0600. Never over an old one: raises MasterKeyProblem."""
    key = MasterKey(os.urandom(SIZE))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise MasterKeyProblem(
            f"The master key cannot be written to {path}: {wrong.strerror}. Set KEPT_MASTER_KEY_FILE to a place that can."
        ) from None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise MasterKeyProblem(
            f"There is a master key at {path} already, and a new one would make all data unreadable. Move it away first."
        ) from None
    except OSError as wrong:
        raise MasterKeyProblem(
            f"The master key cannot be written to {path}: {wrong.strerror}. Set KEPT_MASTER_KEY_FILE to a place that can."
        ) from None
    with os.fdopen(handle, "w") as file:
        file.write(f"{TITLE}\n{base64.b64encode(key.material).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    return key


create_master_key = make_master_key


def load(path: Path) -> MasterKey:
    """Read a key. Raises MasterKeyProblem with one sentence when it is missing, unreadable, too open or no key at all."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text()
    except FileNotFoundError:
        raise MasterKeyProblem(f"There is no master key at {path}. Put it back, or run `kept setup` for a new, empty home.") from None
    except (OSError, UnicodeDecodeError):
        raise MasterKeyProblem(f"The master key {path} cannot be read. Check who owns it, and that it is the file Kept wrote.") from None
    if mode & 0o077:
        raise MasterKeyProblem(f"The master key {path} is open to other users (mode {mode:04o}). Run: chmod 600 {path}")
    lines = text.split()
    try:
        material = base64.b64decode(lines[-1], validate=True) if text.startswith(TITLE + "\n") else b""
    except binascii.Error:
        material = b""
    if len(material) != SIZE:
        raise MasterKeyProblem(f"{path} is not a master key, or a damaged one. Put back the file that Kept wrote.")
    return MasterKey(material)


@lru_cache(maxsize=8)
def _loaded(path: str) -> MasterKey:
    return load(Path(path))


def master() -> MasterKey:
    """The key of this installation, read once per process."""
    return _loaded(str(settings.KEPT_MASTER_KEY_FILE))


def forget_loaded() -> None:
    """Read the file again next time: after it was replaced, and in tests."""
    _loaded.cache_clear()
