"""Cosignatures as C2SP tlog-cosignature writes them, byte by byte, worked out beside our own code."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kept.core.ledger.notes import cosignature, signed_note
from kept.core.ledger.notes.signed_note import KeyTextWrong, SignatureWrong

SEED = bytes(range(32))
NAME = "witness.example.org"
TEXT = "portal.example.com\n20852\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
AT = 1_679_315_147
KIND = b"\x04"


def _by_hand() -> tuple[str, str]:
    """The key and the line, by the words of the specification alone."""
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    public = private.public_key().public_bytes_raw()
    key_id = sha256(NAME.encode() + b"\n\x04" + public).digest()[:4]
    signature = private.sign(b"cosignature/v1\ntime 1679315147\n" + TEXT.encode())
    blob = key_id + AT.to_bytes(8, "big") + signature
    return (
        f"{NAME}+{key_id.hex()}+{base64.b64encode(KIND + public).decode()}",
        f"— {NAME} {base64.b64encode(blob).decode()}\n",
    )


def _ours() -> signed_note.Signer:
    key, _ = _by_hand()
    return cosignature.signer(
        f"PRIVATE+KEY+{NAME}+{key.split('+')[1]}+{base64.b64encode(KIND + SEED).decode()}"
    )


def test_key_and_line_are_those_of_the_specification() -> None:
    key, line = _by_hand()
    assert _ours().public_text == key
    assert cosignature.cosign(_ours(), TEXT, AT) == line


def test_the_published_vector_is_what_we_sign() -> None:
    vector = json.loads(
        (Path(__file__).resolve().parents[4] / "docs/verifying/cosignature.json").read_text("utf-8")
    )
    assert vector["seed"] == SEED.hex() and (vector["text"], vector["at"]) == (TEXT, AT)
    assert (vector["key"], vector["line"]) == _by_hand()
    assert vector["signed"] == "cosignature/v1\ntime 1679315147\n" + TEXT


def test_a_line_is_read_among_others_and_the_newest_counts() -> None:
    log = signed_note.signer(signed_note.generate("portal.example.com"))
    other = cosignature.signer(cosignature.generate("other.example"))
    signed = (
        signed_note.sign_note(log, TEXT)
        + cosignature.cosign(other, TEXT, AT + 9)
        + cosignature.cosign(_ours(), TEXT, AT)
    )
    key = cosignature.verifier(_ours().public_text)
    assert cosignature.cosigned(signed, key) == cosignature.Cosigned(NAME, AT)
    assert cosignature.cosigned(
        signed + cosignature.cosign(_ours(), TEXT, AT + 1), key
    ) == cosignature.Cosigned(NAME, AT + 1)
    assert signed_note.open_note(signed, log.public_text) == TEXT


def test_a_witness_counts_once_however_often_it_is_named() -> None:
    key = cosignature.verifier(_ours().public_text)
    signed = signed_note.sign_note(
        signed_note.signer(signed_note.generate("log")), TEXT
    ) + cosignature.cosign(_ours(), TEXT, AT)
    assert len(cosignature.count(signed, [key, key])) == 1


@pytest.mark.parametrize("changed", ["time", "text", "short"])
def test_a_line_that_does_not_fit_is_refused(changed: str) -> None:
    key = cosignature.verifier(_ours().public_text)
    line = cosignature.cosign(_ours(), TEXT, AT)
    if changed == "time":
        blob = bytearray(base64.b64decode(line.split(" ")[2]))
        blob[11] ^= 1
        line = signed_note.signature_line(NAME, bytes(blob))
    if changed == "short":
        line = signed_note.signature_line(NAME, base64.b64decode(line.split(" ")[2])[:-8])
    with pytest.raises(SignatureWrong):
        cosignature.cosigned(TEXT + ("more\n" if changed == "text" else "") + "\n" + line, key)


def test_one_kind_of_key_is_not_taken_for_the_other() -> None:
    with pytest.raises(KeyTextWrong):
        cosignature.verifier(signed_note.signer(signed_note.generate("log")).public_text)
    with pytest.raises(KeyTextWrong):
        signed_note.verifier(_ours().public_text)
