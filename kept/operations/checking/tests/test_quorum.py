"""Witnesses whom the reader chose: how many signed as far as what is kept.

With our own code, and with the script beside the docs.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kept.__main__ import main
from kept.core.ledger.notes import cosignature, signed_note
from kept.operations.checking.tests.ledgers import Book, serving

ONE, TWO, OTHER = (
    cosignature.signer(cosignature.generate(name)) for name in ("one.example", "two.example", "other.example")
)
AT = 1_790_000_000
SCRIPT = Path(__file__).resolve().parents[4] / "docs/verifying/verify.py"
THEN = Book(300)
NOW = Book(700, key=THEN.key)


def _cosigned(checkpoint: str, *keys: signed_note.Signer) -> str:
    text = checkpoint.rpartition("\n\n")[0] + "\n"
    return checkpoint + "".join(cosignature.cosign(key, text, AT) for key in keys)


def _verify(capsys: Any, *arguments: str) -> tuple[int, str]:
    code = main(["verify", *arguments, "--key", THEN.public])
    return code, capsys.readouterr().out


def _asked(*keys: signed_note.Signer) -> list[str]:
    return [word for key in keys for word in ("--witness", key.public_text)]


@pytest.fixture
def kept(tmp_path: Path) -> str:
    (tmp_path / "kept.txt").write_text(THEN.checkpoint(), "utf-8")
    return str(tmp_path / "kept.txt")


@pytest.mark.parametrize(
    ("signers", "quorum", "code"),
    [((ONE, TWO), 2, 0), ((ONE, OTHER), 1, 0), ((ONE, OTHER), 2, 1), ((), 1, 1)],
)
def test_so_many_of_the_named_ones_must_have_signed(
    kept: str, capsys: Any, signers: Any, quorum: int, code: int
) -> None:
    pages = {**NOW.pages(), "/checkpoint": _cosigned(NOW.checkpoint(), *signers).encode()}
    with serving(pages) as url:
        said = _verify(capsys, kept, "--against", url, *_asked(ONE, TWO), "--quorum", str(quorum))
    assert said[0] == code, said


def test_the_newest_may_be_too_young(kept: str, capsys: Any) -> None:
    pages = {**NOW.pages(), "/checkpoint/cosigned": _cosigned(NOW.checkpoint(500), ONE, TWO).encode()}
    with serving(pages) as url:
        code, said = _verify(capsys, kept, "--against", url, *_asked(ONE, TWO))
    assert code == 0 and "signed 500 entries: one.example, two.example" in said


def test_what_is_cosigned_must_reach_as_far_and_be_of_the_same_ledger(kept: str, capsys: Any) -> None:
    short = {**NOW.pages(), "/checkpoint/cosigned": _cosigned(NOW.checkpoint(200), ONE).encode()}
    other = {
        **NOW.pages(),
        "/checkpoint/cosigned": _cosigned(Book(500, key=THEN.key, rewritten=400).checkpoint(), ONE).encode(),
    }
    with serving(short) as url:
        assert _verify(capsys, kept, "--against", url, *_asked(ONE))[0] == 1
    with serving(other) as url:
        assert "was rewritten" in _verify(capsys, kept, "--against", url, *_asked(ONE))[1]


@pytest.mark.parametrize(
    ("signers", "quorum", "holds"),
    [((ONE, TWO), "2", True), ((OTHER, ONE), "1", True), ((ONE, OTHER), "2", False), ((), "1", False)],
)
def test_by_itself_and_with_the_script(
    tmp_path: Path, capsys: Any, signers: Any, quorum: str, holds: bool
) -> None:
    file = tmp_path / "checkpoint.txt"
    file.write_text(_cosigned(THEN.checkpoint(), *signers), "utf-8")
    assert (_verify(capsys, str(file), *_asked(ONE, TWO), "--quorum", quorum)[0] == 0) is holds
    both = f"{ONE.public_text},{TWO.public_text}"
    said = subprocess.run(
        [sys.executable, SCRIPT, THEN.public, file, "--witness", both, "--quorum", quorum],
        capture_output=True,
        text=True,
    )
    assert (said.returncode == 0) is holds, said.stderr


def test_a_line_that_was_forged_is_no_signature(tmp_path: Path, capsys: Any) -> None:
    forged = cosignature.cosign(ONE, "another text\n", AT)
    file = tmp_path / "checkpoint.txt"
    file.write_text(THEN.checkpoint() + forged, "utf-8")
    assert _verify(capsys, str(file), *_asked(ONE))[0] == 1
    said = subprocess.run(
        [sys.executable, SCRIPT, THEN.public, file, "--witness", ONE.public_text],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
