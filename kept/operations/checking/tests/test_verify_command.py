"""``kept verify`` with what somebody kept, against a portal that may be honest, rewritten or hostile.

No Django, no home.
"""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest

from kept.__main__ import main
from kept.operations.checking import remote
from kept.operations.checking.tests.ledgers import Book, serving

THEN = Book(300)
GROWN = Book(1_400, key=THEN.key)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """What she kept: the mail of the day the ledger had 300 entries."""
    file = tmp_path / "mail.eml"
    file.write_text(
        "From: portal@example.com\nSubject: Registered\n\nDear Alice,\n\nit is done.\n\n-- \nKeep"
        f" it.\n{THEN.checkpoint()}",
        "utf-8",
    )
    return file


def verify(capsys: Any, *arguments: Any) -> SimpleNamespace:
    code = main(["verify", *map(str, arguments)])
    out = capsys.readouterr()
    assert "Traceback" not in out.err
    return SimpleNamespace(code=code, out=out.out, err=out.err)


def test_what_was_kept_holds_by_itself(kept: Path, capsys: Any) -> None:
    said = verify(capsys, kept, "--key", THEN.public)
    assert (
        said.code == 0
        and "Holds. It holds a signed checkpoint of 300 entries" in said.out
        and "Key: " in said.out
    )


def test_a_changed_line_is_seen(kept: Path, capsys: Any) -> None:
    kept.write_text(kept.read_text("utf-8").replace("\n300\n", "\n301\n"), "utf-8")
    said = verify(capsys, kept, "--key", THEN.public)
    assert said.code == 1 and said.out.startswith("Does not hold: The checkpoint: ")


def test_the_ledger_of_today_continues_it(kept: Path, capsys: Any) -> None:
    with serving(GROWN.pages()) as url:
        for address in (url, f"{url}/", f"{url}/checkpoint", f"{url}/privacy/checkpoint"):
            said = verify(capsys, kept, "--against", address, "--key", THEN.public)
            assert (
                said.code == 0
                and "has 1,400 entries" in said.out
                and "continues the 300 of then unchanged" in said.out
            )
        assert verify(capsys, kept, "--against", url, "--key", THEN.public, "--json").code == 0


def test_the_key_that_the_portal_shows_must_have_signed_it(
    kept: Path, capsys: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setenv("KEPT_HOME", str(tmp_path / "none"))
    with serving(GROWN.pages()) as url:
        said = verify(capsys, kept, "--against", url)
        assert said.code == 0 and "Pin it with --key" in said.out
    with serving(Book(1_400).pages()) as url:
        assert verify(capsys, kept, "--against", url).code == 1


@pytest.mark.parametrize("leaf", [0, 150, 299])
def test_a_ledger_that_was_rewritten_is_found(kept: Path, capsys: Any, leaf: int) -> None:
    with serving(Book(1_400, key=THEN.key, rewritten=leaf).pages()) as url:
        said = verify(capsys, kept, "--against", url, "--key", THEN.public)
    assert said.code == 1 and "was rewritten: its first 300 entries are not the ones" in said.out


def test_a_ledger_that_was_cut_short_is_found(kept: Path, capsys: Any) -> None:
    with serving(Book(299, key=THEN.key).pages()) as url:
        said = verify(capsys, kept, "--against", url, "--key", THEN.public)
    assert said.code == 1 and "entries were taken away" in said.out


def test_a_checkpoint_over_other_tiles_is_found(kept: Path, capsys: Any) -> None:
    pages = {**Book(1_400, key=THEN.key, rewritten=700).pages(), "/checkpoint": GROWN.checkpoint().encode()}
    with serving(pages) as url:
        said = verify(capsys, kept, "--against", url, "--key", THEN.public)
    assert said.code == 1 and "do not lead to the checkpoint" in said.out


def test_another_origin_is_another_ledger(kept: Path, capsys: Any) -> None:
    with serving(Book(1_400, origin="elsewhere.example/ledger").pages()) as url:
        assert verify(capsys, kept, "--against", url, "--key", THEN.public).code == 1


SLOW = 0.6
HOSTILE: dict[str, dict[str, Any]] = {
    "nothing": {},
    "an endless checkpoint": {"/checkpoint": b"x" * 70_000},
    "no checkpoint": {"/checkpoint": b"hello\n"},
    "bytes": {"/checkpoint": bytes(range(256)) * 20},
    "a huge tile": {**GROWN.pages(), "/tile/0/001": b"x" * 9_000},
    "a short tile": {**GROWN.pages(), "/tile/0/001": b"x" * 31},
    "a redirect": {"/checkpoint": (302, {"Location": "http://127.0.0.1:1/checkpoint"}, b"")},
    "a redirect to a file": {"/checkpoint": (301, {"Location": "file:///etc/passwd"}, b"")},
    "a tile that leads elsewhere": {
        **GROWN.pages(),
        "/tile/0/001": (307, {"Location": "http://127.0.0.1:1/x\x1b[2J"}, b""),
    },
    "a fault": {"/checkpoint": (500, {}, b"")},
    "less than it says": {"/checkpoint": (200, {"Content-Length": "900"}, b"x")},
    "nonsense for a length": {"/checkpoint": (200, {"Content-Length": "-7"}, b"x" * 70_000)},
}


@pytest.mark.parametrize("pages", HOSTILE)
def test_a_hostile_portal_gets_a_sentence(kept: Path, capsys: Any, monkeypatch: Any, pages: str) -> None:
    monkeypatch.setattr(remote, "PATIENCE", SLOW)
    with serving(HOSTILE[pages]) as url:
        said = verify(capsys, kept, "--against", url, "--key", THEN.public)
    assert (
        said.code in (1, 2)
        and len((said.out + said.err).strip().splitlines()) == 1
        and "\x1b" not in said.out + said.err
    )


def test_one_that_sends_a_byte_at_a_time_is_left(kept: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(remote, "PATIENCE", 0.3)
    monkeypatch.setattr(remote, "_bounded", lambda *_: time.sleep(5))
    begun = time.monotonic()
    with serving(GROWN.pages()) as url:
        said = verify(capsys, kept, "--against", url, "--key", THEN.public)
    assert said.code == 2 and "did not answer within" in said.err and time.monotonic() - begun < 4


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x.example",
        "portal.example.com",
        "http://",
        "http://a:b@x.example",
        "http://x/?a",
        "",
    ],
)
def test_an_address_that_is_none(kept: Path, capsys: Any, url: str) -> None:
    said = verify(capsys, kept, "--against", url, "--key", THEN.public)
    assert said.code == 2 and "no address of a portal" in said.err


