"""Signed notes, against the example of Go's sumdb/note, which other tools of transparency logs read."""

from __future__ import annotations

import pytest

from kept.core.ledger import note

PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE = f"{TEXT}\n\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"


def test_the_published_example() -> None:
    assert note.signer(PRIVATE).public_text == PUBLIC
    assert note.sign_note(note.signer(PRIVATE), TEXT) == NOTE
    assert note.open_note(NOTE, PUBLIC) == TEXT


def test_a_witness_may_cosign() -> None:
    witness = note.signer(note.generate("witness.example"))
    both = note.sign_note(witness, TEXT).partition("\n\n")[2]
    assert note.open_note(NOTE + both, PUBLIC) == TEXT
    assert note.open_note(NOTE + both, witness.public_text) == TEXT


@pytest.mark.parametrize("at", range(len(NOTE)))
def test_one_changed_letter_is_found(at: int) -> None:
    changed = NOTE[:at] + ("A" if NOTE[at] != "A" else "B") + NOTE[at + 1 :]
    with pytest.raises(note.SignatureWrong):
        note.open_note(changed, PUBLIC)


def test_a_signature_has_one_spelling() -> None:
    """The last letter of base64 has spare bits: M and N decode alike."""
    with pytest.raises(note.SignatureWrong):
        note.open_note(NOTE.replace("AM=\n", "AN=\n"), PUBLIC)


def test_another_key_of_the_same_name_is_refused() -> None:
    other = note.signer(note.generate("PeterNeumann"))
    with pytest.raises(note.SignatureWrong):
        note.open_note(NOTE, other.public_text)


def test_a_plain_signature_is_never_a_note() -> None:
    key = note.signer(PRIVATE)
    signature = note.sign(key, TEXT.encode())
    note.verify(PUBLIC, TEXT.encode(), signature)
    with pytest.raises(note.SignatureWrong):
        note.verify(PUBLIC, TEXT.encode() + b"!", signature)
    with pytest.raises(note.SignatureWrong):
        note.verify(PUBLIC, TEXT.encode(), b"")
    with pytest.raises(ValueError, match="newline"):
        note.sign_note(key, "no end")


@pytest.mark.parametrize("text", ["", "x", "a+b", "a+zzzzzzzz+AAAA", PUBLIC[:-4], PUBLIC.replace("c74f", "c74e"), PUBLIC.replace("Peter", "Paul")])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(note.KeyTextWrong):
        note.verifier(text)
    with pytest.raises(note.KeyTextWrong):
        note.signer(f"PRIVATE+KEY+{text}")


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_cannot_be_written_is_refused(name: str) -> None:
    with pytest.raises(note.KeyTextWrong):
        note.generate(name)


def test_a_fingerprint_can_be_read_out() -> None:
    assert len(note.fingerprint(PUBLIC).split()) == 16
    assert "Ed25519PrivateKey" not in repr(note.signer(PRIVATE))
