"""Check it yourself: what is pasted or sent is held against the ledger, and nothing of it is stored."""

from __future__ import annotations

import io
import json
import time
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from kept.__main__ import main
from kept.core.ledger import fold
from kept.core.ledger.notes import (
    checkpoint,
    checkpoint_copies,
    continuation,
    cosignature,
    cosignatures,
    reconciliation,
    signed_note,
)
from kept.core.ledger.record import record
from kept.core.vault.readers import Job, SystemReader
from kept.operations.checking import views
from kept.outbox import delivery
from kept.rights.copies import copy_builder
from kept.rights.receipts import flows as receipts

pytestmark = pytest.mark.django_db
PAGE = "/privacy/check/"


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def grown(alice: Any) -> str:
    """A checkpoint of then, and a ledger that grew since."""
    fold.fold()
    then = str(checkpoint.latest())
    grow(5)
    return then


def grow(many: int) -> None:
    for _ in range(many):
        record("read", purpose="", role="system", entity="", policy=1, parts=[])
    fold.fold()


def paste(text: str) -> Any:
    return Client().post(PAGE, {"text": text})


def send(name: str, content: bytes) -> Any:
    return Client().post(PAGE, {"file": SimpleUploadedFile(name, content)})


def copy_of(alice: Any) -> bytes:
    out = io.BytesIO()
    copy_builder.pack(
        subject=alice.person_id, reader=SystemReader(job="kept copy"), about=Job("a copy for a test"), out=out
    )
    return out.getvalue()


def receipt() -> str:
    given = receipts.give("request", controller="cet-power", more={"State": "Received"})
    fold.fold()
    return json.dumps(receipts.handed_out(given))


def rewrite() -> None:
    """Looks and tree gone, and a tree made anew by the portal's own key."""
    with connection.cursor() as cursor:
        for table in ("checkpoint", "tile", "touch", "act", "foldstate"):
            cursor.execute(f"DELETE FROM ledger_{table}")
    grow(60)


def test_the_page_asks_and_links(policy: Any) -> None:
    page = Client().get(PAGE)
    assert (
        page.status_code == 200
        and b"Nothing you paste or send here is stored" in page.content
        and not page.cookies
    )
    assert b'href="/privacy/check/"' in Client().get("/privacy/promises/").content
    fold.fold()
    assert "/privacy/check/" in delivery.footer()


@pytest.mark.parametrize("made", ["checkpoint", "footer", "quoted", "eml", "receipt", "receipt file", "copy"])
def test_what_was_kept_holds_and_is_found_rewritten(grown: str, alice: Any, made: str) -> None:
    given: Any = {
        "checkpoint": lambda: grown,
        "footer": delivery.footer,
        "quoted": lambda: "".join(f"> {line}\n" for line in delivery.footer().splitlines()),
        "eml": lambda: ("mail.eml", f"From: a@example.com\nSubject: x\n\nHello{delivery.footer()}".encode()),
        "receipt": receipt,
        "receipt file": lambda: ("receipt.json", receipt().encode()),
        "copy": lambda: ("copy.zip", copy_of(alice)),
    }[made]()
    fold.fold()

    def tried() -> Any:
        return send(*given) if isinstance(given, tuple) else paste(given)

    answer = tried()
    assert answer.status_code == 200 and b"<title>It holds" in answer.content, answer.content.decode()
    assert b"unchanged" in answer.content
    rewrite()
    answer = tried()
    assert answer.status_code == 200 and b"<title>It does not hold" in answer.content
    assert b"was rewritten" in answer.content or b"taken away" in answer.content


