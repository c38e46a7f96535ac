"""What somebody kept, and a ledger whose key was rotated since: over the network, on the page, and by whoever
forges the succession.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from kept.__main__ import main
from kept.core.ledger import fold
from kept.core.ledger.notes import checkpoint, rotation, sign, signed_note
from kept.core.ledger.record import record
from kept.core.ledger.tree import tiles
from kept.core.ledger.tree.layout import path_of
from kept.operations.checking.tests.ledgers import serving
from kept.operations.checking.tests.test_page import copy_of, paste, receipt, rewrite, send

pytestmark = pytest.mark.django_db
KEYS = "/privacy/keys"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def then(alice: Any) -> dict[str, Any]:
    """What was kept, and the key with which a thief went away."""
    fold.fold()
    given = receipt()
    return {
        "copy": copy_of(alice),
        "receipt": given,
        "text": str(checkpoint.latest()),
        "key": sign.public_key(),
        "thief": sign.signer(),
    }


def rotate() -> None:
    rotation.rotate(wait=lambda seconds: None)
    record("read", purpose="", role="system", entity="", policy=1, parts=[])
    fold.fold()


def pages() -> dict[str, bytes]:
    """What the portal answers, for a server of its own."""
    size = int(str(checkpoint.latest()).split("\n")[1])
    found = {path: Client().get(path).content for path in ("/checkpoint", "/privacy/key", KEYS)}
    found |= {
        f"/tile/{path}": tiles.tile(path)
        for path in (path_of(0, at, size)[2:] and path_of(0, at, size) for at in range(size // 256 + 1))
        if path
    }
    return found


def judged(text: str, *more: str, tmp_path: Path, capsys: Any) -> tuple[int, str]:
    file = tmp_path / "kept.txt"
    file.write_text(text, "utf-8")
    capsys.readouterr()
    code = main(["verify", str(file), *more])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("times", [1, 2])
def test_over_the_network_the_old_key_and_the_new_lead_to_each_other(
    then: Any, times: int, tmp_path: Path, capsys: Any
) -> None:
    for _ in range(times):
        rotate()
    newest = str(checkpoint.latest())
    with serving(pages()) as url:  # type: ignore[arg-type]
        for text in (then["text"], newest):
            for more in (["--key", then["key"]], ["--key", sign.public_key()], []):
                code, said = judged(text, "--against", url, *more, tmp_path=tmp_path, capsys=capsys)
                assert code == 0 and said.count("each signed the other.") == times, said


def test_what_a_thief_signs_afterwards_is_refused(then: Any, tmp_path: Path, capsys: Any) -> None:
    rotate()
    later = signed_note.sign_note(then["thief"], checkpoint.body(str(checkpoint.latest())))
    with serving(pages()) as url:  # type: ignore[arg-type]
        code, said = judged(later, "--against", url, "--key", then["key"], tmp_path=tmp_path, capsys=capsys)
    assert code == 1 and "another one followed" in said
    assert b"another one followed" in paste(later).content


def test_a_portal_that_shows_a_succession_of_its_own_making_is_caught(
    then: Any, tmp_path: Path, capsys: Any
) -> None:
    """The act is not in the tree; and where another's key is said to follow, it was not the old one that
    signed.
    """
    rotate()
    for forge in (_elsewhere, _unsigned):
        served = pages()
        served[KEYS] = json.dumps(forge(json.loads(served[KEYS]))).encode()
        with serving(served) as url:  # type: ignore[arg-type]
            code, said = judged(
                then["text"], "--against", url, "--key", then["key"], tmp_path=tmp_path, capsys=capsys
            )
        assert code == 1 and (
            "is not in the ledger that it is said to be of" in said or "not signed by both" in said
        ), said


def _elsewhere(told: dict[str, Any]) -> dict[str, Any]:
    told["successions"][0]["log"]["path"] = [*told["successions"][0]["log"]["path"][::-1], "00" * 32]
    return told


def _unsigned(told: dict[str, Any]) -> dict[str, Any]:
    signed = told["successions"][0]["header"]["payload"]["note"]
    told["successions"][0]["header"]["payload"]["note"] = signed.replace(
        sign.public_key(), signed_note.signer(signed_note.generate("localhost:8000")).public_text
    )
    return told


def test_the_list_under_another_ledgers_checkpoint_is_held_against_the_tiles(
    then: Any, tmp_path: Path, capsys: Any
) -> None:
    """The newest key's owner shows one ledger at /checkpoint and another beside the list of keys."""
    rotate()
    told = json.loads(pages()[KEYS])
    before = pages()
    rewrite()
    served = pages() | {KEYS: json.dumps(told).encode()}
    assert served["/checkpoint"] != before["/checkpoint"]
    with serving(served) as url:  # type: ignore[arg-type]
        code, said = judged(
            str(checkpoint.latest()), "--against", url, "--key", then["key"], tmp_path=tmp_path, capsys=capsys
        )
    assert code == 1 and "was rewritten" in said, said


@pytest.mark.parametrize(
    "shown", [b"{", b"[]", b"<html>", b"[" * 4000, b'{"format": "kept keys 1", "successions": [[]]}']
)
def test_a_list_that_is_none_is_a_sentence(then: Any, shown: bytes, tmp_path: Path, capsys: Any) -> None:
    with serving(pages() | {KEYS: shown}) as url:  # type: ignore[arg-type]
        code, said = judged(
            then["text"], "--against", url, "--key", then["key"], tmp_path=tmp_path, capsys=capsys
        )
    assert code == 1 and said.startswith("Does not hold: ")


def test_the_page_takes_what_was_kept_before_and_tells_of_the_rotation(then: Any, alice: Any) -> None:
    rotate()
    for answer in (
        paste(then["text"]),
        paste(then["receipt"]),
        send("copy.zip", then["copy"]),
        send("now.zip", copy_of(alice)),
        paste(receipt()),
    ):
        assert answer.status_code == 200 and b'data-kind="done"' in answer.content, answer.content
    page = Client().get("/privacy/check/").content.decode()
    assert "When the key was changed" in page and signed_note.fingerprint(then["key"])[:19] in page


def test_the_list_of_keys_is_public_and_empty_before_a_rotation(then: Any) -> None:
    answer = Client().get(KEYS)
    assert (
        answer.json()["successions"] == []
        and answer["Cache-Control"] == "no-store"
        and answer["Access-Control-Allow-Origin"] == "*"
    )
    rotate()
    assert len(Client().get(KEYS).json()["successions"]) == 1 and "keys" in json.loads(receipt())
