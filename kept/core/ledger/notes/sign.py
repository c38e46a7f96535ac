"""The portal's own signing key: a file outside KEPT_HOME, its public half inside, and a sentence when
something is wrong.

The file holds the key on its first line, and behind it how it followed the keys before (see keyring.py): one
file is replaced in one step, and both are true at once. What lies in KEPT_HOME follows from it, and is
written again by whoever finds it behind.
"""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from kept.core.ledger.notes import keyring, signed_note
from kept.core.ledger.notes.keyring import Keyring

PUBLIC, KEYS = "ledger.pub", "ledger.keys"
"""In KEPT_HOME: the key that signs, and, where there was another before, all of them with their successions.
"""


@dataclass(frozen=True, slots=True)
class _Held:
    signer: signed_note.Signer
    keys: Keyring


_read: dict[Path, tuple[tuple[tuple[int, ...] | None, ...], _Held]] = {}


class SigningKeyError(Exception):
    """The signing key cannot be used. The message says why and what to do."""


def create_key(path: Path | None = None, *, name: str = "") -> str:
    """Make the signing key (mode 0600) and write its public text to KEPT_HOME/ledger.pub.

    Returns the public text.

    ``name`` says who signs; by default the prefix under which its tiles lie, without scheme (C2SP
    tlog-tiles). It is the ledger's origin and stays for good. Raises SigningKeyError if there is a key
    already.
    """
    path = path or settings.KEPT_SIGNING_KEY_FILE
    private_text = signed_note.generate(name or urlsplit(settings.KEPT_SITE).netloc)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningKeyError(
            f"There is a signing key at {path} already. A ledger keeps its key for good, so it was left as"
            " it is."
        ) from None
    except OSError as wrong:
        raise SigningKeyError(f"The signing key cannot be written to {path}: {wrong.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(private_text + "\n")
    public_text = signed_note.signer(private_text).public_text
    settings.KEPT_HOME.mkdir(parents=True, exist_ok=True)
    (settings.KEPT_HOME / PUBLIC).write_text(public_text + "\n", encoding="ascii")
    return public_text


def signer() -> signed_note.Signer:
    """The portal's key.

    Raises SigningKeyError if it is missing, open to others, damaged, or another ledger's.
    """
    return _held().signer


def keys() -> Keyring:
    """The portal's keys, each with the moment until which what it signed counts.

    Whatever the portal signed is read with these.

    Raises SigningKeyError.
    """
    return _held().keys


def _held() -> _Held:
    path: Path = settings.KEPT_SIGNING_KEY_FILE
    public: Path = settings.KEPT_HOME / PUBLIC
    seen = (_print(path), _print(public))
    # Read once, and again whenever either file is another, or is open to others than before: a look costs a
    # tenth of a reading.
    known = _read.get(path)
    while known is None or known[0] != seen or seen[0] is None:
        try:
            known = _read[path] = (seen, _signer(path, public))
        except SigningKeyError:
            # The file was replaced while it was read, and its old bytes are overwritten then.
            if seen[0] == (now := _print(path)):
                raise
            seen = (now, _print(public))
        else:
            break
    return known[1]


def _print(path: Path) -> tuple[int, ...] | None:
    """What changes when a file is written, replaced, or given to others. None when there is none."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_mode


def _signer(path: Path, public: Path) -> _Held:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        first, *more = path.read_text(encoding="ascii").splitlines() or [""]
    except FileNotFoundError:
        raise SigningKeyError(
            f"The ledger's signing key {path} is missing. Put it back from its safe copy; a new key cannot"
            " continue this ledger."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SigningKeyError(
            f"The ledger's signing key {path} cannot be read. Check who owns it, or put it back from its safe"
            " copy."
        ) from None
    if mode & 0o077:
        raise SigningKeyError(f"The ledger's signing key {path} can be read by others. Run: chmod 600 {path}")
    try:
        key = signed_note.signer(first)
        held = _Held(key, Keyring.of(key.public_text).extended(steps := keyring.read_lines(more)))
    except (signed_note.KeyTextWrong, keyring.SuccessionWrong):
        raise SigningKeyError(
            f"The ledger's signing key {path} is damaged. Put it back from its safe copy."
        ) from None
    if len(held.keys.steps) != len(steps) or held.keys.newest != key.public_text:
        raise SigningKeyError(
            f"The ledger's signing key {path} is not the newest of those it names. Put it back from its safe"
            " copy."
        )
    _publish(held, path, public)
    return held


def _publish(held: _Held, path: Path, public: Path) -> None:
    """What lies in KEPT_HOME says what the key says.

    A key that follows the one that was published there takes its place.
    """
    if not public.exists():
        return  # a home that is still to be made, or to be restored
    said = public.read_text(encoding="ascii").strip()
    if said not in held.keys.texts:
        raise SigningKeyError(
            f"The signing key {path} is not the one of this ledger: {public} names another. Put the right one"
            " back: the newest, where it was rotated."
        )
    wanted = [(public, f"{held.keys.newest}\n")] if said != held.keys.newest else []
    if held.keys.steps:
        wanted.append((public.with_name(KEYS), "".join(f"{line}\n" for line in lines(held.keys))))
    for place, text in wanted:
        if not place.exists() or place.read_text(encoding="ascii") != text:
            try:
                replace(place, text, mode=0o644)
            except OSError as wrong:
                raise SigningKeyError(
                    f"{place} cannot be written ({wrong.strerror}), and must name the new signing key. Let"
                    " Kept write there."
                ) from None


def lines(keys: Keyring) -> list[str]:
    """The public text of the newest key, and how it followed those before."""
    return [keys.newest, *map(keyring.line_of, keys.steps)]


def replace(place: Path, text: str, *, mode: int = 0o600) -> None:
    """Put a file in its place, whole or not at all, and on its disk when this returns. Raises OSError."""
    beside = place.with_name(f".{place.name}.{os.getpid()}-{threading.get_ident()}")
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="ascii"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
    sync(place.parent)


def sync(folder: Path) -> None:
    """That a file was renamed in it is on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def public_key() -> str:
    """The public text to pin and to hand out."""
    return signer().public_text


def fingerprint() -> str:
    return signed_note.fingerprint(public_key())


def sign(message: bytes) -> bytes:
    """64 bytes over any message (a manifest, a receipt); ``signed_note.verify`` checks them offline."""
    return signed_note.sign(signer(), message)


def sign_http(base: bytes) -> bytes:
    """64 bytes over the signature base of an HTTP message (RFC 9421); ``signed_note.verify_http`` checks them
    offline.
    """
    return signed_note.sign_http(signer(), base)


def sign_note(text: str) -> str:
    return signed_note.sign_note(signer(), text)
