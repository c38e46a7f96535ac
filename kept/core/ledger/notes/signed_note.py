"""Ed25519 keys and signed notes as C2SP ``signed-note`` writes them.

Plain Python and ``cryptography``; no Django, no files.

A *public text* is ``<name>+<key id>+<base64>``: short enough to be pinned on a page. A *private text* is
``PRIVATE+KEY+<name>+<key id>+<base64>``. Both are the spelling of Go's ``sumdb/note``, so other tools read
them.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
COSIGNATURE = b"\x04"
"""The kind of a witness's key (C2SP tlog-cosignature).

What it signs begins otherwise, so its key is of no use for anything else.
"""
_PRIVATE = "PRIVATE+KEY+"
_DASH = "\N{EM DASH} "
# What is signed outside a note begins with this, so that it can never be taken for one.
_PLAIN = b"kept/signature/v1\n"


class SignatureWrong(ValueError):
    """The signature is missing, made by another key, or does not fit the text."""


class KeyTextWrong(ValueError):
    """This is not the text of a key."""


@dataclass(frozen=True, slots=True)
class Verifier:
    name: str
    key_id: bytes
    public: Ed25519PublicKey
    kind: bytes = _ED25519

    @property
    def public_text(self) -> str:
        """In its one spelling."""
        public = base64.b64encode(self.kind + self.public.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_id.hex()}+{public}"


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    name: str
    key_id: bytes
    private: Ed25519PrivateKey
    kind: bytes = _ED25519

    @property
    def public_text(self) -> str:
        public = self.private.public_key().public_bytes_raw()
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + public).decode()}"


def generate(name: str, kind: bytes = _ED25519) -> str:
    """A new private text.

    ``name`` says who signs, like ``portal.example.com/ledger``; it has no space and no plus sign.
    """
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise KeyTextWrong("A key's name has neither spaces nor plus signs.")
    private = Ed25519PrivateKey.generate()
    key_id = _key_id(name, private.public_key().public_bytes_raw(), kind)
    return f"{_PRIVATE}{name}+{key_id.hex()}+{base64.b64encode(kind + private.private_bytes_raw()).decode()}"


def signer(private_text: str, kind: bytes = _ED25519) -> Signer:
    """Raises KeyTextWrong."""
    if not private_text.startswith(_PRIVATE):
        raise KeyTextWrong("A signing key begins with PRIVATE+KEY+.")
    name, key_id, material = _parts(private_text.removeprefix(_PRIVATE).strip(), kind)
    private = Ed25519PrivateKey.from_private_bytes(material)
    if _key_id(name, private.public_key().public_bytes_raw(), kind) != key_id:
        raise KeyTextWrong("The key does not match its own name.")
    return Signer(name, key_id, private, kind)


def verifier(public_text: str, kind: bytes = _ED25519) -> Verifier:
    """Raises KeyTextWrong."""
    name, key_id, material = _parts(public_text.strip(), kind)
    if _key_id(name, material, kind) != key_id:
        raise KeyTextWrong("The key does not match its own name.")
    return Verifier(name, key_id, Ed25519PublicKey.from_public_bytes(material), kind)


def fingerprint(public_text: str) -> str:
    """SHA-256 of the public key, as 16 groups of 4 hex digits, for pinning and for reading out on the
    phone.
    """
    digest = sha256(verifier(public_text).public.public_bytes_raw()).hexdigest()
    return " ".join(digest[at : at + 4] for at in range(0, 64, 4))


def sign_note(key: Signer, text: str) -> str:
    """The note: the text, which ends in a newline, an empty line, and the signature line."""
    if not text.endswith("\n"):
        raise ValueError("The text of a note ends with a newline.")
    return f"{text}\n{signature_line(key.name, key.key_id + key.private.sign(text.encode()))}"


def open_note(note: str, public_text: str) -> str:
    """The note's text, once the key of ``public_text`` is found to have signed it.

    Other signatures (witnesses) are passed over.

    Raises SignatureWrong, KeyTextWrong.
    """
    key = verifier(public_text)
    text, blobs = blobs_of(note, key)
    for blob in blobs:
        _check(key, blob, text.encode())
        return text
    raise SignatureWrong(f"The note is not signed by {key.name}.")


def blobs_of(note: str, key: Verifier) -> tuple[str, list[bytes]]:
    """The text of a note, and what each line of this key holds behind the key's id.

    Nothing is checked here. Raises SignatureWrong.
    """
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise SignatureWrong("This is not a signed note.")
    found = []
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        blob = _bytes(encoded)
        if name == key.name and blob[:4] == key.key_id and line.startswith(_DASH):
            found.append(blob[4:])
    return f"{text}\n", found


def ids_of(note: str, name: str) -> set[bytes]:
    """The ids of the keys that the lines of this name say they are of. Nothing is checked here."""
    lines = [
        line.split(" ")
        for line in note.rpartition("\n\n")[2].splitlines()
        if line.startswith(f"{_DASH}{name} ")
    ]
    return {blob[:4] for line in lines if (blob := _bytes(line[-1]))}


def signature_line(name: str, blob: bytes) -> str:
    """One line under a note: ``blob`` is the key's id and what it signed."""
    return f"{_DASH}{name} {base64.b64encode(blob).decode()}\n"