@pytest.mark.parametrize("how", ["pruned", "deleted"])
def test_acts_that_went_before_their_term_are_found_by_her_copy(
    grown: str, alice: Any, how: str, tmp_path: Path, capsys: Any
) -> None:
    copy_of(alice)
    copy = copy_of(alice)
    with ZipFile(io.BytesIO(copy)) as archive:
        leaf = json.loads(archive.read("ledger.json"))["entries"][0]["log"]["index"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM ledger_touch WHERE leaf = %s", [leaf])
        (seq,) = cursor.fetchone()
        if how == "deleted":
            cursor.execute("DELETE FROM ledger_act WHERE seq = %s", [seq])
        else:
            cursor.execute("UPDATE ledger_act SET packed = %s WHERE seq = %s", [b"\x02" + bytes(64), seq])
    answer = send("copy.zip", copy)
    assert answer.status_code == 200 and b"What 1 of these 2 entries said was taken out" in answer.content, (
        answer.content.decode()
    )
    (tmp_path / "copy.zip").write_bytes(copy)
    assert main(["ledger", "verify", "--checkpoint", str(tmp_path / "copy.zip")]) == 1
    assert "taken out of the ledger before its term" in capsys.readouterr().out


def test_the_ledger_of_the_house_is_held_against_files(grown: str, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "then.txt"
    file.write_text(grown, "utf-8")
    assert (
        main(["ledger", "verify", "--checkpoint", str(file)]) == 0
        and "continues all that was kept in 1 file" in capsys.readouterr().out
    )
    rewrite()
    assert (
        main(["ledger", "verify", "--checkpoint", str(file)]) == 1
        and "was rewritten" in capsys.readouterr().out
    )
    assert main(["ledger", "verify", "--checkpoint", str(tmp_path / "none")]) == 2


def test_a_ledger_that_was_put_back_says_so_there(grown: str, tmp_path: Path, settings: Any) -> None:
    settings.KEPT_ERASURES = tmp_path / "elsewhere"
    settings.KEPT_ERASURES.mkdir()
    checkpoint_copies.write_down()
    with connection.cursor() as cursor:
        for table in ("checkpoint", "tile", "touch", "act", "foldstate"):
            cursor.execute(f"DELETE FROM ledger_{table}")
    assert reconciliation.go_on() is not None
    grow(60)
    answer = paste(grown)
    assert b"It does not hold" in answer.content and b"this ledger was put back" in answer.content
    assert b"When the ledger was put back" in Client().get(PAGE).content and len(continuation.texts()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n",
        "hello",
        "\x00",
        "x" * 300_000,
        "— " * 50_000,
        "<script>alert(1)</script>",
        "{",
        "PK",
        "\u202e" * 500,
        "[" * 150_000,
    ],
)
def test_nonsense_gets_a_sentence_and_is_not_lost(policy: Any, text: str) -> None:
    fold.fold()
    answer = paste(text)
    assert answer.status_code in (200, 400) and b"<script>alert" not in answer.content
    assert b"does not hold" in answer.content or b"Error: " in answer.content
    if text.strip("\x00 \n"):
        assert text[:5].encode() in answer.content or b"&lt;scr" in answer.content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", b""),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 900),
        ("a", b"PK\x05\x06" + b"\xff" * 18),
        ("a.json", b"[" * 500_000),
        ("a.eml", b"Content-Type: message/rfc822\n\n" * 20_000),
        ("a.eml", b"x" * 2_100_000),
        ("a.txt", b"\xff" * 9_000),
        ("a.json", b"{}"),
        ("a.zip", b"PK\x05\x06" + b"\x00" * 8 + (9_000_000).to_bytes(4, "little") + b"\x00" * 6),
        ("a.zip", b"x" * 11_000_000),
        ("a\x00.zip", b"PK"),
        ("../../a.zip", b"PK\x01\x02" * 9_000),
    ],
)
def test_hostile_files_get_a_sentence(policy: Any, name: str, content: bytes) -> None:
    fold.fold()
    answer = send(name, content)
    assert answer.status_code in (200, 400) and (
        b"does not hold" in answer.content or b"Error: " in answer.content
    )


def test_a_file_that_is_too_large_is_named(policy: Any) -> None:
    fold.fold()
    answer = send("copy.zip", b"PK" + bytes(10_500_000))
    assert (
        answer.status_code == 400
        and b"here the limit is 10 MB" in answer.content
        and b"Error: Error" not in answer.content
    )


def test_nothing_is_stored(grown: str, alice: Any) -> None:
    counts = _rows()
    copy = copy_of(alice)
    before = _rows()
    send("copy.zip", copy), paste(grown), paste("alice@example.com nonsense")
    assert {name: rows for name, rows in _rows().items() if before.get(name) != rows} == {} and counts