def test_a_second_checkpoint_must_be_of_the_same_ledger(kept: Path, capsys: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(Book(300, key=THEN.key, rewritten=3).checkpoint(), "utf-8")
    said = verify(capsys, kept, "--checkpoint", other, "--key", THEN.public)
    assert said.code == 1 and "Two different ledgers of 300 entries" in said.out
    other.write_text(THEN.checkpoint(more=""), "utf-8")
    assert verify(capsys, kept, "--checkpoint", other, "--key", THEN.public).code == 0
    other.write_text(THEN.checkpoint(200), "utf-8")
    assert "add --against URL" in verify(capsys, kept, "--checkpoint", other, "--key", THEN.public).err
    with serving(GROWN.pages()) as url:
        said = verify(capsys, kept, "--checkpoint", other, "--against", url, "--key", THEN.public)
        assert said.code == 0 and "the 200 and 300 of then" in said.out


def bomb() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", 8) as archive:
        archive.writestr("manifest.json", b"{" + b" " * 60_000_000)
        archive.writestr("manifest.note", b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.zip", b""),
        ("x.zip", b"PK\x03\x04" + b"\x00" * 500),
        ("x", b"PK\x05\x06" + b"\xff" * 18),
        ("x.json", b"{"),
        ("x.json", b"[" * 100_000),
        ("x.json", b'{"receipt": 7}'),
        ("x.json", b"{}" + b" " * 2_000_000),
        ("x.txt", b""),
        ("x", b"\xff\xfe\x00"),
        ("x.eml", b"Subject: hello\n\nyes\n"),
        ("x", b"\x00" * 1_000_000),
        ("x.json", b'{"receipt": "a\\nb\\n\\n", "proof": {}, "checkpoint": []}'),
    ],
)
def test_what_is_no_evidence_gets_a_sentence(tmp_path: Path, capsys: Any, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    said = verify(capsys, tmp_path / name, "--key", THEN.public)
    assert said.code == 1 and said.out.startswith("Does not hold: ") and len(said.out.splitlines()) == 1


def test_a_bomb_is_not_unpacked(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "copy.zip").write_bytes(bomb())
    said = verify(capsys, tmp_path / "copy.zip", "--key", THEN.public)
    assert said.code == 1 and "larger than any that Kept makes" in said.out


def test_it_reads_what_is_piped(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(THEN.checkpoint().encode())))
    said = verify(capsys, "-", "--key", THEN.public, "--json")
    assert (
        said.code == 0
        and json.loads(said.out)["size"] == 300
        and json.loads(said.out)["kind"] == "a checkpoint"
    )


def test_a_file_that_is_not_there(capsys: Any, tmp_path: Path, kept: Path) -> None:
    assert verify(capsys, tmp_path / "none").code == 2
    assert verify(capsys, kept, "--checkpoint", tmp_path / "none", "--key", THEN.public).code == 2