def stands_alone(note: str, name: str) -> bool:
    """Whether the one signature of ``name`` is all that follows the text: no further line, no other sign.

    It is not checked here.
    """
    text = note.rpartition("\n\n")[0]
    return re.fullmatch(rf"\n\n{_DASH}{re.escape(name)} [A-Za-z0-9+/]+=*\n", note[len(text) :]) is not None


def sign(key: Signer, message: bytes) -> bytes:
    """64 bytes that ``verify`` accepts for this message."""
    return key.private.sign(_PLAIN + message)


def verify(public_text: str, message: bytes, signature: bytes) -> None:
    """Raises SignatureWrong unless ``sign`` made this signature with this key."""
    _check(verifier(public_text), signature, _PLAIN + message)


def sign_http(key: Signer, base: bytes) -> bytes:
    """64 bytes over the signature base of an HTTP message (RFC 9421, 2.5), as any library checks them.

    Nothing of the kind can be taken for a note, which ends in a line break, nor for what ``sign`` signs.
    Raises ValueError for anything else.
    """
    if not base.startswith((b'"@method": ', b'"@status": ')) or base.endswith(b"\n"):
        raise ValueError("This is no signature base of an HTTP message, and nothing else is signed that way.")
    return key.private.sign(base)


def verify_http(public_text: str, base: bytes, signature: bytes) -> None:
    """Raises SignatureWrong unless ``sign_http`` made this signature with this key."""
    _check(verifier(public_text), signature, base)


def verify_raw(public: bytes, message: bytes, signature: bytes) -> None:
    """A signature over the very bytes, as libsodium makes it and other protocols carry it.

    ``public``: 32 bytes.

    Raises SignatureWrong. For the keys of others alone: what we sign ourselves is told apart by ``sign``.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureWrong("The signature does not fit the message and the key.") from None


def _check(key: Verifier, signature: bytes, message: bytes) -> None:
    try:
        key.public.verify(signature, message)
    except InvalidSignature:
        raise SignatureWrong(f"The signature of {key.name} does not fit the text.") from None


def _key_id(name: str, public: bytes, kind: bytes = _ED25519) -> bytes:
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def _parts(text: str, kind: bytes) -> tuple[str, bytes, bytes]:
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    material = _bytes(encoded)
    if not name or len(key_id) != 8 or material[:1] != kind or len(material) != 33:
        raise KeyTextWrong("A key is written name+id+base64.")
    try:
        return name, bytes.fromhex(key_id), material[1:]
    except ValueError:
        raise KeyTextWrong("A key is written name+id+base64.") from None


def _bytes(encoded: str) -> bytes:
    """Nothing for what is not base64, or not its one right spelling: the last letter has bits that plain
    decoding passes over.
    """
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return decoded if base64.b64encode(decoded).decode() == encoded else b""
