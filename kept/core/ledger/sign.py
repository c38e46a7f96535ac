"""The portal's own signing key: a file outside KEPT_HOME, its public half inside, and a sentence when something is wrong."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from kept.core.ledger import note

PUBLIC = "ledger.pub"
_read: dict[Path, tuple[tuple[tuple[int, ...] | None, ...], note.Signer]] = {}


class SigningKeyError(Exception):
    """The signing key cannot be used. The message says why and what to do."""


def create_key(path: Path | None = None, *, name: str = "") -> str:
    """Make the signing key (mode 0600) and write its public text to KEPT_HOME/ledger.pub. Returns the public text.

    ``name`` says who signs; by default the prefix under which its tiles lie, without scheme (C2SP tlog-tiles). It is the ledger's origin and stays for good.
    Raises SigningKeyError if there is a key already.
    """
    path = path or settings.KEPT_SIGNING_KEY_FILE
    private_text = note.generate(name or urlsplit(settings.KEPT_SITE).netloc)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningKeyError(f"There is a signing key at {path} already. A ledger keeps its key for good, so it was left as it is.") from None
    except OSError as wrong:
        raise SigningKeyError(f"The signing key cannot be written to {path}: {wrong.strerror}.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(private_text + "\n")
    public_text = note.signer(private_text).public_text
    settings.KEPT_HOME.mkdir(parents=True, exist_ok=True)
    (settings.KEPT_HOME / PUBLIC).write_text(public_text + "\n", encoding="ascii")
    return public_text


def signer() -> note.Signer:
    """The portal's key. Raises SigningKeyError if it is missing, open to others, damaged, or another ledger's."""
    path: Path = settings.KEPT_SIGNING_KEY_FILE
    public: Path = settings.KEPT_HOME / PUBLIC
    seen = (_print(path), _print(public))
    # Read once, and again whenever either file is another, or is open to others than before: a look costs a tenth of a reading.
    known = _read.get(path)
    if known is None or known[0] != seen or seen[0] is None:
        _read[path] = known = (seen, _signer(path, public))
    return known[1]


def _print(path: Path) -> tuple[int, ...] | None:
    """What changes when a file is written, replaced, or given to others. None when there is none."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_mode


def _signer(path: Path, public: Path) -> note.Signer:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        private_text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise SigningKeyError(
            f"The ledger's signing key {path} is missing. Put it back from its safe copy; a new key cannot continue this ledger."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SigningKeyError(f"The ledger's signing key {path} cannot be read. Check who owns it, or put it back from its safe copy.") from None
    if mode & 0o077:
        raise SigningKeyError(f"The ledger's signing key {path} can be read by others. Run: chmod 600 {path}")
    try:
        key = note.signer(private_text)
    except note.KeyTextWrong:
        raise SigningKeyError(f"The ledger's signing key {path} is damaged. Put it back from its safe copy.") from None
    if public.exists() and public.read_text(encoding="ascii").strip() != key.public_text:
        raise SigningKeyError(f"The signing key {path} is not the one of this ledger: {public} names another. Put the right one back.")
    return key


def public_key() -> str:
    """The public text to pin and to hand out."""
    return signer().public_text


def fingerprint() -> str:
    return note.fingerprint(public_key())


def sign(message: bytes) -> bytes:
    """64 bytes over any message (a manifest, a receipt); ``note.verify`` checks them offline."""
    return note.sign(signer(), message)


def sign_http(base: bytes) -> bytes:
    """64 bytes over the signature base of an HTTP message (RFC 9421); ``note.verify_http`` checks them offline."""
    return note.sign_http(signer(), base)


def sign_note(text: str) -> str:
    return note.sign_note(signer(), text)