def test_many_are_too_many(policy: Any, monkeypatch: Any) -> None:
    fold.fold()
    monkeypatch.setattr(views.CHECKS.__class__, "most_of", lambda self, who: 2)
    assert [paste("hello again").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert b"hello again" in paste("hello again").content, "what was typed is not lost"


def _rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names():
            # How often a machine asked is counted, under a keyed hash of its address.
            if name not in ("operations_cache", "accounts_tally"):
                cursor.execute(f"SELECT count(*) FROM {name}")
                found[name] = cursor.fetchone()[0]
        return found


def witnessed(*keys: signed_note.Signer) -> None:
    """The newest checkpoint, signed by these."""
    size, text = checkpoint.latest_row() or (0, "")
    for key in keys:
        assert cosignatures.signed(
            key.public_text, size, cosignature.cosign(key, checkpoint.body(text), int(time.time()))
        )


ONE, TWO = (cosignature.signer(cosignature.generate(name)) for name in ("one.example", "two.example"))


@pytest.mark.parametrize(
    ("named", "quorum", "holds"),
    [([ONE], "", True), ([ONE, TWO], "1", True), ([ONE, TWO], "", False), ([TWO], "1", False)],
)
def test_witnesses_that_the_reader_trusts_are_counted(
    grown: str, named: list[signed_note.Signer], quorum: str, holds: bool
) -> None:
    witnessed(ONE)
    sent = {"text": grown, "witnesses": "\r\n".join(key.public_text for key in named), "quorum": quorum}
    page = Client().post(PAGE, sent).content.decode()
    assert (
        f"1 of the {len(named)} witnesses you named signed" in page and 'data-kind="done"' in page
    ) == holds
    signed = f"{sum(key is ONE for key in named)} of the {len(named)} witnesses you named signed"
    assert holds or f"{signed} a checkpoint that reaches as far" in page


@pytest.mark.parametrize(
    ("witnesses", "quorum", "said"),
    [
        ("nobody", "", "Line 1 is no key of a witness"),
        (f"{ONE.public_text}\n\n{ONE.public_text}", "", "line 3 is named twice"),
        (ONE.public_text, "2", "a number from 1 to 1, as many as you named: 2 of 1"),
        (ONE.public_text, "0", "a number from 1 to 1"),
        (ONE.public_text, "two", "Write how many as a number"),
        ("", "1", "Name the witnesses you trust first: 1 of 0"),
        ("x" * 9000, "", "more keys than anybody compares"),
    ],
    ids=["no key", "named twice", "more than named", "none", "in words", "nobody named", "too long"],
)
def test_a_witness_that_is_none_is_a_sentence_and_nothing_typed_is_lost(
    grown: str, witnesses: str, quorum: str, said: str
) -> None:
    answer = Client().post(PAGE, {"text": grown, "witnesses": witnesses, "quorum": quorum})
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page and grown.split("\n")[2] in unescape(page)
    assert witnesses.split("\n")[0] in page and "<h2>What we found</h2>" not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Cela tient", "Vous nous avez donné un point de contrôle", "Le registre a 7 entrées")),
        ("de", ("Es hält stand", "Sie gaben uns einen Prüfpunkt", "Das Register hat 7 Einträge")),
        ("nl", ("Het klopt", "U gaf ons een controlepunt", "Het register heeft 7 vermeldingen")),
    ],
)
def test_the_verdict_is_in_the_reader_s_language(grown: str, language: str, words: tuple[str, ...]) -> None:
    page = unescape(Client().post(f"/{language}{PAGE}", {"text": grown}).content.decode())
    assert [word for word in words if word not in page] == []
    rewrite()
    page = unescape(Client().post(f"/{language}{PAGE}", {"text": grown}).content.decode())
    assert "rewritten" not in page and 'data-kind="trouble"' in page


def test_an_error_is_in_the_reader_s_language(policy: Any) -> None:
    page = unescape(Client().post(f"/de{PAGE}", {"text": "", "quorum": "two"}).content.decode())
    assert "Schreiben Sie die Anzahl als Zahl" in page
    assert "Fügen Sie ein, was Sie aufgehoben haben" in unescape(
        Client().post(f"/de{PAGE}", {"text": ""}).content.decode()
    )
