"""The signing key's file: made once, closed to others, and a sentence for whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kept.core.ledger.notes import sign, signed_note


def test_it_is_made_once_and_closed_to_others(settings: Any) -> None:
    path: Path = settings.KEPT_SIGNING_KEY_FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert (settings.KEPT_HOME / "ledger.pub").read_text().strip() == sign.public_key()
    with pytest.raises(sign.SigningKeyError, match="already"):
        sign.create_key()
    signed_note.verify(sign.public_key(), b"a manifest", sign.sign(b"a manifest"))


def test_a_missing_key_is_a_sentence(settings: Any) -> None:
    settings.KEPT_SIGNING_KEY_FILE.unlink()
    with pytest.raises(sign.SigningKeyError, match=r"is missing\. Put it back"):
        sign.signer()


def test_an_open_key_is_a_sentence(settings: Any) -> None:
    settings.KEPT_SIGNING_KEY_FILE.chmod(0o644)
    with pytest.raises(sign.SigningKeyError, match="Run: chmod 600"):
        sign.signer()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\xff\xfe", b"PRIVATE+KEY+a+00000000+AAAA"])
def test_a_damaged_key_is_a_sentence(settings: Any, content: bytes) -> None:
    settings.KEPT_SIGNING_KEY_FILE.write_bytes(content)
    with pytest.raises(sign.SigningKeyError, match=r"[Pp]ut it back"):
        sign.signer()


def test_another_ledgers_key_is_a_sentence(settings: Any) -> None:
    settings.KEPT_SIGNING_KEY_FILE.write_text(signed_note.generate("localhost:8000"))
    with pytest.raises(sign.SigningKeyError, match="not the one of this ledger"):
        sign.signer()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(sign.SigningKeyError, match="cannot be written"):
        sign.create_key(tmp_path / "no" / "such" / "folder")
