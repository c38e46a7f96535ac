"""Signed notes, against the example of Go's sumdb/note, which other tools of transparency logs read."""

from __future__ import annotations

import pytest

from kept.core.ledger.notes import signed_note

PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = (
    f"{TEXT}\n\N{EM DASH} PeterNeumann"
    " x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_example() -> None:
    assert signed_note.signer(PRIVATE).public_text == PUBLIC
    assert signed_note.sign_note(signed_note.signer(PRIVATE), TEXT) == NOTE
    assert signed_note.open_note(NOTE, PUBLIC) == TEXT


def test_a_witness_may_cosign() -> None:
    witness = signed_note.signer(signed_note.generate("witness.example"))
    both = signed_note.sign_note(witness, TEXT).partition("\n\n")[2]
    assert signed_note.open_note(NOTE + both, PUBLIC) == TEXT
    assert signed_note.open_note(NOTE + both, witness.public_text) == TEXT


@pytest.mark.parametrize("at", range(len(NOTE)))
def test_one_changed_letter_is_found(at: int) -> None:
    changed = NOTE[:at] + ("A" if NOTE[at] != "A" else "B") + NOTE[at + 1 :]
    with pytest.raises(signed_note.SignatureWrong):
        signed_note.open_note(changed, PUBLIC)


def test_a_signature_has_one_spelling() -> None:
    """The last letter of base64 has spare bits: M and N decode alike."""
    with pytest.raises(signed_note.SignatureWrong):
        signed_note.open_note(NOTE.replace("AM=\n", "AN=\n"), PUBLIC)


def test_another_key_of_the_same_name_is_refused() -> None:
    other = signed_note.signer(signed_note.generate("PeterNeumann"))
    with pytest.raises(signed_note.SignatureWrong):
        signed_note.open_note(NOTE, other.public_text)


def test_a_plain_signature_is_never_a_note() -> None:
    key = signed_note.signer(PRIVATE)
    signature = signed_note.sign(key, TEXT.encode())
    signed_note.verify(PUBLIC, TEXT.encode(), signature)
    with pytest.raises(signed_note.SignatureWrong):
        signed_note.verify(PUBLIC, TEXT.encode() + b"!", signature)
    with pytest.raises(signed_note.SignatureWrong):
        signed_note.verify(PUBLIC, TEXT.encode(), b"")
    with pytest.raises(ValueError, match="newline"):
        signed_note.sign_note(key, "no end")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "a+b",
        "a+zzzzzzzz+AAAA",
        PUBLIC[:-4],
        PUBLIC.replace("c74f", "c74e"),
        PUBLIC.replace("Peter", "Paul"),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(signed_note.KeyTextWrong):
        signed_note.verifier(text)
    with pytest.raises(signed_note.KeyTextWrong):
        signed_note.signer(f"PRIVATE+KEY+{text}")


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_cannot_be_written_is_refused(name: str) -> None:
    with pytest.raises(signed_note.KeyTextWrong):
        signed_note.generate(name)


def test_a_fingerprint_can_be_read_out() -> None:
    assert len(signed_note.fingerprint(PUBLIC).split()) == 16
    assert "Ed25519PrivateKey" not in repr(signed_note.signer(PRIVATE))
